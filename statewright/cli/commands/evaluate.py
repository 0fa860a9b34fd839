"""``eval``: the value of an expression, or its type."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import click

from statewright.cli import documents, files, streams
from statewright.cli.commands.chat import micros_from
from statewright.cli.complaints import (
    Complaint,
    complaint_from_error,
    json_from_complaint,
    lines_from_complaint,
)
from statewright.cli.failure import CLEAN, FOUND, Failure
from statewright.cli.options import format_option
from statewright.cli.terminal import clock
from statewright.compiler.scope import HOST_FUNCTIONS
from statewright.errors import EvaluationError, ExpressionError, UnwritableTree
from statewright.expressions import (
    CelType,
    Checked,
    Environment,
    Problem,
    check,
    evaluate,
    parse,
)
from statewright.expressions.declarations import text_from_type, type_from_text, type_from_value
from statewright.expressions.draws import draw_from
from statewright.expressions.failures import EXTREMES
from statewright.expressions.failures import Failure as MayFail
from statewright.expressions.printing.spelling import tree_from_value
from statewright.expressions.printing.texts import plain_from_value
from statewright.expressions.printing.unparser import unparse
from statewright.expressions.types import DYN
from statewright.flows.documents import SIZE_LIMIT
from statewright.statechart.stepping.scene import timestamp_from_micros
from statewright.statechart.values.coercion import coerced

WIDTH: Final = 100
"""Characters of a line of a value."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What an expression may use.

    Attributes:
        data: the values of its variables.
        types: their types, and those of variables without a value.
        strict: whether problems, also those of the strict mode, stand in the way.
    """

    data: Mapping[str, Any]
    types: Mapping[str, CelType]
    strict: bool

    @property
    def environment(self) -> Environment:
        """The same for the checker."""
        return Environment(self.types, HOST_FUNCTIONS, strict=self.strict)


@click.command("eval")
@click.argument("expression", metavar="EXPR")
@click.option("--data", metavar="FILE|JSON", help="Values of variables.")
@click.option("--var", "assigned", metavar="NAME=JSON", multiple=True, help="One of them.")
@click.option("--declare", "declared", metavar="NAME=TYPE", multiple=True, help="Its type.")
@click.option("--type", "only_type", is_flag=True, help="Check it and print its type.")
@click.option("--strict", is_flag=True, help="Refuse whatever the checker finds wrong.")
@click.option("--now", metavar="TIME", help="What `now` is, such as 2026-01-31T09:00:00Z.")
@click.option("--seed", default="statewright", help="Decides what `draw(n)` gives.")
@format_option("text", "json")
def eval_(  # noqa: PLR0913 (an argument per option)
    expression: str,
    *,
    data: str | None,
    assigned: Sequence[str],
    declared: Sequence[str],
    only_type: bool,
    strict: bool,
    now: str | None,
    seed: str,
    format_: str,
) -> int:
    """Compute a CEL expression, or check it.

    EXPR is the expression; - reads it from standard input.
    """
    if expression == files.STDIN == data:
        raise click.UsageError("standard input is either the expression or the data")
    text = _text(expression)
    setting = _setting(documents.map_from(data), assigned, declared, now, strict=strict)
    try:
        outcome = _typed(text, setting) if only_type else _evaluated(text, setting, seed)
    except (ExpressionError, EvaluationError) as error:
        outcome = Outcome({}, (), (complaint_from_error(error, text),))
    _print(outcome, format_)
    return FOUND if outcome.errors else CLEAN


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is printed.

    Attributes:
        result: as JSON, without what went wrong.
        lines: the same for people.
        errors: why there is no result.
        warnings: what else was found.
        failures: why the expression may have no value for other data; told to people only, for
            the result has them.
    """

    result: Mapping[str, Any]
    lines: tuple[str, ...]
    errors: tuple[Complaint, ...] = ()
    warnings: tuple[Complaint, ...] = ()
    failures: tuple[Complaint, ...] = ()


# What goes in


def _text(expression: str) -> str:
    if expression != files.STDIN:
        return _typed_text(expression)
    content = files.bytes_of(expression)
    if len(content) > SIZE_LIMIT:
        raise Failure("the expression on standard input is too long")
    return content.decode("utf-8", "replace").rstrip()


def _typed_text(argument: str) -> str:
    """What was typed, where Python could not tell what encoding it is in."""
    try:
        return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return argument


def _setting(
    data: dict[str, Any],
    assigned: Iterable[str],
    declared: Iterable[str],
    now: str | None,
    *,
    strict: bool,
) -> Setting:
    data |= dict(map(_variable, assigned))
    types = dict(map(_declaration, declared))
    values = {name: _value(name, value, types.get(name)) for name, value in data.items()}
    micros = clock() if now is None else micros_from(now)
    values = {"now": timestamp_from_micros(micros), "vars": values, **values}
    return Setting(
        data=values,
        types={name: type_from_value(value) for name, value in values.items()} | types,
        strict=strict,
    )


