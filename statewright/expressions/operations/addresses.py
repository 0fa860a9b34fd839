"""Where somebody can be reached: email addresses, phone numbers and web addresses."""

from __future__ import annotations

import re
from typing import Any, Final

from statewright.expressions.operations.utterances import plain, signed
from statewright.expressions.values import NOTHING, Maybe

_EMAIL: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}){0,16}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,16}[A-Za-z]{2,63}"
)
_LONGEST_EMAIL: Final = 254

_PHONE: Final = re.compile(r"\(?\+?[0-9 .()/\-]{5,40}")
_DASHES: Final = dict.fromkeys(range(8208, 8214), "-") | {0xA0: " ", 0x202F: " "}
_TRUNK: Final = re.compile(r"\(\s?0\s?\)")
"""The zero that is dialled inside a country only."""

_TRUNK_KEPT: Final = ("39", "378", "379")
"""Countries whose numbers keep it when they are dialled from abroad."""

_ABROAD: Final = re.compile("00(?=[2-9]|1[2-9])")
"""What is dialled before the code of a country in most of the world."""

_DATE: Final = re.compile(
    r"(?:(?P<a>[0-9]{1,2})(?P<s>[ ./-])(?P<b>[0-9]{1,2})(?P=s)(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}(?P<t>[ ./-])(?P<c>[0-9]{1,2})(?P=t)(?P<d>[0-9]{1,2}))"
)
"""What may be a day: two numbers, and a year before or behind them."""

_APART: Final = re.compile(r" *[/-] +| +[/-]? *")
"""What may stand between two numbers as between the parts of one."""

_GROUP: Final = "[0-9]{2,3}"
_REST: Final = "(?:[^0-9]*[0-9]){3,}[^0-9]*"
"""What stands behind each of several slashes (`0475/12/34/56`), and behind the only one."""

_SHORTEST_PHONE: Final = 7
_LONGEST_PHONE: Final = 15
"""The digits of a number (ITU-T E.164 for the most; the fewest are those of a town)."""

_PLACE: Final = re.compile(
    r"(?:(?P<scheme>https?):)?(?://)?(?P<user>[^\s/?#@\\]{1,200}@)?"
    r"(?P<host>[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?){0,16}\.?|\[[0-9A-Fa-f:.]{2,45}\])"
    r"(?P<rest>(?::(?P<port>[0-9]{1,5}))?(?:[/?#][^\s\\]*)?)",
    re.IGNORECASE,
)
"""Without a backslash: for some it is a slash, for others a part of a name, so that they differ in
the host that is meant (https://url.spec.whatwg.org, RFC 3986)."""

_LAST_PORT: Final = 65535
_SITE: Final = re.compile(r"(?:[\w-]+\.)+(?:[^\W\d_]{2,63}|xn--[a-z0-9-]{1,59})", re.IGNORECASE)
"""The name of a host by which a web address may begin."""

_LONGEST_URL: Final = 2048
_BEHIND_URL: Final = ".,;!…"


def understood_email(answer: Any) -> Maybe:
    """An email address, with or without ``mailto:`` or angle brackets around it."""
    text = plain(_unwrapped(plain(answer), "mailto:"))
    fits = len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text)
    return Maybe(True, text) if fits else NOTHING


def understood_phone(answer: Any) -> Maybe:
    """A phone number: its digits, with ``+`` before the code of a country if that is given.

    ``00`` before the code of a country is ``+``, as in most of the world; ``011`` is not known from
    a number inside a country. The ``(0)`` of ``+49 (0)30`` is left out, but in Italy, which dials
    it. What may be a day, or more than one number, is none.
    """
    text = _unwrapped(plain(answer).translate(_DASHES), "tel:")
    digits = _digits(text)
    if not _PHONE.fullmatch(text) or _is_day(text) or _are_several(text):
        return NOTHING
    abroad = text.lstrip("( ").startswith("+")
    if not abroad and _ABROAD.match(digits):
        abroad, digits, text = True, digits[2:], text.replace("0", "", 2)
    if abroad and _TRUNK.search(text) and not digits.startswith(_TRUNK_KEPT):
        digits = _digits(_TRUNK.sub("", text, count=1))
    if not _SHORTEST_PHONE <= len(digits) <= _LONGEST_PHONE or (abroad and digits[0] == "0"):
        return NOTHING
    return Maybe(True, f"+{digits}" if abroad else digits)


def _digits(text: str) -> str:
    return "".join(one for one in text if one in "0123456789")


def _is_day(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    one, other = sorted((int(match["a"] or match["c"]), int(match["b"] or match["d"])))
    return 1 <= one <= 12 and other <= 31


def _are_several(text: str) -> bool:
    """Whether there may be more numbers than one: a slash stands behind the code of a town only."""
    before, *behind = text.split("/")
    code = _digits(before)
    longest = 8 if "+" in before or code.startswith("00") else 6 if code.startswith("0") else 4
    if behind and len(code) > longest:
        return True
    if not all(re.fullmatch(_GROUP if behind[1:] else _REST, part) for part in behind):
        return True
    whole = [part for part in _APART.split(text) if len(_digits(part)) >= _SHORTEST_PHONE]
    return len(whole) > 1 and "+" not in before


def understood_url(answer: Any) -> Maybe:
    """A web address; without ``http://`` or ``https://`` before it, one of ``https``.

    The scheme and the name of the host are given in small letters.
    """
    text = _unwrapped(signed(answer).rstrip(_BEHIND_URL), "")
    match = _PLACE.fullmatch(text) if len(text) <= _LONGEST_URL else None
    if match is None or not 1 <= int(match["port"] or 1) <= _LAST_PORT:
        return NOTHING
    host, rest = match["host"].lower(), match["rest"]
    if match["scheme"]:
        if not text[len(match["scheme"]) :].startswith("://"):
            return NOTHING
    elif match["user"] or not _SITE.fullmatch(host):
        return NOTHING
    scheme = (match["scheme"] or "https").lower()
    return Maybe(True, f"{scheme}://{match['user'] or ''}{host}{rest}")


def _unwrapped(text: str, scheme: str) -> str:
    """A text without the angle brackets around it, and a scheme before it."""
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()
    if scheme and text[: len(scheme)].lower() == scheme:
        text = text[len(scheme) :].strip()
    return text
