"""Values as a declaration wants them, however deep inside: coerced, and held against its limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.functions.becoming import converted
from statewright.expressions.operations.patterns import matches
from statewright.expressions.printing.spelling import text_literal
from statewright.expressions.printing.unparser import WORD
from statewright.expressions.values import Uint, type_name
from statewright.statechart.definition import Limits, Member

_NUMBERS: Final = frozenset({int, Uint, float})
_SIZED: Final = frozenset({str, bytes, list, dict})
_NAMED: Final = 8
"""How many names a message lists."""


class _MisfitError(EvaluationError):
    """A value inside another one does not fit; ``path`` is where, from the inside out."""

    def __init__(self, reason: str, step: str) -> None:
        super().__init__(reason)
        self.path = [step]


def fitted(value: Any, declared: str, limits: Limits) -> Any:
    """A value as a declaration wants it.

    Args:
        value: a CEL value that can be kept.
        declared: as in ``Datum.type``.
        limits: as in ``Datum.limits``.

    Raises:
        EvaluationError: it cannot become one; the reason says what was found, where inside the
            value, and what is expected there.
    """
    try:
        return _fitted(value, declared, limits)
    except _MisfitError as misfit:
        path = "".join(reversed(misfit.path))[:200]
        raise EvaluationError(f"at `{path}`: {misfit.reason}") from None


def _fitted(value: Any, declared: str, limits: Limits | None) -> Any:
    if limits is None:
        return converted(value, declared)
    if value is None and limits.nullable:
        return None
    if limits.names and type(value) is str and value not in limits.values:
        value = dict(zip(limits.names, limits.values, strict=False)).get(value, value)
    own = converted(value, declared)
    _check(own, limits)
    if limits.element is not None:
        return _with_elements(own, limits.element)
    return _with_fields(own, limits) if limits.fields else own


def _inside(value: Any, member: Member, step: str) -> Any:
    try:
        return _fitted(value, member.type, member.limits)
    except _MisfitError as misfit:
        misfit.path.append(step)
        raise
    except EvaluationError as error:
        raise _MisfitError(error.reason, step) from None


def _with_elements(value: Any, element: Member) -> Any:
    if type(value) is list:
        return [_inside(one, element, f"[{number}]") for number, one in enumerate(value)]
    return {key: _inside(one, element, _step(key)) for key, one in value.items()}


def _with_fields(value: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for field in limits.fields:
        if field.name in value:
            made[field.name] = _inside(value[field.name], field, _step(field.name))
        elif not field.optional:
            raise EvaluationError(f"the part {_quoted(field.name)} is missing")
    if len(made) < len(value):
        more = {key: one for key, one in value.items() if key not in made}
        if not limits.others:
            known = ", ".join(_quoted(field.name) for field in limits.fields[:_NAMED])
            dots = ", …" if len(limits.fields) > _NAMED else ""
            raise EvaluationError(
                f"the part {_quoted(next(iter(more)))} is not declared; there are {known}{dots}"
            )
        made |= more
    return made


def _check(value: Any, limits: Limits) -> None:
    """Hold a value against what is declared of itself, not of what is inside it."""
    own = type(value)
    if limits.values and not any(type(one) is own and one == value for one in limits.values):
        wanted = limits.names or limits.values
        known = ", ".join(f"`{str(one)[:40]}`" for one in wanted[:_NAMED])
        more = ", …" if len(wanted) > _NAMED else ""
        raise EvaluationError(
            f"the value{_shown(value)} is not among those that are declared: {known}{more}"
        )
    if limits.date and not is_date(value):
        raise EvaluationError(f"the string{_shown(value)} is no date, such as `2026-12-31`")
    least, most = limits.minimum, limits.maximum
    if least is not None and _is_ordered(value, least) and not value >= least:
        raise EvaluationError(f"the value{_shown(value)} is less than {_text(least)}")
    if most is not None and _is_ordered(value, most) and not value <= most:
        raise EvaluationError(f"the value{_shown(value)} is greater than {_text(most)}")
    if own in _SIZED:
        _check_size(value, limits)
    if limits.pattern and own is str and not matches(value, limits.pattern):
        raise EvaluationError(f"the string{_shown(value)} does not match `{limits.pattern[:80]}`")


def _is_ordered(value: Any, bound: Any) -> bool:
    """Whether a value and a bound are of one kind."""
    own, other = type(value), type(bound)
    return own is other or (own in _NUMBERS and other in _NUMBERS)


def _check_size(value: Any, limits: Limits) -> None:
    size = len(value)
    if limits.shortest is not None and size < limits.shortest:
        raise EvaluationError(
            f"the {type_name(value)} has a size of {size}, less than {limits.shortest}"
        )
    if limits.longest is not None and size > limits.longest:
        raise EvaluationError(
            f"the {type_name(value)} has a size of {size}, more than {limits.longest}"
        )


def is_date(text: str) -> bool:
    """Whether a text is a date of the calendar, as ``2026-02-28``."""
    if len(text) != len("2026-02-28") or text[4] != "-" or not text.isascii():
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _shown(value: Any) -> str:
    """A value for a message, behind a space; ``""`` for one that is better not shown."""
    if isinstance(value, str):
        return f" {value[:60]!r}"
    return f" {_text(value)}" if isinstance(value, (bool, int, float)) else ""


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _step(key: str) -> str:
    return f".{key}" if WORD.fullmatch(key) else f"[{text_literal(key[:60])}]"


def _quoted(name: str) -> str:
    return f"`{ascii(name[:60])[1:-1]}`"
