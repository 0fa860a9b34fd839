"""The words of a CEL text, each with the place where it stands.

Source: the lexis of the CEL language definition,
https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from statewright.errors import ExpressionError
from statewright.expressions.parsing.mistakes import hint_at_character, hint_at_open_text
from statewright.expressions.parsing.words import Token, TokenKind

_TOKEN: Final = re.compile(
    r"""
    (?:[ \t\r\n\f]++|//[^\n]*+)*+
    (?:
        (?P<name>[_a-zA-Z][_a-zA-Z0-9]*+(?!(?<=[bBrR])['"]))
      | (?P<double>(?:[0-9]++\.[0-9]++|\.[0-9]++)(?:[eE][+-]?[0-9]++)?|[0-9]++[eE][+-]?[0-9]++)
      | (?P<int>(?:0[xX][0-9a-fA-F]++|[0-9]++)[uU]?)
      | (?P<foreign>===|!==|<>|=[<>]|=(?!=)|\*\*)
      | (?P<symbol>&&|\|\||<=|>=|==|!=|[-+*/%<>!?:.,()\[\]{}])
      | (?P<string>
            [bB]?(?:
                \'\'\'(?:[^'\\]++|\\.|'(?!''))*+\'\'\'
              | \"\"\"(?:[^"\\]++|\\.|"(?!""))*+\"\"\"
              | '(?!'')(?:[^'\\\n\r]++|\\[^\n\r])*+'
              | "(?!"")(?:[^"\\\n\r]++|\\[^\n\r])*+"
            )
          | [bB]?[rR](?:
                \'\'\'(?:[^']++|'(?!''))*+\'\'\'
              | \"\"\"(?:[^"]++|"(?!""))*+\"\"\"
              | '(?!'')[^'\n\r]*+'
              | "(?!"")[^"\n\r]*+"
            )
        )
      | (?P<quoted>`[a-zA-Z0-9_.\-/ ]++`)
      | (?P<end>\Z)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
"""A token, and the blanks and comments in front of it. A raw text has no escapes."""

_BLANKS: Final = re.compile(r"(?:[ \t\r\n\f]++|//[^\n]*+)*+")
_OPENING: Final = re.compile(r"""[bB]?[rR]?(\'\'\'|\"\"\"|['"])""")

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
    position = start
    for found in _TOKEN.finditer(text, start):
        if found.start() != position:
            break
        family = found.lastindex or 0
        start, position = found.span(family)
        if family == _NAME:
            yield Token(TokenKind.NAME, text[start:position], start, position)
        elif family == _SYMBOL:
            yield Token(TokenKind.SYMBOL, text[start:position], start, position)
        elif family == _END:
            yield Token(TokenKind.END, "", start, position)
            return
        else:
            yield _READERS[family](text, start, position)
    raise _unexpected(text, _end(text, position))


def _end(text: str, position: int) -> int:
    """Where the blanks and comments end that begin here."""
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks else position


def _unexpected(text: str, position: int) -> ExpressionError:
    opening = _OPENING.match(text, position)
    if opening is None:
        character = text[position]
        found = f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}"
        reason, hint = f"{found} does not belong here", hint_at_character(character)
        return ExpressionError(text, position, position + 1, reason, hint)
    quote = opening[1]
    hint = hint_at_open_text(quote) if quote in text[opening.end() :] else ""
    return ExpressionError(text, *opening.span(), f"the text has no closing {quote}", hint)


def _foreign(text: str, start: int, end: int) -> Token:
    word = text[start:end]
    reason = f"`{word}` does not belong here"
    raise ExpressionError(text, start, end, reason, hint_at_character(word))


def _quoted_name(text: str, start: int, end: int) -> Token:
    return Token(TokenKind.QUOTED, text[start + 1 : end - 1], start, end)


def _integer(text: str, start: int, end: int) -> Token:
    word = text[start:end]
    if word.isdecimal() and len(word) < _DIGITS_LIMIT - 1:
        return Token(TokenKind.INT, int(word), start, end)
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


def _double(text: str, start: int, end: int) -> Token:
    value = float(text[start:end])
    if value == float("inf"):
        raise ExpressionError(text, start, end, "the number is too large for a double")
    return Token(TokenKind.DOUBLE, value, start, end)


def _quoted_text(text: str, start: int, end: int) -> Token:
    word = text[start:end]
    prefix = word[: word.index(word[-1])].lower()
    quotes = 3 if word.startswith(word[-1] * 3, len(prefix)) else 1
    body_start = start + len(prefix) + quotes
    body = text[body_start : end - quotes]
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


_GROUPS: Final = _TOKEN.groupindex
_NAME: Final = _GROUPS["name"]
_SYMBOL: Final = _GROUPS["symbol"]
_END: Final = _GROUPS["end"]
_READERS: Final[Mapping[int, Callable[[str, int, int], Token]]] = {
    _GROUPS["string"]: _quoted_text,
    _GROUPS["int"]: _integer,
    _GROUPS["double"]: _double,
    _GROUPS["quoted"]: _quoted_name,
    _GROUPS["foreign"]: _foreign,
}
