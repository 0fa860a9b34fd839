"""What guards cost: generated code beside lambdas written by hand, and beside other engines.

    python -m benchmarks.expressions

Ten guards, as conversation flows have them, look at a context of thirty values. Everything is
measured in one process and in turns, in processor time, the best of several rounds, so that the
ratios hold whatever the machine. Generated code is run with types and without; other engines get
the context as they want it, converted anew for every message, which is what a message costs them.
"""

from __future__ import annotations

import gc
import json
import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import cel
import celpy
from cel_expr_python import cel as google
from celpy.adapter import json_to_cel

from statewright.expressions import (
    Environment,
    Expression,
    Place,
    Text,
    check,
    evaluate,
    parse,
    parse_template,
    render,
)
from statewright.expressions.codegen import Request, digest, generate, load
from statewright.expressions.evaluation.linking import link
from statewright.expressions.types import (
    BOOL,
    DOUBLE,
    INT,
    STRING,
    list_of,
    object_of,
)

ROUNDS = 15
LIMIT = 1.5
LEAD = 10.0
LOADING_LIMIT = 1.0
PEER_LIMIT = 3.0

MESSAGE = json.dumps(
    {
        "user": {
            "id": "u-17", "name": "Ada", "age": 34, "email": "ada@example.org", "lang": "pt",
            "country": "BR", "vip": True, "score": 0.75, "tier": "gold",
            "address": {"city": "Recife", "zip": "50000"},
        },
        "event": {"text": "please cancel order 1234", "kind": "text", "length": 24},
        "order": {
            "items": [{"sku": "a", "n": 2, "price": 10.5}, {"sku": "b", "n": 1, "price": 78.0}],
            "total": 99.0, "count": 3, "paid": False, "coupon": "SAVE10", "attempts": 1,
        },
        "session": {"channel": "web", "turns": 7, "tags": ["new", "vip", "web"]},
    }
)  # fmt: skip
"""The context as it arrives; a leaf is a text, number or bool in it: thirty in all."""

TYPES = {
    "user": object_of(
        {
            "id": STRING, "name": STRING, "age": INT, "email": STRING, "lang": STRING,
            "country": STRING, "vip": BOOL, "score": DOUBLE, "tier": STRING, "phone": STRING,
            "address": object_of({"city": STRING, "zip": STRING}),
        },
        optional=("phone",),
    ),
    "event": object_of({"text": STRING, "kind": STRING, "length": INT}),
    "order": object_of(
        {
            "items": list_of(object_of({"sku": STRING, "n": INT, "price": DOUBLE})),
            "total": DOUBLE, "count": INT, "paid": BOOL, "coupon": STRING, "attempts": INT,
        },
        optional=("coupon",),
    ),
    "session": object_of(
        {"channel": STRING, "turns": INT, "tags": list_of(STRING)}
    ),
}  # fmt: skip

EMAIL = re.compile(r"^[^@ ]+@[^@ ]+$")

SIX = (
    "user.age > 10 && user.country == 'BR' && user.tier in ['gold', 'silver']"
    " && order.total > 50.0 && session.turns >= 3 && session.channel != 'sms'"
)

Lambda = Callable[[dict[str, Any]], object]

GUARDS: Sequence[tuple[str, str, Lambda]] = (
    (
        "range",
        "user.age >= 18 && user.age < 65",
        lambda c: c["user"]["age"] >= 18 and c["user"]["age"] < 65,
    ),
    (
        "pattern",
        "user.email.matches('^[^@ ]+@[^@ ]+$')",
        lambda c: EMAIL.search(c["user"]["email"]) is not None,
    ),
    (
        "size and in",
        "size(session.tags) > 0 && 'vip' in session.tags",
        lambda c: len(c["session"]["tags"]) > 0 and "vip" in c["session"]["tags"],
    ),
    (
        "six comparisons",
        SIX,
        lambda c: (
            c["user"]["age"] > 10
            and c["user"]["country"] == "BR"
            and c["user"]["tier"] in ("gold", "silver")
            and c["order"]["total"] > 50.0
            and c["session"]["turns"] >= 3
            and c["session"]["channel"] != "sms"
        ),
    ),
    (
        "exists",
        "order.items.exists(i, i.sku == 'b' && i.n > 0)",
        lambda c: any(i["sku"] == "b" and i["n"] > 0 for i in c["order"]["items"]),
    ),
    (
        "has and use",
        "has(order.coupon) && order.coupon != ''",
        lambda c: "coupon" in c["order"] and c["order"]["coupon"] != "",
    ),
    (
        "has, missing",
        "has(user.phone) && user.phone != ''",
        lambda c: "phone" in c["user"] and c["user"]["phone"] != "",
    ),
    (
        "text functions",
        "event.text.contains('cancel') || event.text.startsWith('stop')",
        lambda c: "cancel" in c["event"]["text"] or c["event"]["text"].startswith("stop"),
    ),
    (
        "arithmetic",
        "order.count * 2 + order.attempts - 1 > 5",
        lambda c: c["order"]["count"] * 2 + c["order"]["attempts"] - 1 > 5,
    ),
    (
        "ternary",
        "order.count > 2 ? 'bulk' : (user.vip ? 'fast' : 'plain')",
        lambda c: "bulk" if c["order"]["count"] > 2 else "fast" if c["user"]["vip"] else "plain",
    ),
)

