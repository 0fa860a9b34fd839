"""How long it takes to read and compile a flow, by its size.

Run: ``python -m benchmarks.compile``. Each line gives milliseconds (the best of several rounds)
and, as the ratio that a machine's speed does not change, how many times as long it takes as
parsing the same text with PyYAML's safe loader.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import yaml

from statewright import compiler, flows

SIZES = (30, 300, 3_000)
ROUNDS = 5
BUDGET_MS = {300: 100.0}


def flow_text(nodes: int) -> str:
    """A flow of questions, conditions, counters, messages and web requests, all joined."""
    lines = [
        "statewright: 1",
        "id: generated",
        "start: n0",
        "variables:",
        "  score: {type: int, default: 0}",
        "  name: {type: string, default: nobody}",
        "  tier: {type: string, values: [gold, silver], default: silver}",
        "nodes:",
    ]
    for number in range(nodes - 1):
        lines += _node(number)
    lines.append(f"  n{nodes - 1}: {{type: end}}")
    return "\n".join(lines) + "\n"


def _node(number: int) -> list[str]:
    here, after = f"  n{number}:", f"n{number + 1}"
    match number % 5:
        case 0:
            return [
                here,
                "    type: question",
                f"    text: 'Question {number}, {{{{ name }}}}?'",
                "    input: choice",
                "    choices: [gold, silver]",
                "    variable: tier",
                "    retries: 2",
                "    timeout: 10m",
                f"    next: {after}",
                f"    on: {{timeout: {after}, fallback: {after}}}",
            ]
        case 1:
            return [
                here,
                "    type: condition",
                "    branches:",
                f"      - {{if: \"tier == 'gold' && score > {number}\", to: {after}}}",
                f"      - {{if: \"score < {number} || name.startsWith('a')\", to: {after}}}",
                f"    else: {after}",
            ]
        case 2:
            return [
                here,
                "    type: set",
                "    actions: [{increment: score, by: 2}, {set: name, to: 'n {{ score }}'}]",
                f"    next: {after}",
            ]
        case 3:
            return [here, "    type: message", "    text: 'So, {{ name }}.'", f"    next: {after}"]
        case _:
            return [
                here,
                "    type: http",
                "    url: 'https://api.example.com/{{ name }}'",
                "    save: {score: response.body.score}",
                f"    success: {after}",
                f"    error: {after}",
            ]


def best(action: Callable[[], object]) -> float:
    """The shortest of several rounds, in milliseconds of CPU time."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times) * 1000


def main() -> None:
    """Print a line per size."""
    print(f"{'nodes':>6} {'yaml ms':>9} {'read ms':>9} {'compile ms':>11} {'compile/yaml':>13}")
    for size in SIZES:
        text = flow_text(size)
        flow = flows.parse(text)
        findings = compiler.compile(flow).findings
        assert not findings, findings[0]
        parse = best(partial(yaml.safe_load, text))
        read = best(partial(flows.parse, text))
        compiled = best(partial(compiler.compile, flow))
        budget = BUDGET_MS.get(size)
        verdict = "" if budget is None else f"   budget {budget:.0f} ms"
        print(
            f"{size:>6} {parse:>9.1f} {read:>9.1f} {compiled:>11.1f}"
            f" {compiled / parse:>13.2f}{verdict}"
        )


if __name__ == "__main__":
    main()
