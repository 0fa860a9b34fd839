"""The long comparison: generated code against the interpreter, and against other engines.

Run: ``python -m tests.expressions.campaign --cases 200000 --seed 1``. Every case is one random
expression over variables of random types. It is evaluated by the interpreter and by generated
code in three forms: with types, without, and bound to parameters of another shape; the typed forms
on data of the declared types, the untyped one also on data of any type. A difference in value or
class, or between a value and an error, is printed, and makes the exit code 1.
"""

from __future__ import annotations

import argparse
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Any
from unittest.mock import patch

import celpy

from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import Environment, Expression, check, evaluate, parse
from statewright.expressions.codegen import Binding, Request, allowances, reach
from statewright.expressions.values import has_lone_surrogate
from tests.conformance.cel_cases import same
from tests.expressions.celpy_oracle import TYPES, celpy_value, fragment_data, fragment_text
from tests.expressions.generated import UNDECIDED, functions_of
from tests.expressions.oracle import ERROR, agree, environment, form_of_ours, ours, theirs
from tests.expressions.sampling import HOST, NAMES, sample

BOUND = Binding(
    ("data", "extra"),
    names=reach("extra", "names"),
    host=reach("extra", "host"),
    roots={(name,): reach("data", "", name) for name in NAMES},
)
"""Variables in a map of maps, as a statechart has them."""

WALK = re.compile(r"\.(map|filter|sortBy|transform\w+|exists_one)\(")
"""The engine of Google walks through maps in another order in every process."""

MIXED_KEYS = "{1: 2, true: 3}"
"""As a dict of Python's, in which the engine of Google hands it over, it has one key."""


def outcome(expression: Expression, names: Mapping[str, Any]) -> Any:
    """The value of the interpreter, or its error."""
    try:
        return evaluate(expression, names, HOST)
    except EvaluationError as error:
        return error


