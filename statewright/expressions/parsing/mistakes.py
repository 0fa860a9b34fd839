"""What people write who know other languages, and what it is in CEL; how errors quote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from statewright.expressions.parsing.words import Token, TokenKind

_SHOWN: Final = 40
"""The characters of a token that an error quotes."""

_CHARACTERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("=", "==="), "comparisons are written `==`"),
    **dict.fromkeys(("!==", "<>", "≠"), "comparisons are written `!=`"),
    **dict.fromkeys(("=<", "≤"), "comparisons are written `<=`"),
    **dict.fromkeys(("=>", "≥"), "comparisons are written `>=`"),
    **dict.fromkeys("“”„‘’‚«»´", "texts stand between ' or \", the plain quotes"),
    **dict.fromkeys("$@", "variables are written by their names alone"),
    "**": "CEL has no powers",
    "&": "`and` is written `&&`",
    "|": "`or` is written `||`",
    "`": "a field name in backquotes is made of letters, digits and any of `_.-/` and blanks",
    "#": "comments begin with `//`",
    ";": "an expression is one value, without an end",
}
_CHOICE: Final = "a choice is written `condition ? value : other value`"
_WORDS: Final[Mapping[str, str]] = {
    "and": "`and` is written `&&`",
    "or": "`or` is written `||`",
    "not": "`not` is written `!`: `!(a in b)`",
    "is": "comparisons are written `==`",
    "equals": "comparisons are written `==`",
    "mod": "the remainder is written `%`",
    **dict.fromkeys(("if", "then", "else"), _CHOICE),
    **{
        name.lower(): f"functions of a text are called: `text.{name}(other)`"
        for name in ("contains", "matches", "startsWith", "endsWith")
    },
}


def hint_at_character(found: str) -> str:
    """What to write instead of a character, or of an operator, that CEL does not have."""
    if found.isalpha():
        return "names are made of the letters a to z, digits and `_`; `vars['…']` reads others"
    return "this is no plain blank" if found.isspace() else _CHARACTERS.get(found, "")


def hint_at_open_text(quote: str) -> str:
    """What to do about a text whose quote stands on another line."""
    if len(quote) == 3:
        return ""
    return f"a text of several lines stands between {quote * 3} and {quote * 3}"


def hint_at(text: str, token: Token) -> str:
    """What to do about a token that does not belong where it stands."""
    if token.kind is TokenKind.NAME:
        return _WORDS.get(token.value.lower(), "")
    around = text[max(0, token.start - 1) : token.start + 2]
    return "comments begin with `//`" if "/*" in around else ""


def hint_at_reserved(word: str) -> str:
    """What to do about a reserved word that stands for a value."""
    if word == "in":
        return "`in` stands between a value and a list or map"
    return _WORDS.get(word, f"a variable of that name is read as `vars['{word}']`")


def hint_behind_dot(before: Token, token: Token) -> str:
    """What to do about a token that is no field; ``before`` stands in front of the dot."""
    if token.kind is TokenKind.NAME:
        return f"write `['{token.value}']`"
    if token.kind is TokenKind.STRING:
        return "write `[…]` around it, instead of the dot"
    if before.kind is TokenKind.INT:
        return f"a double has digits behind its dot: `{before.value}.0`"
    return ""


def shown(text: str, token: Token) -> str:
    """A token as an error quotes it: on one line, not too long, and all visible."""
    if token.kind is TokenKind.END:
        return "the end"
    word = text[token.start : token.end]
    line = "".join(character for character in word[:_SHOWN] if character.isprintable())
    return f"`{line}`" if line == word else f"`{line}…`"
