"""What guards cost, beside the same guards written by hand as Python lambdas.

Run: ``python -m benchmarks.expressions``. Each line gives microseconds per evaluation (the best of
several rounds) and the ratio, which a machine's speed does not change; at the end come the
geometric mean, and what it costs to parse, check and link expressions and to render a template.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from statewright.expressions import (
    Environment,
    Place,
    Text,
    check,
    evaluate,
    parse,
    parse_template,
    render,
)
from statewright.expressions.linking import link
from statewright.expressions.types import INT, MAP, object_of

ROUNDS = 7
BUDGET_RATIO = 7.0

DATA: dict[str, Any] = {
    "user": {"age": 34, "country": "BR", "name": "Ada", "email": "ada@example.org", "vip": True},
    "order": {"items": [{"sku": "a", "n": 2}, {"sku": "b", "n": 1}], "total": 80, "paid": False},
    "tags": ["new", "vip", "web"],
    "score": 7,
    "text": "please cancel order 1234",
}
EMAIL = re.compile(r"^[^@ ]+@[^@ ]+$")

GUARDS: list[tuple[str, str, Callable[[dict[str, Any]], object]]] = [
    (
        "two comparisons",
        "user.age >= 18 && user.country == 'BR'",
        lambda c: c["user"]["age"] >= 18 and c["user"]["country"] == "BR",
    ),
    ("one variable", "score > 5", lambda c: c["score"] > 5),
    (
        "pattern",
        "user.email.matches('^[^@ ]+@[^@ ]+$')",
        lambda c: EMAIL.search(c["user"]["email"]) is not None,
    ),
    (
        "size and in",
        "size(tags) > 0 && 'vip' in tags",
        lambda c: bool(c["tags"]) and "vip" in c["tags"],
    ),
    (
        "in literal list",
        "user.country in ['BR', 'PT', 'AO']",
        lambda c: c["user"]["country"] in ("BR", "PT", "AO"),
    ),
    (
        "exists",
        "order.items.exists(i, i.sku == 'b' && i.n > 0)",
        lambda c: any(i["sku"] == "b" and i["n"] > 0 for i in c["order"]["items"]),
    ),
    ("has, missing", "has(user.phone)", lambda c: "phone" in c["user"]),
    (
        "has and use",
        "has(user.name) && user.name != ''",
        lambda c: "name" in c["user"] and c["user"]["name"] != "",
    ),
    (
        "text functions",
        "text.contains('cancel') || text.startsWith('stop')",
        lambda c: "cancel" in c["text"] or c["text"].startswith("stop"),
    ),
    (
        "ternary",
        "user.vip ? 'gold' : 'plain'",
        lambda c: "gold" if c["user"]["vip"] else "plain",
    ),
    (
        "arithmetic",
        "order.total * 2 + score - 1",
        lambda c: c["order"]["total"] * 2 + c["score"] - 1,
    ),
    ("concatenation", "'Hi ' + user.name + '!'", lambda c: "Hi " + c["user"]["name"] + "!"),
    (
        "ten comparisons",
        " && ".join(f"score != {100 + n}" for n in range(10)),
        eval("lambda c: " + " and ".join(f"c['score'] != {100 + n}" for n in range(10))),  # noqa: S307
    ),
]


def microseconds(run: Callable[[], object], times: int = 20_000) -> float:
    """The processor time of one run, the best of several rounds."""
    best = math.inf
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(times):
            run()
        best = min(best, time.process_time() - start)
    return best / times * 1e6


def main() -> None:
    ratios: list[float] = []
    print(f"{'guard':18}{'µs':>8}{'lambda':>8}{'ratio':>7}")
    for name, text, by_hand in GUARDS:
        expression = parse(text)
        assert evaluate(expression, DATA) == by_hand(DATA), text
        ours = microseconds(lambda e=expression: evaluate(e, DATA))  # type: ignore[misc]
        theirs = microseconds(lambda f=by_hand: f(DATA))  # type: ignore[misc]
        ratios.append(ours / theirs)
        print(f"{name:18}{ours:8.2f}{theirs:8.2f}{ratios[-1]:6.1f}x")
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    verdict = "within" if mean <= BUDGET_RATIO else "OVER"
    print(f"{'geometric mean':34}{mean:6.1f}x   {verdict} the budget of {BUDGET_RATIO:.0f}x")
    preparing()


def preparing() -> None:
    """What it costs to read expressions and to render a template."""
    texts = [f"{text} || score == {n}" for n in range(77) for _, text, _ in GUARDS[:6]]
    texts += [f"({text}) == {n}" for n in range(77) for _, text, _ in GUARDS[6:]]
    texts = texts[:1000]
    environment = Environment(
        {"user": MAP, "order": MAP, "tags": MAP, "score": INT, "text": object_of({})}
    )
    expressions = [parse(text) for text in texts]
    fresh = count()  # a text that was parsed before is remembered
    steps: list[tuple[str, Callable[[], object]]] = [
        ("parse", lambda: [parse(f"{text} // {next(fresh)}") for text in texts]),
        ("check", lambda: [check(one, environment) for one in expressions]),
        ("link", lambda: [link(one.root) for one in expressions]),
    ]
    average = sum(map(len, texts)) / len(texts)
    print(f"\n{len(texts)} expressions of {average:.0f} characters")
    for name, run in steps:
        print(f"{name:18}{microseconds(run, 1) / 1000:8.1f} ms")
    template = Text(parse_template("Hi {{ user.name }}, you have {{ score }} points.", Place.TEXT))
    print(f"{'render a template':18}{microseconds(lambda: render(template, DATA)):8.2f} µs")


if __name__ == "__main__":
    main()