def _variable(given: str) -> tuple[str, Any]:
    name, content = _parts(given, "--var", "JSON")
    try:
        return name, json.loads(content)
    except (ValueError, RecursionError) as error:
        hint = "" if content[:1] in '{["' else "; a text is written with double quotes"
        raise Failure(f"--var {name}: this is no JSON ({error}){hint}") from None


def _declaration(given: str) -> tuple[str, CelType]:
    name, content = _parts(given, "--declare", "TYPE")
    try:
        return name, type_from_text(content)
    except ExpressionError as error:
        raise Failure(f"--declare {name}: {error}") from None


def _parts(given: str, option: str, what: str) -> tuple[str, str]:
    name, mark, content = given.partition("=")
    if not mark or not name.strip():
        raise Failure(f"{option} takes NAME={what}, not {given!r}")
    return name.strip(), content


def _value(name: str, value: Any, declared: CelType | None) -> Any:
    """A value as a variable of this type holds it; as it is where no type is declared.

    Raises:
        Failure: it is of another type, or something inside it is.
    """
    try:
        return _held(name, value, declared or DYN)
    except KeyError:
        raise Failure(f"{name}: a value cannot be given for the type {declared}") from None


def _held(place: str, value: Any, wanted: CelType) -> Any:
    """A value made fit for a type, however deep inside; ``place`` is where it stands."""
    if wanted.name == "nullable":
        return None if value is None else _held(place, value, wanted.parameters[0])
    try:
        held = coerced(value, {"object": "map"}.get(wanted.name, wanted.name))
    except EvaluationError as error:
        raise Failure(f"{place}: {error.reason}") from None
    if wanted.name == "list":
        (inner,) = wanted.parameters
        return [_held(f"{place}[{number}]", one, inner) for number, one in enumerate(held)]
    if wanted.name == "map":
        inner = wanted.parameters[1]
        return {key: _held(f"{place}[{key!r}]", one, inner) for key, one in held.items()}
    for field, inner in wanted.by_field.items():
        if field in held:
            held[field] = _held(f"{place}.{field}", held[field], inner)
        elif field not in wanted.optional:
            raise Failure(f"{place}.{field}: it is missing, and declared as {inner}")
    return held


def _typed(text: str, setting: Setting) -> Outcome:
    expression = parse(text)
    checked = check(expression, setting.environment)
    found = text_from_type(checked.type)
    problems = _problems(checked)
    failures = () if problems else checked.failures
    return Outcome(
        {"type": found, "failures": [_json_from_failure(one, text) for one in failures]},
        (found,),
        errors=problems,
        failures=tuple(_complaint(one, text) for one in failures if one.kind not in EXTREMES),
    )


def _evaluated(text: str, setting: Setting, seed: str) -> Outcome:
    expression = parse(text)
    checked = check(expression, setting.environment)
    problems = _problems(checked)
    if problems and setting.strict:
        return Outcome({}, (), problems)
    try:
        value = evaluate(expression, setting.data, {"draw": draw_from(seed), "In": _of_a_chart})
        written = unparse(tree_from_value(value), WIDTH)
    except EvaluationError as error:
        errors = problems or (complaint_from_error(error, text),)
        return Outcome({}, (), errors)
    except UnwritableTree as error:
        raise EvaluationError(f"the value cannot be written in CEL: {error}") from None
    result = {"value": _plain(value), "cel": written, "type": text_from_type(checked.type)}
    return Outcome(result, (written,), warnings=problems)


def _plain(value: Any) -> Any:
    """A value as JSON, or null where JSON has none."""
    try:
        return plain_from_value(value)
    except EvaluationError:
        return None


def _problems(checked: Checked) -> tuple[Complaint, ...]:
    return tuple(_complaint(one, checked.expression.text) for one in checked.problems)


def _complaint(one: Problem | MayFail, text: str) -> Complaint:
    return Complaint(one.reason, text, one.start, one.end, one.hint)


def _json_from_failure(one: MayFail, text: str) -> dict[str, Any]:
    return {"kind": str(one.kind), **json_from_complaint(_complaint(one, text))}


def _print(outcome: Outcome, format_: str) -> None:
    if format_ == "json":
        document = {
            **outcome.result,
            "errors": [json_from_complaint(complaint) for complaint in outcome.errors],
            "warnings": [json_from_complaint(complaint) for complaint in outcome.warnings],
        }
        streams.print_document(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return
    if not outcome.errors:
        streams.print_document("\n".join(outcome.lines) + "\n")
    colour = streams.wants_colour(sys.stderr)
    told = {"error": outcome.errors, "warning": outcome.warnings, "may fail": outcome.failures}
    for label, complaints in told.items():
        for complaint in complaints:
            lines = lines_from_complaint(complaint, label)
            click.echo("\n".join(lines), err=True, color=colour)


def _of_a_chart(_site: int, *_arguments: Any) -> Any:
    raise EvaluationError("only a running chart can tell; `statewright chat` runs one")
