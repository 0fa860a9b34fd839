"""Calls of functions as Python: the frequent ones written out, the others through a constant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from statewright.errors import EvaluationError
from statewright.expressions.codegen.allowances import Allowances
from statewright.expressions.codegen.page import Page
from statewright.expressions.codegen.pieces import CLASSES, MAPS, Piece, compose
from statewright.expressions.operations.patterns import finder
from statewright.expressions.types import BOOL, CelType

_SIZED: Final = ("string", "bytes", "list", *MAPS)
_SMALL: Final = ("bool", "int", "uint", "double", "null_type", "timestamp", "duration")
_FIXED: Final = frozenset((*CLASSES, "list", "map"))
"""Types that tell which implementation of a function is meant."""


def table_call(
    name: str,
    arguments: Sequence[Piece],
    found: CelType,
    page: Page,
    allowances: Allowances,
    *,
    member: bool,
) -> Piece:
    """A call of a function of the table."""
    write = _WRITTEN_OUT.get((name, len(arguments)))
    text = write(arguments, page, allowances) if write is not None else None
    if text is None:
        classes: tuple[str, ...] = tuple(argument.type.name for argument in arguments)
        classes = classes if _FIXED.issuperset(classes) else ()
        sort = "member" if member else "function"
        function = page.constant("function", name, sort, classes, allowances.steps)
        text = f"{function}({', '.join(map(str, arguments))})"
    return compose(text, found, *arguments)


def host_call(
    host: Piece, name: str, site: int, arguments: Sequence[Piece], found: CelType, page: Page
) -> Piece:
    """A call of a function of the host; what it promises to give is looked at."""
    given = ", ".join([str(site), *map(str, arguments)])
    text = f"_taken({host}[{name!a}]({given}))"
    if found.name in CLASSES:
        value = page.temporary()
        text = f"({value} if type({value} := {text}) is {CLASSES[found.name]} else _undecided())"
    elif found.name != "dyn":
        text = "_undecided()"
    return compose(text, found, host, *arguments)


def matching(text: Piece, pattern: str, page: Page, allowances: Allowances) -> Piece:
    """``text.matches(pattern)`` with a literal pattern."""
    try:
        finder(pattern)
    except EvaluationError:
        return compose("_undecided()", BOOL, text)
    match = page.constant("pattern", pattern)
    value = page.temporary()
    guard = _text_guard(text, value, allowances)
    return compose(f"(not not {match}({value}) if {guard} else _undecided())", BOOL, text)


def or_value(maybe: Piece, other: Piece, found: CelType, page: Page) -> Piece:
    """``maybe.orValue(other)``, which looks at ``other`` only if it has to."""
    value = page.temporary()
    text = f"({value}.value if ({value} := {maybe}).present else {other})"
    return compose(text, found, maybe, other)


def or_other(maybe: Piece, other: Piece, found: CelType, page: Page) -> Piece:
    """``maybe.or(other)``, which looks at ``other`` only if it has to."""
    value = page.temporary()
    text = f"({value} if ({value} := {maybe}).present else _optional({other}))"
    return compose(text, found, maybe, other)


def _text_guard(piece: Piece, value: str, allowances: Allowances) -> str:
    """A test that a piece is a text, and not too long; its value is then under that name."""
    if piece.is_a("string"):
        return f"len({value} := {piece}) <= {allowances.text}"
    return f"type({value} := {piece}) is str and len({value}) <= {allowances.text}"


def _size(arguments: Sequence[Piece], page: Page, _: Allowances) -> str:
    (argument,) = arguments
    if argument.is_a(*_SIZED):
        return f"len({argument})"
    value = page.temporary()
    return f"(len({value}) if type({value} := {argument}) in _SIZES else _undecided())"


def _contains(arguments: Sequence[Piece], page: Page, allowances: Allowances) -> str:
    text, part = arguments
    value = page.temporary()
    return f"({part} in {value} if {_text_guard(text, value, allowances)} else _undecided())"


def _affix(method: str) -> _Writer:
    """``startsWith`` or ``endsWith``, of which Python's would also take a tuple."""

    def write(arguments: Sequence[Piece], page: Page, allowances: Allowances) -> str:
        text, part = arguments
        value, other, guard = page.temporary(), str(part), ""
        if not part.is_a("string"):
            other = page.temporary()
            guard = f" and type({other} := {part}) is str"
        guard = _text_guard(text, value, allowances) + guard
        return f"({value}.{method}({other}) if {guard} else _undecided())"

    return write


def _same(name: str) -> _Writer:
    """A conversion of what has that type already; nothing is written for other types."""

    def write(arguments: Sequence[Piece], _: Page, __: Allowances) -> str | None:
        (argument,) = arguments
        return str(argument) if argument.is_a(name) else None

    return write


def _string(arguments: Sequence[Piece], page: Page, allowances: Allowances) -> str | None:
    (argument,) = arguments
    if not argument.is_a("string"):
        return None
    value = page.temporary()
    guard = _text_guard(argument, value, allowances)
    return f"({value} if {guard} else _undecided())"


def _double(arguments: Sequence[Piece], _: Page, __: Allowances) -> str | None:
    (argument,) = arguments
    if argument.is_a("double"):
        return str(argument)
    return f"float({argument})" if argument.is_a("int", "uint") else None


def _dyn(arguments: Sequence[Piece], page: Page, _: Allowances) -> str | None:
    (argument,) = arguments
    # Given a name, so that Python does not warn of what is done to a literal.
    return f"({page.temporary()} := {argument})" if argument.is_a(*_SMALL) else None


def _none(_: Sequence[Piece], __: Page, ___: Allowances) -> str:
    return "_NOTHING"


def _has_value(arguments: Sequence[Piece], page: Page, _: Allowances) -> str:
    value = page.temporary()
    return f"({value} := {arguments[0]}).present"


_Writer = Callable[[Sequence[Piece], Page, Allowances], str | None]

_WRITTEN_OUT: Final[Mapping[tuple[str, int], _Writer]] = {
    ("size", 1): _size,
    ("contains", 2): _contains,
    ("startsWith", 2): _affix("startswith"),
    ("endsWith", 2): _affix("endswith"),
    ("bool", 1): _same("bool"),
    ("double", 1): _double,
    ("int", 1): _same("int"),
    ("string", 1): _string,
    ("uint", 1): _same("uint"),
    ("dyn", 1): _dyn,
    ("optional.none", 0): _none,
    ("hasValue", 1): _has_value,
}
"""(function, how many arguments it is called with) → how it is written out."""
