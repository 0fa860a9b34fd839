"""Numbers, money, dates and plurals as people of a language and region write them.

What they look like is said by Unicode's CLDR, as Babel carries it: another version of Babel may
print something else, though never at another time or on another machine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Context, Decimal, localcontext
from functools import wraps
from typing import Any, Final, Literal, cast

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    is_currency,
)

from statewright.errors import EvaluationError
from statewright.expressions.nanoseconds import Timestamp, coarse_timestamp
from statewright.expressions.operations.languages import language_named
from statewright.expressions.operations.times import zone_from_text
from statewright.expressions.operations.zones import wall_at
from statewright.expressions.overloads import Overload, function
from statewright.expressions.types import (
    DOUBLE,
    INT,
    STRING,
    TIMESTAMP,
    UINT,
    CelType,
    list_of,
    map_of,
)

Style = Literal["short", "medium", "long", "full"]

_STYLES: Final = ("short", "medium", "long", "full")
_DIGITS: Final = 15
"""The most digits behind the point that are asked for."""
_ELSE: Final = "en_001"
"""English as it is written around the world."""
_PRICE: Final = 1_000
"""Steps of the budget that looking into the tables of a language costs."""
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE: Final = re.compile(r"0(?:\.[#0]*)?(?=[^#0.,]|$)")
"""The end of the number in a pattern of CLDR, with its digits behind the point."""
_PRECISION: Final = Context(prec=400)
"""That of all arithmetic here, whatever the program around it has set."""


def _locale(name: str) -> Locale:
    """The nearest language that there are tables for: `de-XX` is `de`.

    The language of a customer comes from outside: where nothing is known of it, a price is better
    told as in English than not at all.
    """
    return language_named(name) or Locale.parse(_ELSE)


def _finite(value: Any) -> Decimal:
    if not isinstance(value, float):
        return Decimal(int(value))
    if not math.isfinite(value):
        raise EvaluationError("this is no number that can be written")
    return Decimal(repr(value))


def _number(value: float, locale: str) -> str:
    return format_decimal(_finite(value), locale=_locale(locale))


def _digits(value: float, digits: int, locale: str) -> str:
    if not 0 <= digits <= _DIGITS:
        raise EvaluationError(f"a number has from 0 to {_DIGITS} digits behind the point")
    own = _locale(locale)
    pattern = _WHOLE.sub(_fraction(digits), own.decimal_formats[None].pattern)
    return format_decimal(_finite(value), format=pattern, locale=own)


def _fraction(digits: int) -> str:
    return "0." + "0" * digits if digits else "0"


def _percent(value: float, locale: str) -> str:
    return format_percent(_finite(value), locale=_locale(locale))


def required_currency(written: str) -> str:
    """The code of a currency.

    Raises:
        EvaluationError: it is none.
    """
    if not is_currency(written):
        shown = ascii(written[:20])[1:-1]
        raise EvaluationError(f"`{shown}` is no currency; write for example `EUR`")
    return written


def _currency(value: float, currency: str, locale: str) -> str:
    own = required_currency(currency)
    return format_currency(_finite(value), own, locale=_locale(locale))


def required_style(written: str) -> Style:
    """How long a date or time is written.

    Raises:
        EvaluationError: it is not one of the styles.
    """
    if written not in _STYLES:
        known = ", ".join(f"`{one}`" for one in _STYLES)
        raise EvaluationError(f"the style is one of {known}, not `{ascii(written[:20])[1:-1]}`")
    return cast("Style", written)


def _wall(moment: Timestamp, zone: str) -> datetime:
    own = zone_from_text(zone)
    # Babel wants to know the zone of what it shows, for the styles that name it.
    return wall_at(own, coarse_timestamp(moment)).replace(tzinfo=own)


def _day(text: str, style: str, locale: str) -> str:
    """A variable of type ``date`` holds a text."""
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        day = date.fromisoformat(text)
    except ValueError:
        raise EvaluationError(f"no such day: {text[:60]!r}") from None
    return format_date(day, required_style(style), locale=_locale(locale))


def _date_of(moment: Timestamp, style: str, locale: str, zone: str = "UTC") -> str:
    return format_date(_wall(moment, zone), required_style(style), locale=_locale(locale))


def _time_of(moment: Timestamp, style: str, locale: str, zone: str = "UTC") -> str:
    wall = _wall(moment, zone)
    return format_time(
        wall, required_style(style), tzinfo=wall.tzinfo or UTC, locale=_locale(locale)
    )


def _moment_of(moment: Timestamp, style: str, locale: str, zone: str = "UTC") -> str:
    wall = _wall(moment, zone)
    return format_datetime(
        wall, required_style(style), tzinfo=wall.tzinfo or UTC, locale=_locale(locale)
    )


def _plural(count: float, forms: Mapping[str, str], locale: str) -> str:
    """The form for a count: ``=0`` for just that, else its category in CLDR, else ``other``."""
    own = _locale(locale)
    number = _finite(count)
    category = own.plural_form(number)
    exact = f"={number.normalize():f}"
    for form in (exact, category, "other"):
        if form in forms:
            return str(forms[form]).replace("#", format_decimal(number, locale=own))
    raise EvaluationError(f"there is no form for `{category}`, and none for `other`")


def _list(items: list[str], locale: str) -> str:
    return format_list(items, locale=_locale(locale))


def _price(*_: object) -> int:
    return _PRICE


def _shown(name: str, *parameters: CelType, by: Callable[..., Any]) -> Overload:
    @wraps(by)
    def exact(*arguments: Any) -> str:
        with localcontext(_PRECISION):
            return str(by(*arguments))

    return function(f"format.{name}", parameters, STRING, exact, price=_price)


_FORMS: Final = map_of(STRING, STRING)
_NUMBERS: Final = (INT, UINT, DOUBLE)

LOCALES: Final[tuple[Overload, ...]] = (
    *(_shown("number", number, STRING, by=_number) for number in _NUMBERS),
    *(_shown("number", number, INT, STRING, by=_digits) for number in _NUMBERS),
    *(_shown("percent", number, STRING, by=_percent) for number in _NUMBERS),
    *(_shown("currency", number, STRING, STRING, by=_currency) for number in _NUMBERS),
    _shown("date", STRING, STRING, STRING, by=_day),
    _shown("date", TIMESTAMP, STRING, STRING, by=_date_of),
    _shown("date", TIMESTAMP, STRING, STRING, STRING, by=_date_of),
    _shown("time", TIMESTAMP, STRING, STRING, by=_time_of),
    _shown("time", TIMESTAMP, STRING, STRING, STRING, by=_time_of),
    _shown("dateTime", TIMESTAMP, STRING, STRING, by=_moment_of),
    _shown("dateTime", TIMESTAMP, STRING, STRING, STRING, by=_moment_of),
    *(_shown("plural", number, _FORMS, STRING, by=_plural) for number in _NUMBERS),
    _shown("list", list_of(STRING), STRING, by=_list),
)
"""As people write it: ``format.number(1234.5, 'de')`` is ``1.234,5``."""