class Campaign:
    """Counts what happens; ``differences`` are the texts of what must not be."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.counts: Counter[str] = Counter()
        self.differences: list[str] = []
        self.oracle = environment(f"{NAMES}vwuk")
        self.celpy = celpy.Environment()

    def case(self) -> None:
        """One expression, evaluated in every way."""
        made = sample(self.random)
        text = made.text(self.random.choice((1, 1, 2, 2, 2, 3, 4)))
        try:
            expression = parse(text)
        except ExpressionError:
            self.counts["no expression"] += 1
            return
        self.counts["expressions"] += 1
        self.counts["well typed"] += not check(expression, made.environment).problems
        conforming, any_ = made.data(conforming=True), made.data(conforming=False)
        typed, untyped, bound = functions_of(
            [
                Request(expression, made.environment),
                Request(expression),
                Request(expression, made.environment, BOUND),
            ]
        )
        extra = {"names": conforming, "host": HOST}
        self.compare("typed", typed(conforming, HOST), expression, conforming)
        self.compare("bound", bound({"": conforming}, extra), expression, conforming)
        self.compare("untyped", untyped(conforming, HOST), expression, conforming)
        self.compare("any data", untyped(any_, HOST), expression, any_)
        if "twice" not in text and MIXED_KEYS not in text:
            self.ask(text, untyped, conforming)

    def compare(
        self, form: str, found: Any, expression: Expression, names: Mapping[str, Any]
    ) -> None:
        """Generated code has to be undecided, or right."""
        exact = outcome(expression, names)
        is_error = isinstance(exact, EvaluationError)
        self.counts[f"{form}: {'errors' if is_error else 'values'}"] += 1
        if found is UNDECIDED:
            self.counts[f"{form}: values left to the interpreter"] += not is_error
        elif is_error or not same(found, exact):
            self.differ(f"{form}: {expression.text}\n  {names}\n  {found!r}, not {exact!r}")

    def ask(self, text: str, untyped: Callable[..., Any], names: Mapping[str, Any]) -> None:
        """Compare with the engine of Google, where both have a value."""
        names = {name: value for name, value in names.items() if is_json(value)}
        found = untyped(names, None)
        mine = ours(text, names) if found is UNDECIDED else form_of_ours(found)
        try:
            other = theirs(self.oracle, text, names)
        except (UnicodeError, ValueError, OverflowError):  # no value that Python can hold
            return
        if ERROR in (mine, other):
            self.counts[f"C++: {'both errors' if mine == other else 'one has no value'}"] += 1
            return
        self.counts["C++: both values"] += 1
        if agree(mine, other) or in_their_words(mine) == repr(other):
            return
        if WALK.search(text):
            self.counts["C++: differs in the order of a map, perhaps"] += 1
        else:
            self.counts["C++: differs"] += 1
            print(f"C++: {text}\n  {names}\n  {mine!r}, not {other!r}", flush=True)

    def tight(self) -> None:
        """What generated code decides about large data must not have spent the budget."""
        budget = self.random.choice((100, 1_000, 5_000, 30_000))
        made = sample(self.random)
        try:
            is_nested = self.random.random() < 0.5
            expression = parse(made.nested() if is_nested else made.text(2))
        except ExpressionError:
            return
        data = {name: grown(self.random, one) for name, one in made.data(conforming=True).items()}
        with patch.object(allowances, "BUDGET", budget):
            requests = [Request(expression, made.environment), Request(expression)]
            functions = functions_of(requests)
        try:
            exact = evaluate(expression, data, HOST, budget=budget)
        except EvaluationError as error:
            exact = error
        for function in functions:
            found = function(data, HOST)
            self.counts[f"budget: {'undecided' if found is UNDECIDED else 'decided'}"] += 1
            if found is not UNDECIDED and not same(found, exact):
                self.differ(f"budget {budget}: {expression.text}\n  {exact!r:.200}")

    def differ(self, difference: str) -> None:
        self.differences.append(difference)
        print(difference, flush=True)

    def ask_celpy(self) -> None:
        """Compare an expression of celpy's fragment."""
        text = fragment_text(self.random, self.random.choice((1, 2, 3)))
        data = fragment_data(self.random)
        request = Request(parse(text), Environment(TYPES))
        (function,) = functions_of([request])
        found = function(data, None)
        if found is UNDECIDED:
            exact = outcome(request.expression, data)
            found = ERROR if isinstance(exact, EvaluationError) else exact
        other = celpy_value(self.celpy, text, data)
        self.counts[f"celpy: {'errors' if other == ERROR else 'values'}"] += 1
        if not same(found, other):
            self.differ(f"celpy: {text}\n  {data}\n  {found!r}, not {other!r}")


def grown(random: Random, value: Any) -> Any:
    """A text or list many times over, and other values as they are."""
    if isinstance(value, str) or type(value) is list:
        return value * random.choice((1, 3, 30, 1_000))
    if isinstance(value, dict):
        return {key: grown(random, part) for key, part in value.items()}
    return value


def in_their_words(form: Any) -> str:
    """A form as it is written by who prints NaN and infinity as C does."""
    return repr(form).replace("NaN", "nan").replace("+Inf", "inf").replace("-Inf", "-inf")


def is_json(value: Any) -> bool:
    """Whether the other engines take a value for what it is."""
    if isinstance(value, dict):
        return all(map(is_json, value.values()))
    if isinstance(value, str):
        return not has_lone_surrogate(value)
    if type(value) is list:
        return all(map(is_json, value))
    return value is None or type(value) in (bool, int, float)


def main() -> int:
    """Run a campaign; 1 if anything differed."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--cases", type=int, default=200_000)
    options.add_argument("--celpy", type=int, default=20_000, help="cases for celpy")
    options.add_argument("--tight", type=int, default=20_000, help="cases for small budgets")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    warnings.simplefilter("error")
    campaign = Campaign(chosen.seed)
    for _ in range(chosen.cases):
        campaign.case()
    for _ in range(chosen.celpy):
        campaign.ask_celpy()
    for _ in range(chosen.tight):
        campaign.tight()
    for name, count in sorted(campaign.counts.items()):
        print(f"{count:9,} {name}")
    print(f"{len(campaign.differences):9,} differences that must not be")
    return 1 if campaign.differences else 0


if __name__ == "__main__":
    sys.exit(main())
