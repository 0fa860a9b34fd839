"""Which turns of a batch are committed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from statewright.storage.arbitration import committed, outcomes_of
from statewright.storage.records import Committed, Conflict, Duplicate, SessionKey, Turn
from tests.storage.examples import turn

KEYS = [SessionKey("t", "a"), SessionKey("t", "b")]
TURNS = st.lists(
    st.builds(
        turn, st.integers(0, 4), st.sampled_from(["m1", "m2", "m3", "m4"]), st.sampled_from(KEYS)
    ),
    max_size=12,
)


@given(TURNS, st.integers(0, 3))
def test_committed_turns_of_a_session_are_a_chain_of_new_messages(
    turns: list[Turn], before: int
) -> None:
    handled = {(KEYS[0], "m1"): Duplicate(1, "first")} if before else {}
    outcomes = outcomes_of(turns, {KEYS[0]: before}, handled, {})
    for key, start in zip(KEYS, (before, 0), strict=True):
        written = [one for one in committed(turns, outcomes) if one.key == key]
        assert [one.expected for one in written] == list(range(start, start + len(written)))
        names = [one.message for one in written]
        assert len(set(names)) == len(names)
        assert not {"m1"} & set(names) or not (before and key == KEYS[0])


@given(TURNS)
def test_every_turn_is_committed_or_told_why_not(turns: list[Turn]) -> None:
    revisions = dict.fromkeys(KEYS, 0)
    answers: dict[tuple[SessionKey, str], Duplicate] = {}
    broken: set[SessionKey] = set()
    for one, outcome in zip(turns, outcomes_of(turns, {}, {}, {}), strict=True):
        first = answers.get((one.key, one.message))
        if first:
            assert outcome == first
        elif one.expected == revisions[one.key] and one.key not in broken:
            assert outcome == Committed(one.revision)
            revisions[one.key] = one.revision
            answers[one.key, one.message] = Duplicate(one.revision, one.answer)
        else:
            assert outcome == Conflict(revisions[one.key])
        if not isinstance(outcome, Committed):
            broken.add(one.key)
