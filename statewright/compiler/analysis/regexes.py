r"""Regular expressions of RE2, read into trees: as far as it takes to say whether a text matches.

Not read are classes of Unicode (``\pL``), letters beyond ASCII where case does not count, and
``\B``, which RE2 finds between the bytes of a character, too.

Source: https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

Ranges = tuple[tuple[int, int], ...]
"""Code points, from and to."""

_LAST: Final = 0x10FFFF


class NoProgramError(Exception):
    """A pattern cannot be carried over; says what stands in the way."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One character of these."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the text; its name is as in ``runtime.patterns``."""

    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    options: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Something several times; ``most`` is None where there is no limit."""

    part: Tree
    least: int
    most: int | None


Tree = Symbol | Spot | Row | Choice | Repeat


@dataclass(frozen=True, slots=True)
class _Flags:
    """``i``: case does not count; ``s``: a dot is any character; ``m``: places are of lines."""

    i: bool = False
    s: bool = False
    m: bool = False


def tree_of(pattern: str) -> Tree:
    """The tree of a pattern that RE2 takes.

    Raises:
        NoProgramError: it has something that is not read here.
    """
    reader = _Reader(pattern)
    tree = reader.choice(_Flags())
    if reader.at < len(pattern):
        raise reader.refusal("`)`")
    return tree


@dataclass(slots=True)
class _Reader:
    """Reads a pattern from left to right."""

    text: str
    at: int = 0
    flags: _Flags = _Flags()

    def refusal(self, what: str) -> NoProgramError:
        return NoProgramError(f"{what} in the pattern {self.text[:60]!r}")

    def comes(self, start: str) -> bool:
        """Whether this comes next; if so, it is taken."""
        found = self.text.startswith(start, self.at)
        self.at += len(start) if found else 0
        return found

    def take(self) -> str:
        if self.at >= len(self.text):
            raise self.refusal("an open end")
        self.at += 1
        return self.text[self.at - 1]

    def until(self, end: str) -> str:
        """What comes before a sign, which is taken too."""
        found = self.text.find(end, self.at)
        if found < 0:
            raise self.refusal(f"no `{end}`")
        taken, self.at = self.text[self.at : found], found + len(end)
        return taken

    def choice(self, flags: _Flags) -> Tree:
        """Options with bars between them; flags that are set inside end with it."""
        before, self.flags = self.flags, flags
        options = [self.row()]
        while self.comes("|"):
            options.append(self.row())
        self.flags = before
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def row(self) -> Tree:
        parts: list[Tree] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            if self.comes("\\Q"):
                literal = self.text[self.at :].partition("\\E")[0]
                self.at += len(literal)
                self.comes("\\E")
                parts.extend(self.symbol(_point(one)) for one in literal[:-1])
                if not literal:
                    continue
                part: Tree | None = self.symbol(_point(literal[-1]))
            else:
                part = self.atom()
            if part is not None:
                parts.append(self.repeated(part))
            elif self.counts() is not None:
                raise self.refusal("flags that are repeated")
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def repeated(self, part: Tree) -> Tree:
        while (counts := self.counts()) is not None:
            part = Repeat(part, *counts)
            self.comes("?")  # as little as possible: that matters to places only
        return part

    def counts(self) -> tuple[int, int | None] | None:
        for sign, counts in _COUNTS.items():
            if self.comes(sign):
                return counts
        start = self.at
        if self.comes("{"):
            least, comma, most = self.text[self.at :].partition("}")[0].partition(",")
            closed = self.text.startswith("}", self.at + len(least) + len(comma) + len(most))
            if closed and least.isdecimal() and (not most or most.isdecimal()):
                self.until("}")
                return int(least), (int(most) if most else None) if comma else int(least)
            self.at = start
        return None

    def atom(self) -> Tree | None:
        """One character, place or group; None for flags that are set from here on."""
        if self.comes("("):
            return self.group()
        sign = self.take()
        if sign == "[":
            return Symbol(self.bracket())
        if sign == ".":
            return Symbol(_ANY if self.flags.s else _negated(_point("\n")))
        if sign in "^$":
            return Spot(sign if self.flags.m else _OF_TEXTS[sign])
        if sign != "\\":
            return self.symbol(_point(sign))
        sign = self.take()
        return Spot(sign) if sign in "Azb" else self.symbol(self.escape(sign))

    def group(self) -> Tree | None:
        tree: Tree
        if self.comes("?P<") or self.comes("?<"):
            self.until(">")
        elif self.comes("?"):
            signs = ""
            while (sign := self.take()) not in ":)":
                signs += sign
            flags = self.changed(signs)
            if sign == ")":
                self.flags = flags
                return None
            tree = self.choice(flags)
            self.close()
            return tree
        tree = self.choice(self.flags)
        self.close()
        return tree

    def close(self) -> None:
        if not self.comes(")"):
            raise self.refusal("no `)`")

    def changed(self, signs: str) -> _Flags:
        flags, value = self.flags, True
        for sign in signs:
            if sign == "-":
                value = False
            elif sign == "U":
                pass
            elif sign in "ism":
                flags = replace(flags, **{sign: value})
            else:
                raise self.refusal(f"`(?{sign}`")
        return flags

    def bracket(self) -> Ranges:
        """The characters of ``[…]``."""
        negated = self.comes("^")
        found: Ranges = ()
        first = True
        while first or not self.comes("]"):
            first = False
            if self.comes("[:"):
                name = self.until(":]")
                own = _CLASSES.get(name.removeprefix("^"))
                if own is None:
                    raise self.refusal(f"`[:{name}:]`")
                own = self.folded(own)
                found += _negated(own) if name.startswith("^") else own
                continue
            low = self.bracket_part()
            if self.text.startswith("-", self.at) and self.text[self.at + 1 : self.at + 2] != "]":
                self.take()
                up = self.bracket_part()
                if len(low) != 1 or len(up) != 1:
                    raise self.refusal("a range of classes")
                low = ((low[0][0], up[0][1]),)
            found += self.folded(low)
        return _negated(found) if negated else found

    def bracket_part(self) -> Ranges:
        return self.escape(self.take()) if self.comes("\\") else _point(self.take())

    def escape(self, sign: str) -> Ranges:
        """The characters that a backslash and a sign stand for."""
        if sign.lower() in _SETS:
            own = self.folded(_SETS[sign.lower()])
            return own if sign.islower() else _negated(own)
        if sign in _CONTROLS:
            return _point(_CONTROLS[sign])
        if sign == "x":
            digits = self.until("}") if self.comes("{") else self.take() + self.take()
            return _point(chr(int(digits, 16)))
        if sign in "01234567":
            return _point(chr(int(self.octal(sign), 8)))
        if sign.isascii() and not sign.isalnum():
            return _point(sign)
        raise self.refusal(f"`\\{sign}`")

    def octal(self, digits: str) -> str:
        while len(digits) < 3 and self.text[self.at : self.at + 1] in tuple("01234567"):
            digits += self.take()
        return digits

    def symbol(self, ranges: Ranges) -> Symbol:
        return Symbol(self.folded(ranges))

    def folded(self, ranges: Ranges) -> Ranges:
        """The characters, and where case does not count those that are the same then."""
        if not self.flags.i:
            return ranges
        found = list(ranges)
        for low, up in ranges:
            if up > 0x7F and (low, up) not in _CASELESS:
                raise self.refusal("letters beyond ASCII without case")
            for code in range(low, min(up, 0x7F) + 1):
                other = chr(code).swapcase()
                found += [(ord(one), ord(one)) for one in (other, *_ALSO.get(other.lower(), ()))]
        return tuple(found)


