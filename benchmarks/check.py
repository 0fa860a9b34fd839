"""How long checking takes after each edit, and before a flow is published: up to 10,000 nodes.

Run: ``python -m benchmarks.check``. Each line gives milliseconds of processor time for all checks
of a flow that has been read, and how much longer each node takes than in the smallest flow; then
the seconds that reading the flow and going through all conversations takes, with the steps of it
and the memory in use, and the milliseconds of doing so again after an edit: of words, of a guard in
the middle. The garbage collector is as patient as that of the command line.
"""

from __future__ import annotations

import gc
import resource
import sys
from statistics import median
from time import process_time

from statewright import compiler, flows
from statewright.cli.memory import patient
from statewright.compiler.checks import findings_of
from statewright.compiler.subject import subject_of

SIZES = (300, 1_000, 3_000, 10_000)
BUDGET_MS = {300: 50.0}

# ``@`` is a number of its own for each part, ``NEXT`` an id.
PART = """\
  ask_@:
    type: question
    text: "Number @, {{ name }}?"
    choices: [small, large, none]
    retries: 2
    variable: size_@
    next: route_@
    on: {fallback: bye}
  route_@:
    type: condition
    branches:
      - {if: "size_@ == 'small' && count < 3", to: count_@}
      - {if: "size_@ in ['large', 'none']", to: send_@}
    else: say_@
  count_@:
    type: set
    actions: [{increment: count}, {set: total, to: "{{ total + count }}"}]
    next: ask_@
  send_@:
    type: http
    method: POST
    url: "https://api.example.com/@?size={{ size_@ }}"
    headers: {Authorization: "Bearer {{secret:key}}"}
    body: {count: "{{ count }}"}
    save: {total: response.body.total}
    success: say_@
    error: bye
  say_@: {type: message, text: "{{ total }} of {{ count }}", next: NEXT}
"""
HEADER = """\
statewright: 1
id: large
start: ask_0
variables:
  name: {type: string, input: true}
  count: {type: int, default: 0}
  total: {type: int, default: 0}
"""


def flow_of(size: int) -> str:
    """A flow with about so many nodes, five of them in each part."""
    parts = max(1, size // 5)
    variables = "".join(f"  size_{n}: string\n" for n in range(parts))
    nodes = "".join(
        PART.replace("NEXT", f"ask_{n + 1}" if n + 1 < parts else "bye").replace("@", str(n))
        for n in range(parts)
    )
    return f"{HEADER}{variables}nodes:\n{nodes}  bye: {{type: end}}\n"


def seconds(text: str, times: int) -> float:
    """The median time of checking a flow that has been read."""
    flow = flows.parse(text, file="large.yaml")
    taken = []
    for _ in range(times):
        gc.collect()
        start = process_time()
        found = findings_of(subject_of(flow))
        taken.append(process_time() - start)
        assert not found, found[:3]
    return median(taken)


def gate(text: str) -> str:
    """What it takes to let a flow be published, and to check it again when it says other words."""
    gc.collect()
    start = process_time()
    compilation = compiler.compile(flows.parse(text, file="large.yaml"))
    verification = compiler.verify(compilation).verification
    taken = process_time() - start
    assert verification is not None
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    checking = compiler.Rechecking()
    checking.verify(compilation)
    left = f", not whole: {verification.hindrance}" if verification.hindrance else ""
    middle = text.count("type: condition") // 2
    small = f"size_{middle} == 'small' && count < "
    words = again(checking, text.replace("of {{ count }}", "out of {{ count }}"))
    assert checking.searched == 1
    guard = again(checking, text.replace(f"{small}3", f"{small}2"))
    return (
        f"{taken:6.2f} s for {verification.spent:,} steps, {memory:,} MB{left}; "
        f"again with other words {words * 1000:.0f} ms, with another guard {guard * 1000:.0f} ms"
    )


def again(checking: compiler.Rechecking, text: str) -> float:
    """What it takes to check a flow that was checked before it was edited."""
    flow = flows.parse(text, file="large.yaml")
    start = process_time()
    checking.check(flow)
    return process_time() - start


def main() -> None:
    """Print a line for each size."""
    patient()
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    first = 0.0
    for size in sizes:
        taken = seconds(flow_of(size), 7 if size <= 1_000 else 3)
        first = first or taken / size
        budget = f"  (budget {BUDGET_MS[size]:g} ms)" if size in BUDGET_MS else ""
        print(f"{size:>6} nodes {taken * 1000:8.1f} ms {taken / size / first:5.2f} each{budget}")
        print(f"       gate  {gate(flow_of(size))}", flush=True)


if __name__ == "__main__":
    main()
