"""Checks broken flows, and counts what was found of what had to be."""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median
from time import process_time

from benchmarks.verify.documents import Source
from benchmarks.verify.mutants import Mutation, Operator
from benchmarks.verify.operators import OPERATORS
from benchmarks.verify.oracle import Facts, facts_of
from benchmarks.verify.peers import Tally, tallied
from benchmarks.verify.replaying import replays
from statewright import compiler
from statewright.compiler import Compilation, Finding, Severity, Verdict
from statewright.compiler.checks import BY_CODE
from statewright.compiler.configuration import policy_from


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a broken flow.

    Attributes:
        base: the name of the clean flow.
        operator: the name of the operator.
        code: what had to be found.
        place: where the mistake is.
        is_hit: whether it was found.
        told: all codes that were told, with their nodes.
        undecided: how many findings were UNDECIDED.
        shown: how many came with a conversation, and how many of these replay.
        seconds: processor time of checking it.
    """

    base: str
    operator: str
    code: str
    place: str
    is_hit: bool
    told: tuple[tuple[str, str], ...]
    undecided: int
    shown: tuple[int, int]
    seconds: float


@dataclass(slots=True)
class Scores:
    """All results of a run.

    Attributes:
        results: of the broken flows.
        equivalent: code → mutants that turned out to be as good as the clean flow.
        unjudged: code → mutants of which the plain search came to no end.
        clean: name of a clean flow → what was found in it all the same; not of flows of others,
            in which something may be wrong.
        peers: name of another tool → how it has done.
    """

    results: list[Result] = field(default_factory=list)
    equivalent: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    unjudged: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    clean: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    peers: dict[str, Tally] = field(default_factory=dict)


def checked(source: Source) -> Compilation:
    """All that the checker says of a flow."""
    return compiler.verify(compiler.compile(source.flow(), policy_from(source.policy)))


def scored(
    sources: list[Source],
    sites: int,
    told: Callable[[str], object],
    operators: tuple[Operator, ...] = OPERATORS,
    scores: Scores | None = None,
) -> Scores:
    """Break flows, and check what becomes of them.

    Args:
        sources: the clean flows.
        sites: at how many places of each flow an operator is used, at most.
        told: told what is being done.
        operators: the mistakes.
        scores: those of earlier runs, to which these are added.
    """
    scores = scores or Scores()
    for number, source in enumerate(sources):
        told(f"{number + 1}/{len(sources)} {source.name}")
        known = checked(source).findings
        is_ours = bool(source.document["nodes"])
        if is_ours:
            scores.clean[source.name] = known
            tallied(scores.peers, source)
        clean: Facts | None = None
        for operator in operators:
            for mutation in _chosen(operator, source, sites):
                code = mutation.code or operator.code
                if mutation.is_real is not None:
                    clean = clean or facts_of(source)
                    if not clean.complete:
                        scores.unjudged[code] += 1
                        continue
                    facts = facts_of(mutation.source)
                    if not mutation.is_real(facts, clean):
                        table = scores.equivalent if facts.complete else scores.unjudged
                        table[code] += 1
                        continue
                    if not facts.complete:
                        scores.unjudged[code] += 1
                        continue
                if is_ours:
                    tallied(scores.peers, source, mutation.source, code)
                scores.results.append(_result(source, operator, code, mutation, known))
    return scores


def _chosen(operator: Operator, source: Source, sites: int) -> list[Mutation]:
    """Some of the mutations of an operator, the same in every run."""
    found = list(operator.mutations(source))
    if len(found) <= sites:
        return found
    seed = zlib.crc32(f"{operator.name} {source.name}".encode())
    return random.Random(seed).sample(found, sites)


def _result(
    source: Source,
    operator: Operator,
    code: str,
    mutation: Mutation,
    known: tuple[Finding, ...],
) -> Result:
    before = process_time()
    compilation = checked(mutation.source)
    seconds = process_time() - before
    told_before = {(one.code, one.node, one.message) for one in known}
    findings = tuple(
        one for one in compilation.findings if (one.code, one.node, one.message) not in told_before
    )
    accepted = {code, *operator.accepts}
    is_hit = any(
        one.code in accepted and (not mutation.nodes or _is_at(one, mutation, compilation))
        for one in findings
    )
    shown = [one for one in findings if one.witness is not None]
    good = sum(replays(compilation, one) for one in shown)
    return Result(
        base=source.name,
        operator=operator.name,
        code=code,
        place=mutation.place,
        is_hit=is_hit,
        told=tuple((one.code, one.node) for one in findings),
        undecided=sum(one.verdict is Verdict.UNDECIDED for one in findings),
        shown=(len(shown), good),
        seconds=seconds,
    )


def _is_at(finding: Finding, mutation: Mutation, compilation: Compilation) -> bool:
    """Whether a finding is told where the mistake is; the whole flow is at every place."""
    if finding.node in mutation.nodes:
        return True
    places = {node.location: node.id for node in compilation.flow.nodes}
    return any(places.get(one) in mutation.nodes for one in finding.related)


def errors_in(findings: tuple[Finding, ...]) -> Iterator[Finding]:
    """Those that stand in the way of publishing."""
    return (one for one in findings if one.severity is Severity.ERROR)


def middle(values: list[float]) -> float:
    """The median, or 0 of none."""
    return median(values) if values else 0.0


def is_known(code: str) -> bool:
    """Whether there is a check for a code."""
    return code in BY_CODE