Run = Callable[[], object]


def best_times(runs: Mapping[str, Run], times: int) -> dict[str, float]:
    """Microseconds of processor time for one run of each, the best of rounds taken in turns."""
    best = dict.fromkeys(runs, math.inf)
    gc.disable()
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = time.process_time()
            for _ in range(times):
                result = run()
            best[name] = min(best[name], (time.process_time() - start) / times * 1e6)
            del result  # what was made is not taken apart on the clock
    gc.enable()
    return best


def verdict(*, holds: bool) -> str:
    return "" if holds else "  MISSED"


def leaves(value: Any) -> int:
    parts = value.values() if isinstance(value, dict) else value if type(value) is list else None
    return 1 if parts is None else sum(map(leaves, parts))


def one_by_one() -> None:
    """Every guard alone, beside its lambda."""
    context = json.loads(MESSAGE)
    environment = Environment(TYPES)
    requests = [Request(parse(text), environment) for _, text, _ in GUARDS]
    typed = generate(requests).functions
    untyped = generate([Request(one.expression) for one in requests]).functions
    print(f"{'guard':20}{'lambda':>8}{'typed':>13}{'untyped':>13}{'interpreter':>14}")
    ratios: dict[str, list[float]] = {"typed": [], "untyped": [], "interpreter": []}
    for place, (name, _, by_hand) in enumerate(GUARDS):
        expression = requests[place].expression
        fast, slow = typed[place], untyped[place]
        assert fast(context) == slow(context) == evaluate(expression, context) == by_hand(context)
        times = best_times(
            {
                "lambda": lambda f=by_hand: f(context),  # type: ignore[misc]
                "typed": lambda f=fast: f(context),  # type: ignore[misc]
                "untyped": lambda f=slow: f(context),  # type: ignore[misc]
                "interpreter": lambda e=expression: evaluate(e, context),  # type: ignore[misc]
            },
            4_000,
        )
        shown = ""
        for form, all_ in ratios.items():
            all_.append(times[form] / times["lambda"])
            shown += f"{times[form]:7.2f} {all_[-1]:4.1f}x"
        print(f"{name:20}{times['lambda']:8.2f}{shown}")
    means = {form: math.exp(sum(map(math.log, all_)) / len(all_)) for form, all_ in ratios.items()}
    shown = "".join(f"{mean:12.2f}x" for mean in means.values())
    print(f"{'geometric mean':28}{shown}{verdict(holds=means['typed'] <= LIMIT)}")


def all_at_once() -> None:
    """All ten guards on one message that has just arrived, by every engine."""
    environment = Environment(TYPES)
    expressions = [parse(text) for _, text, _ in GUARDS]
    by_hand = [one for _, _, one in GUARDS]
    typed = generate([Request(one, environment) for one in expressions]).functions
    untyped = generate([Request(one) for one in expressions]).functions
    messages = count()
    fresh = [json.loads(MESSAGE) for _ in range(64)]

    def on_fresh(run: Callable[[dict[str, Any]], object]) -> Run:
        return lambda: run(fresh[next(messages) % 64])

    runs = {
        "lambdas": on_fresh(lambda context: [one(context) for one in by_hand]),
        "generated, typed": on_fresh(lambda context: [one(context) for one in typed]),
        "generated, untyped": on_fresh(lambda context: [one(context) for one in untyped]),
        "interpreter": on_fresh(lambda context: [evaluate(one, context) for one in expressions]),
        **{name: on_fresh(run) for name, run in others().items()},
    }
    times = best_times(runs, 100)
    hand, ours = times["lambdas"], times["generated, typed"]
    print(f"\nten guards on one fresh context of {leaves(json.loads(MESSAGE))} values")
    for name, taken in times.items():
        line = f"{name:32}{taken:9.2f} µs{taken / hand:9.2f}x the lambdas"
        if name in ("lambdas", "interpreter"):
            print(line)
        elif name.startswith("generated"):
            print(line + verdict(holds=name.endswith("untyped") or taken <= LIMIT * hand))
        else:
            lead = taken / ours
            print(f"{line}{lead:9.1f}x typed code{verdict(holds=lead >= LEAD)}")


