"""The words of a CEL text, each with the place where it stands.

Source: the lexis of the CEL language definition,
https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any, Final, NamedTuple

from statewright.errors import ExpressionError


class TokenKind(Enum):
    """What sort of word a token is."""

    INT = "int"
    UINT = "uint"
    DOUBLE = "double"
    STRING = "string"
    BYTES = "bytes"
    NAME = "name"
    QUOTED = "quoted"
    """A field name in backquotes."""
    SYMBOL = "symbol"
    END = "end"


class Token(NamedTuple):
    """A word: its kind, its value (of a literal) or its text, and where it stands."""

    kind: TokenKind
    value: Any
    start: int
    end: int


_TOKEN: Final = re.compile(
    r"""
    (?P<space>(?:[ \t\r\n\f]++|//[^\n]*+)++)
  | (?P<string>[bB]?[rR]?['"])
  | (?P<double>(?:[0-9]++\.[0-9]++|\.[0-9]++)(?:[eE][+-]?[0-9]++)?|[0-9]++[eE][+-]?[0-9]++)
  | (?P<int>(?:0[xX][0-9a-fA-F]++|[0-9]++)[uU]?)
  | (?P<name>[_a-zA-Z][_a-zA-Z0-9]*+)
  | `(?P<quoted>[a-zA-Z0-9_.\-/ ]++)`
  | (?P<symbol>&&|\|\||<=|>=|==|!=|[-+*/%<>!?:.,()\[\]{}])
    """,
    re.VERBOSE,
)

# The rest of a text behind its opening quote. A raw text has no escapes.
_ENDINGS: Final = {
    ("'", False): re.compile(r"((?:[^'\\\n\r]++|\\[^\n\r])*+)'"),
    ('"', False): re.compile(r'((?:[^"\\\n\r]++|\\[^\n\r])*+)"'),
    ("'''", False): re.compile(r"((?:[^'\\]++|\\.|'(?!''))*+)'''", re.DOTALL),
    ('"""', False): re.compile(r'((?:[^"\\]++|\\.|"(?!""))*+)"""', re.DOTALL),
    ("'", True): re.compile(r"([^'\n\r]*+)'"),
    ('"', True): re.compile(r'([^"\n\r]*+)"'),
    ("'''", True): re.compile(r"((?:[^']++|'(?!''))*+)'''"),
    ('"""', True): re.compile(r'((?:[^"]++|"(?!""))*+)"""'),
}

_ESCAPE: Final = re.compile(
    r"\\(?:[xX](?P<byte>[0-9a-fA-F]{2})|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})"
    r"|(?P<octal>[0-3][0-7]{2})|(?P<simple>[abfnrtv\\'\"`?])|(?P<wrong>.))",
    re.DOTALL,
)
_SIMPLE_ESCAPES: Final = dict(zip("abfnrtv\\'\"`?", "\a\b\f\n\r\t\v\\'\"`?", strict=True))

_DIGITS_LIMIT: Final = 20
"""Digits of the largest number: 2**64 has so many. More need not be read at all."""


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """The tokens of ``text`` from the offset ``start`` on, the last one of kind END.

    They are found one by one, so that a reader who stops early never sees what comes later. The
    text has no lone surrogates.

    Raises:
        ExpressionError: what stands next is no token of CEL.
    """
    position, length = start, len(text)
    while position < length:
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unexpected(text, position)
        family, end = match.lastgroup, match.end()
        if family == "symbol":
            yield Token(TokenKind.SYMBOL, match[0], position, end)
        elif family == "name":
            yield Token(TokenKind.NAME, match[0], position, end)
        elif family == "string":
            token = _quoted_text(text, match)
            end = token.end
            yield token
        elif family == "int":
            yield _integer(text, match)
        elif family == "double":
            yield _double(text, match)
        elif family == "quoted":
            yield Token(TokenKind.QUOTED, match["quoted"], position, end)
        position = end
    yield Token(TokenKind.END, "", length, length)


def _unexpected(text: str, position: int) -> ExpressionError:
    found = text[position]
    hints = {
        "=": "comparisons are written `==`",
        "&": "`and` is written `&&`",
        "|": "`or` is written `||`",
        "`": "a field name in backquotes is made of letters, digits and any of `_.-/` and blanks",
    }
    shown = f"`{found}`" if found.isprintable() else f"the character U+{ord(found):04X}"
    return ExpressionError(
        text, position, position + 1, f"{shown} does not belong here", hints.get(found, "")
    )


def _integer(text: str, match: re.Match[str]) -> Token:
    word, (start, end) = match[0], match.span()
    unsigned = word[-1] in "uU"
    digits = word.rstrip("uU")
    base = 16 if digits[:2] in ("0x", "0X") else 10
    digits = digits[2:] if base == 16 else digits
    digits = digits.lstrip("0") or "0"
    if len(digits) > _DIGITS_LIMIT or (value := int(digits, base)) >= 2**64:
        raise ExpressionError(
            text, start, end, "the number does not fit in 64 bits", "write it as a double: `1e30`"
        )
    return Token(TokenKind.UINT if unsigned else TokenKind.INT, value, start, end)


def _double(text: str, match: re.Match[str]) -> Token:
    start, end = match.span()
    value = float(match[0])
    if value == float("inf"):
        raise ExpressionError(text, start, end, "the number is too large for a double")
    return Token(TokenKind.DOUBLE, value, start, end)


def _quoted_text(text: str, match: re.Match[str]) -> Token:
    start, quote_at = match.start(), match.end() - 1
    prefix = text[start:quote_at].lower()
    quote = text[quote_at]
    if text.startswith(quote * 3, quote_at):
        quote *= 3
    ending = _ENDINGS[quote, "r" in prefix].match(text, quote_at + len(quote))
    if ending is None:
        raise ExpressionError(
            text, start, quote_at + len(quote), f"the text has no closing {quote}"
        )
    body, body_start, end = ending[1], ending.start(1), ending.end()
    if "b" in prefix:
        raw = "r" in prefix
        value = body.encode() if raw else _unescaped_bytes(text, body, body_start)
        return Token(TokenKind.BYTES, value, start, end)
    if "\\" in body and "r" not in prefix:
        body = _unescaped(text, body, body_start)
    return Token(TokenKind.STRING, body, start, end)


def _unescaped(text: str, body: str, offset: int) -> str:
    return _ESCAPE.sub(lambda match: _character(text, match, offset), body)


def _character(text: str, match: re.Match[str], offset: int) -> str:
    kind = match.lastgroup or ""
    if kind == "simple":
        return _SIMPLE_ESCAPES[match[kind]]
    start, end = offset + match.start(), offset + match.end()
    if kind == "wrong":
        raise ExpressionError(
            text, start, end, f"`{match[0]}` is no escape", "a backslash is written `\\\\`"
        )
    code = int(match[kind], 8 if kind == "octal" else 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise ExpressionError(text, start, end, f"U+{code:04X} is no character")
    return chr(code)


def _unescaped_bytes(text: str, body: str, offset: int) -> bytes:
    pieces, position = [], 0
    for match in _ESCAPE.finditer(body):
        pieces.append(body[position : match.start()].encode())
        pieces.append(_byte(text, match, offset))
        position = match.end()
    pieces.append(body[position:].encode())
    return b"".join(pieces)


def _byte(text: str, match: re.Match[str], offset: int) -> bytes:
    kind = match.lastgroup or ""
    if kind in ("byte", "octal"):
        return bytes([int(match[kind], 8 if kind == "octal" else 16)])
    if kind in ("short", "long"):
        start, end = offset + match.start(), offset + match.end()
        raise ExpressionError(
            text, start, end, "bytes have no characters", "write the bytes of it: `\\xc3\\xa9`"
        )
    return _character(text, match, offset).encode()
