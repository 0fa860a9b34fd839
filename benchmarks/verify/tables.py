"""What a run has found: a table for people, and the same as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from benchmarks.verify.peers import Tally
from benchmarks.verify.scoring import Result, Scores, errors_in, is_known, middle

TARGETS = {"S": 1.0, "E": 1.0, "G301": 1.0, "G302": 1.0, "G303": 1.0, "C": 0.98, "D": 0.98,
           "G304": 1.0, "G305": 0.98, "G306": 0.98, "G307": 0.98, "G308": 0.98, "G309": 0.98,
           "G310": 0.98, "T": 0.98}  # fmt: skip
"""Code, or how it begins → the share of mistakes that is to be found."""

FALSE_ERRORS = 0.05
"""How many errors may be told of a clean flow, on average."""


def by_code(scores: Scores) -> dict[str, list[Result]]:
    """Code → the results of the flows in which it had to be found, in the order of the codes."""
    found: dict[str, list[Result]] = defaultdict(list)
    for result in scores.results:
        found[result.code].append(result)
    return dict(sorted(found.items()))


def target_of(code: str) -> float:
    """The share that is to be found; 0 where nothing is promised."""
    return TARGETS.get(code, TARGETS.get(code[0], 0.0))


def recall(results: list[Result]) -> float:
    """The share that was found."""
    return sum(one.is_hit for one in results) / len(results)


def summary(scores: Scores) -> dict[str, Any]:
    """All numbers of a run, JSON-like."""
    codes = {
        code: {
            "mutants": len(results),
            "recall": round(recall(results), 4),
            "target": target_of(code),
            "known": is_known(code),
            "undecided": round(sum(one.undecided > 0 for one in results) / len(results), 4),
            "findings": round(sum(len(one.told) for one in results) / len(results), 2),
            "median_ms": round(1000 * middle([one.seconds for one in results]), 1),
            "equivalent": scores.equivalent.get(code, 0),
            "unjudged": scores.unjudged.get(code, 0),
        }
        for code, results in by_code(scores).items()
    }
    errors = [len(list(errors_in(found))) for found in scores.clean.values()]
    results = scores.results
    return {
        "codes": codes,
        "peers": {name: _peer(tally) for name, tally in scores.peers.items()},
        "clean_flows": len(scores.clean),
        "false_errors_per_clean_flow": round(sum(errors) / max(1, len(errors)), 4),
        "clean_flows_with_findings": round(
            sum(bool(found) for found in scores.clean.values()) / max(1, len(scores.clean)), 4
        ),
        "mutants": len(results),
        "recall": round(recall(results), 4) if results else 1.0,
        "shown": sum(one.shown[0] for one in results),
        "replayed": sum(one.shown[1] for one in results),
        "findings_per_mutant": round(sum(len(one.told) for one in results) / len(results), 3),
        "undecided": round(sum(one.undecided > 0 for one in results) / len(results), 4),
        "median_ms": round(1000 * middle([one.seconds for one in results]), 1),
    }


def _peer(tally: Tally) -> dict[str, Any]:
    return {
        "recall": {
            code: round(tally.found[code] / shown, 3) for code, shown in sorted(tally.shown.items())
        },
        "clean_flows_with_complaints": round(tally.false / max(1, tally.clean), 3),
    }


def peers_table(numbers: dict[str, Any]) -> Iterator[str]:
    """The lines of a table of the other tools, on the codes that they claim."""
    codes = sorted({code for one in numbers["peers"].values() for code in one["recall"]})
    yield f"| tool | {' | '.join(codes)} | clean flows with complaints |"
    yield f"|{'---|' * (len(codes) + 2)}"
    own = [f"{numbers['codes'][code]['recall']:.2f}" for code in codes]
    complaints = numbers["clean_flows_with_findings"]
    yield f"| statewright | {' | '.join(own)} | {complaints:.2f} |"
    for name, one in numbers["peers"].items():
        found = [f"{one['recall'][code]:.2f}" if code in one["recall"] else "" for code in codes]
        complaints = one["clean_flows_with_complaints"]
        yield f"| {name} | {' | '.join(found)} | {complaints:.2f} |"


def table(numbers: dict[str, Any]) -> Iterator[str]:
    """The lines of a table in Markdown."""
    yield (
        "| code | mutants | recall | target | findings | undecided | ms | equivalent | unjudged |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for code, one in numbers["codes"].items():
        target = f"{one['target']:.2f}" if one["target"] else ""
        yield (
            f"| {code} | {one['mutants']} | {one['recall']:.3f} | {target} | {one['findings']:.2f} "
            f"| {one['undecided']:.2f} | {one['median_ms']:.0f} | {one['equivalent']} "
            f"| {one['unjudged']} |"
        )


def verdicts(numbers: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    """Each target, and whether it is met."""
    for code, one in numbers["codes"].items():
        if one["recall"] < one["target"]:
            yield False, f"{code}: recall {one['recall']:.3f}, wanted {one['target']:.2f}"
    false = numbers["false_errors_per_clean_flow"]
    yield false <= FALSE_ERRORS, f"{false} false errors in a clean flow, at most {FALSE_ERRORS}"
    shown, replayed = numbers["shown"], numbers["replayed"]
    yield shown == replayed, f"{replayed} of {shown} conversations replay"


def missed(scores: Scores) -> Iterator[str]:
    """What was not found, a line each."""
    for one in scores.results:
        if not one.is_hit:
            told = ", ".join(f"{code}@{node}" for code, node in one.told) or "nothing"
            yield f"{one.code} {one.operator}: {one.base}: {one.place}: told {told}"