def others() -> dict[str, Callable[[dict[str, Any]], object]]:
    """The other engines, each as it is fastest; what they make of the guards was compared."""
    texts = [text for _, text, _ in GUARDS]
    kinds = dict.fromkeys(TYPES, google.Type.Map(google.Type.STRING, google.Type.DYN))
    environment = google.NewEnv(variables=kinds)
    googles = [environment.compile(text) for text in texts]
    rust = [cel.compile(text) for text in texts]
    lark = celpy.Environment()
    pythons = [lark.program(lark.compile(text)) for text in texts]

    def by_google(context: dict[str, Any]) -> object:
        activation = environment.Activation(context)
        return [one.eval(activation).value() for one in googles]

    def by_rust(context: dict[str, Any]) -> object:
        converted = cel.Context(context)
        return [one.execute(converted) for one in rust]

    def by_celpy(context: dict[str, Any]) -> object:
        converted = {name: json_to_cel(value) for name, value in context.items()}
        return [one.evaluate(converted) for one in pythons]

    expected = [one(json.loads(MESSAGE)) for _, _, one in GUARDS]
    for run in (by_google, by_rust, by_celpy):
        assert run(json.loads(MESSAGE)) == expected, run.__name__
    return {
        "cel-expr-python (C++)": by_google,
        "common-expression-language (Rust)": by_rust,
        "celpy": by_celpy,
    }


def thousand() -> list[Expression]:
    """The ten guards in a hundred forms, with other texts and numbers in them each time."""
    return [parse(renumbered(text, n)) for n in range(100) for _, text, _ in GUARDS]


def renumbered(text: str, n: int) -> str:
    def other(match: re.Match[str]) -> str:
        return f"'{match[1]}{n}'" if match[1] else f"{match[0]}{n}"

    return re.sub(r"'(\w+)'|(?<![\w.])\d+\b|(?<=@)(?= )", other, text)


def preparing() -> None:
    """What it costs to read, check, generate and load a thousand expressions."""
    expressions = thousand()
    environment = Environment(TYPES)
    requests = [Request(one, environment) for one in expressions]
    code, key = generate(requests).code, digest(requests)
    kinds = dict.fromkeys(TYPES, google.Type.Map(google.Type.STRING, google.Type.DYN))
    other = google.NewEnv(variables=kinds)
    fresh = count()  # a text that was parsed before is remembered
    texts = [one.text for one in expressions]
    times = best_times(
        {
            "parse and check": lambda: [
                check(parse(f"{text} // {next(fresh)}"), environment) for text in texts
            ],
            "the same in C++": lambda: [other.compile(text) for text in texts],
            "link": lambda: [link(one.root) for one in expressions],
        },
        1,
    )
    times |= best_times(
        {
            "load generated code": lambda: load(code, requests, key),
            "compute its key": lambda: digest(requests),
        },
        1,
    )
    start = time.process_time()
    generate(requests)
    times["generate and compile"] = (time.process_time() - start) * 1e6
    average = sum(map(len, texts)) / len(texts)
    print(
        f"\n{len(texts)} expressions of {average:.0f} characters; {len(code) / 1000:.0f} kB of code"
    )
    ratio = times["parse and check"] / times["the same in C++"]
    notes = {
        "parse and check": f"{ratio:6.1f}x C++{verdict(holds=ratio <= PEER_LIMIT)}",
        "load generated code": verdict(holds=times["load generated code"] <= LOADING_LIMIT * 1000),
    }
    for name, taken in times.items():
        print(f"{name:24}{taken / 1000:9.2f} ms{notes.get(name, '')}")
    template = Text(
        parse_template("Hi {{ user.name }}, you have {{ user.age }} points.", Place.TEXT)
    )
    context = json.loads(MESSAGE)
    rendering = best_times({"render": lambda: render(template, context)}, 2_000)["render"]
    print(f"{'render a template':24}{rendering:9.2f} µs")


def main() -> None:
    one_by_one()
    all_at_once()
    preparing()


if __name__ == "__main__":
    main()
