"""How long it takes to read and compile a flow, by its size.

Run: ``python -m benchmarks.compile``. Each line gives milliseconds (the best of several rounds)
and, as the ratio that a machine's speed does not change, how many times as long it takes as
parsing the same text with PyYAML's safe loader.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial

import yaml

from statewright import compiler, flows
from statewright.cli.memory import patient

SIZES = (30, 300, 3_000, 10_000)
ROUNDS = 3
BUDGET_MS = {300: 50.0, 10_000: 2_000.0}


HEADER = """\
statewright: 1
id: generated
start: n0
variables:
  score: {type: int, default: 0}
  name: {type: string, default: nobody}
  tier: {type: string, values: [gold, silver], default: silver}
nodes:
"""

# ``@`` is a number of its own for each node and variant, ``HERE`` and ``NEXT`` are ids.
NODES = (
    """\
  HERE:
    type: question
    text: "Question @, {{ score + @ }}?"
    input: choice
    choices: [gold, silver]
    variable: tier
    retries: 2
    timeout: 10m
    next: NEXT
    on: {timeout: NEXT, fallback: NEXT}
""",
    """\
  HERE:
    type: condition
    branches:
      - {if: "tier == 'gold' && score > @", to: NEXT}
      - {if: "score < @ || name.startsWith('a')", to: NEXT}
    else: NEXT
""",
    """\
  HERE:
    type: set
    actions: [{increment: score, by: 2}, {set: name, to: "n {{ score + @ }}"}]
    next: NEXT
""",
    """\
  HERE:
    type: message
    text: "So, {{ name }}: {{ score - @ }}."
    next: NEXT
""",
    """\
  HERE:
    type: http
    url: "https://api.example.com/{{ score + @ }}"
    save: {score: response.body.score + @}
    success: NEXT
    error: NEXT
""",
)


def flow_text(nodes: int, variant: int = 0) -> str:
    """A flow of questions, conditions, counters, messages and web requests, all joined.

    Args:
        nodes: how many.
        variant: texts and expressions of one variant do not stand in another.
    """
    parts = [HEADER]
    for number in range(nodes - 1):
        text = NODES[number % len(NODES)].replace("@", f"{variant + 1}{number:05}")
        parts.append(text.replace("HERE", f"n{number}").replace("NEXT", f"n{number + 1}"))
    return "".join(parts) + f"  n{nodes - 1}: {{type: end}}\n"


def best(actions: Iterable[Callable[[], object]]) -> float:
    """The shortest of several actions, in milliseconds of CPU time."""
    times = []
    for action in actions:
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times) * 1000


def main() -> None:
    """Print a line per size."""
    patient()
    print(f"{'nodes':>6} {'yaml ms':>9} {'read ms':>9} {'compile ms':>11} {'compile/yaml':>13}")
    for size in SIZES:
        # Every round has a text of its own: nothing of it was seen, parsed or remembered before.
        texts = [flow_text(size, variant) for variant in range(ROUNDS)]
        parse = best(partial(yaml.safe_load, text) for text in texts)
        read_flows: list[flows.Flow] = []
        read = best(partial(_read, text, read_flows) for text in texts)
        findings: list[compiler.Finding] = []
        compiled = best(partial(_compile, flow, findings) for flow in read_flows)
        assert not findings, findings[0]
        budget = BUDGET_MS.get(size)
        verdict = "" if budget is None else f"   budget {budget:.0f} ms"
        print(
            f"{size:>6} {parse:>9.1f} {read:>9.1f} {compiled:>11.1f}"
            f" {compiled / parse:>13.2f}{verdict}"
        )


def _read(text: str, flows_read: list[flows.Flow]) -> None:
    flows_read.append(flows.parse(text))


def _compile(flow: flows.Flow, findings: list[compiler.Finding]) -> None:
    findings.extend(compiler.compile(flow).findings)


if __name__ == "__main__":
    main()
