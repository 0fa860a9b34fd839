"""The benchmark of the checker judges fairly: it knows what is no mistake, and sees what is missed."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.verify.bases import samples
from benchmarks.verify.documents import Source, node_in, source_from
from benchmarks.verify.generated import generated
from benchmarks.verify.mutants import Mutation, Operator
from benchmarks.verify.operators import OPERATORS
from benchmarks.verify.oracle import facts_of
from benchmarks.verify.scoring import scored
from benchmarks.verify.tables import summary, table, verdicts

AGES = source_from(
    "ages",
    """
statewright: 1
start: ask
variables: {age: {type: int, minimum: 0, maximum: 130}}
nodes:
  ask: {type: question, text: How old?, input: integer, minimum: 0, maximum: 130, variable: age, next: route}
  route: {type: condition, branches: [{if: age < 18, to: minor}], else: adult}
  minor: {type: end, text: Come back later.}
  adult: {type: end, text: Come in.}
""",
)


def guarded(guard: str) -> Source:
    made = AGES.changed()
    node_in(made.document, "route")["branches"][0]["if"] = guard
    return made


def dead(code: str) -> Operator:
    """A mistake that is one where the first branch is never taken, and what has to be found."""

    def make(_: Source) -> Iterator[Mutation]:
        for guard in ("age < 0", "age < 1"):
            yield Mutation(
                guarded(guard),
                guard,
                frozenset({"route"}),
                lambda facts, _: "route#0" not in facts.taken,
            )

    return Operator("dead", code, make)


def test_what_makes_no_difference_is_no_mistake() -> None:
    scores = scored([AGES], 3, print, (dead("G310"),))
    assert [(one.place, one.is_hit) for one in scores.results] == [("age < 0", False)]
    assert scores.equivalent == {"G310": 1}
    assert scores.results[0].told == (("G305", "route"),)


def test_what_is_found_counts_and_what_is_missed_misses_the_target() -> None:
    found = summary(scored([AGES], 3, print, (dead("G305"),)))
    assert found["codes"]["G305"]["recall"] == 1.0
    assert all(is_met for is_met, _ in verdicts(found))
    missed = summary(scored([AGES], 3, print, (dead("S103"),)))
    assert (False, "S103: recall 0.000, wanted 1.00") in list(verdicts(missed))
    assert any(line.startswith("| S103 | 1 | 0.000 | 1.00 |") for line in table(missed))


def test_the_plain_search_finds_what_can_happen_in_generated_flows() -> None:
    facts = facts_of(generated(7))
    assert facts.complete
    assert not facts.resting
    assert not facts.went_wrong("error.flow.rule")
    assert {"completed", "handoff"} <= facts.outcomes


def test_every_operator_has_a_name_of_its_own_and_breaks_some_flow() -> None:
    assert len({one.name for one in OPERATORS}) == len(OPERATORS)
    flows = [*samples(), *map(generated, range(12))]
    for operator in OPERATORS:
        assert any(any(True for _ in operator.mutations(one)) for one in flows), operator.name