def _point(symbol: str) -> Ranges:
    return ((ord(symbol), ord(symbol)),)


def _negated(ranges: Ranges) -> Ranges:
    """All other characters."""
    gaps: list[tuple[int, int]] = []
    start = 0
    for low, up in sorted(ranges):
        if low > start:
            gaps.append((start, low - 1))
        start = max(start, up + 1)
    if start <= _LAST:
        gaps.append((start, _LAST))
    return tuple(gaps)


def _between(*pairs: str) -> Ranges:
    return tuple((ord(pair[0]), ord(pair[-1])) for pair in pairs)


_OF_TEXTS: Final = {"^": "A", "$": "z"}
_ANY: Final = ((0, _LAST),)
_CASELESS: Final = frozenset(_negated(()))
_ALSO: Final = {"k": ("\u212a",), "s": ("\u017f",)}
"""Letters beyond ASCII that are the same as one of ASCII where case does not count."""
_COUNTS: Final[Mapping[str, tuple[int, int | None]]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_SETS: Final[Mapping[str, Ranges]] = {
    "d": _between("09"),
    "s": _between("\t\n", "\f\r", "  "),
    "w": _between("09", "AZ", "__", "az"),
}
_CLASSES: Final[Mapping[str, Ranges]] = {
    "alnum": _between("09", "AZ", "az"),
    "alpha": _between("AZ", "az"),
    "ascii": _between("\x00\x7f"),
    "blank": _between("\t\t", "  "),
    "cntrl": _between("\x00\x1f", "\x7f\x7f"),
    "digit": _between("09"),
    "graph": _between("!~"),
    "lower": _between("az"),
    "print": _between(" ~"),
    "punct": _between("!/", ":@", "[`", "{~"),
    "space": _between("\t\r", "  "),
    "upper": _between("AZ"),
    "word": _between("09", "AZ", "__", "az"),
    "xdigit": _between("09", "AF", "af"),
}
