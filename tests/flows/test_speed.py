"""Reading is quick enough to happen on every keystroke of an editor."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from statewright import flows
from statewright.flows.documents import document_from

NODE = """\
  node_{n}:
    type: question
    text: "Your order number, {{{{ customer.name }}}}?"
    choices: [gold, {{value: silver, label: "Silver!", to: node_{next}}}]
    variable: order_{n}
    retries: 3
    retry: That is not an order number.
    timeout: 10m
    next: node_{next}
    on: {{fallback: sorry, timeout: too_late}}
"""


def milliseconds(work: Callable[[], object]) -> float:
    """How long some work takes at best: other processes may share the machine."""
    times = []
    for _ in range(5):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times) * 1000


def test_three_hundred_nodes_of_yaml() -> None:
    nodes = "".join(NODE.format(n=n, next=n + 1) for n in range(300))
    text = f"statewright: 1\nstart: node_0\nnodes:\n{nodes}"
    assert not flows.parse(text).problems
    assert milliseconds(lambda: flows.parse(text)) < 100


def test_half_a_megabyte_of_json() -> None:
    node = {"type": "message", "text": "Hi {{ name }}", "next": "b", "label": "é\n", "wait": True}
    text = json.dumps({"statewright": 1, "nodes": {f"n{n}": node for n in range(4500)}}, indent=1)
    assert len(text) > 500_000
    assert milliseconds(lambda: document_from(text, "f.json")) < 300


def test_reading_is_linear() -> None:
    def text(nodes: int) -> str:
        drawn = "".join(NODE.format(n=n, next=n + 1) for n in range(nodes))
        return f"statewright: 1\nnodes:\n{drawn}"

    small, large = text(200), text(1600)
    ratio = milliseconds(lambda: flows.parse(large)) / milliseconds(lambda: flows.parse(small))
    assert ratio < 8 * 2


def test_many_mistakes_take_no_longer_than_their_number() -> None:
    def text(wrong: int) -> str:
        question = {"type": "question", "text": "?", "choices": [[]] * wrong}
        return json.dumps({"statewright": 1, "nodes": {"a": question}})

    small, large = text(1000), text(8000)
    assert len(flows.parse(small).problems) == 1000
    ratio = milliseconds(lambda: flows.parse(large)) / milliseconds(lambda: flows.parse(small))
    assert ratio < 8 * 2.5
