"""YAML, laid out by ruamel.yaml, which keeps comments; scalars stay as they are written.

Blocks are indented by two blanks, lists one level deeper than what holds them. Comments on lines of
their own stand where what they belong to stands; those behind something, two blanks behind it;
those inside of brackets, above them. Of several empty lines one is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any, Final

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import BaseResolver

from statewright.errors import Unformattable

_BLANKS: Final = " \t"
"""What is blank to YAML; other spaces are text."""

_WIDTH: Final = 1_000_000
"""Where lines are broken: nowhere."""

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Verbatim(BaseResolver):
    """Takes every plain scalar for a text, so that it is written as it was."""

    def __init__(self, version: Any = None, loader: Any = None, loadumper: Any = None) -> None:
        super().__init__(loadumper if loader is None else loader)
        self._version = version

    @property
    def processing_version(self) -> tuple[int, int]:
        """That of YAML."""
        return (1, 2)


_ODD_BREAKS: Final = frozenset("\x85\u2028\u2029")
"""Characters that end a line for YAML 1.1, and hardly for anybody else."""


def laid_out_yaml(text: str) -> str:
    """A YAML text that is known to be right.

    Raises:
        Unformattable: ruamel.yaml cannot write it, or YAML sees other lines in it than editors do.
    """
    odd = next((sign for sign in text if sign in _ODD_BREAKS), "")
    if odd:
        raise Unformattable(
            f"it holds U+{ord(odd):04X}, which ends a line in YAML; write \\u{ord(odd):04x} in a "
            "text in double quotes, or leave it out"
        )
    text = _with_comments_lifted(text)
    written = _rewritten(text)
    lines = written.split("\n")
    inside = _inside_scalars(written)
    lines = _with_comments_indented(lines, inside, text)
    lines = _with_comments_behind(lines, inside, written)
    return "\n".join(_without_gaps(lines, inside)).strip("\n") + "\n"


def _with_comments_lifted(text: str) -> str:
    """Comments inside of brackets, above the line where these begin: they become one line."""
    lines = text.split("\n")
    inside, ends = _inside_scalars(text), _ends(text)
    above: dict[int, list[str]] = {}
    gone: set[int] = set()
    for first, last in _brackets(text):
        for at in range(first, last):
            own = _is_comment(lines[at]) and at not in inside
            comment = lines[at].strip(_BLANKS) if own else _behind(lines[at], ends.get(at, 0))
            if comment:
                above.setdefault(first, []).append(f"{' ' * _indent(lines[first])}{comment}")
                lines[at] = "" if own else lines[at][: ends[at]]
                gone.update((at,) if own else ())
    made = ((*above.get(at, ()), line) for at, line in enumerate(lines) if at not in gone)
    return "\n".join(line for several in made for line in several)


def _brackets(text: str) -> Iterator[tuple[int, int]]:
    """The first and the last line, from 0, of all that stands in brackets, the outermost ones."""
    depth = first = 0
    for token in yaml.scan(text, Loader=_LOADER):
        if isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
            first = first if depth else token.start_mark.line
            depth += 1
        elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken):
            depth -= 1
            if not depth:
                yield first, token.end_mark.line


def _rewritten(text: str) -> str:
    made = YAML(typ="rt", pure=True)
    made.Resolver = _Verbatim
    made.preserve_quotes = True
    made.width = _WIDTH
    made.explicit_start = any(line.rstrip(_BLANKS) == "---" for line in text.split("\n"))
    made.brace_single_entry_mapping_in_flow_sequence = True
    made.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    try:
        made.dump(made.load(text), out)
    except (YAMLError, ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise Unformattable(f"it cannot be laid out: {reason}") from None
    return _at_the_margin(out.getvalue())


def _at_the_margin(text: str) -> str:
    """A list that is the whole document begins at the margin."""
    lines = text.split("\n")
    content = [
        line for line in lines if line.strip(_BLANKS) and not line.startswith(("#", "---", "..."))
    ]
    if not content or not all(line.startswith("  ") for line in content):
        return text
    return "\n".join(line.removeprefix("  ") for line in lines)


def _inside_scalars(text: str) -> frozenset[int]:
    """The lines, from 0, that are part of a text of several lines, but for the first of each."""
    lines: set[int] = set()
    for token in yaml.scan(text, Loader=_LOADER):
        if isinstance(token, yaml.ScalarToken):
            end = token.end_mark
            lines.update(range(token.start_mark.line + 1, end.line + (end.column > 0)))
    return frozenset(lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_comment(line: str) -> bool:
    return line.lstrip(" ").startswith("#")


def _with_comments_indented(lines: list[str], inside: frozenset[int], text: str) -> list[str]:
    """Comments on lines of their own, where the line above or below stands, as in ``text``."""
    old = text.split("\n")
    above = list(_relations(old, _inside_scalars(text)))
    made = list(lines)
    numbers = [at for at, line in enumerate(lines) if at not in inside and _is_comment(line)]
    for number, at in enumerate(numbers):
        before, behind = _neighbours(made, at)
        wanted = before if number < len(above) and above[number] else behind
        made[at] = " " * _content_indent(made, wanted) + lines[at].strip(" ")
    return made


def _relations(lines: list[str], inside: frozenset[int]) -> Iterator[bool]:
    """Of each comment, whether it stands where the line above it does, and that below does not."""
    for at, line in enumerate(lines):
        if at not in inside and _is_comment(line):
            before, behind = _neighbours(lines, at)
            own = _indent(line)
            yield (
                before is not None
                and own == _content_indent(lines, before)
                and (behind is None or own != _content_indent(lines, behind))
            )


def _content_indent(lines: list[str], at: int | None) -> int:
    return 0 if at is None else _indent(lines[at])


def _neighbours(lines: list[str], at: int) -> tuple[int | None, int | None]:
    """The nearest lines above and below that are neither empty nor comments."""

    def is_content(number: int) -> bool:
        return bool(lines[number].strip(_BLANKS)) and not _is_comment(lines[number])

    above = next(filter(is_content, range(at - 1, -1, -1)), None)
    below = next(filter(is_content, range(at + 1, len(lines))), None)
    return above, below


def _with_comments_behind(lines: list[str], inside: frozenset[int], written: str) -> list[str]:
    """Comments behind something: two blanks behind it."""
    ends = _ends(written)
    made = list(lines)
    for at, line in enumerate(lines):
        rest = _behind(line, ends.get(at, 0))
        if rest and not _is_comment(line) and at not in inside:
            made[at] = f"{line[: ends[at]].rstrip(' ')}  {rest}"
    return made


def comments_of(text: str) -> list[str]:
    """The comments of a YAML text that is known to be right, in their order."""
    inside, ends = _inside_scalars(text), _ends(text)
    found = (
        line.strip(_BLANKS)
        if _is_comment(line) and at not in inside
        else _behind(line, ends.get(at, 0))
        for at, line in enumerate(text.split("\n"))
    )
    return [comment for comment in found if comment]


def _ends(text: str) -> dict[int, int]:
    """Line, from 0 → where the last thing ends that stands in it."""
    ends: dict[int, int] = {}
    for token in yaml.scan(text, Loader=_LOADER):
        if not isinstance(token, yaml.BlockEndToken | yaml.StreamEndToken):
            ends[token.end_mark.line] = max(ends.get(token.end_mark.line, 0), token.end_mark.column)
    return ends


def _behind(line: str, end: int) -> str:
    """The comment behind something that ends there, or ``""``."""
    rest = line[end:].strip(_BLANKS)
    return rest if end and rest.startswith("#") else ""


def _without_gaps(lines: list[str], inside: frozenset[int]) -> Iterator[str]:
    """Lines without blanks at their ends, and one empty line where there are several."""
    empty = False
    for at, line in enumerate(lines):
        kept = line if at in inside else line.rstrip(_BLANKS)
        if not kept and empty and at not in inside:
            continue
        empty = not kept
        yield kept
