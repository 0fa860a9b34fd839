"""Flows, and all else that is written beside them, laid out in one way.

``formatted`` changes where lines break, how they are indented and where blanks stand, and nothing
else: the document says the same afterwards, keys and comments in their order, texts in their
quotes. Formatting twice is formatting once. Where that cannot be had, nothing is formatted.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Final

from statewright.errors import Unformattable
from statewright.flows.documents import Document, document_from
from statewright.flows.formatting.json_layout import laid_out_json
from statewright.flows.formatting.yaml_layout import comments_of, laid_out_yaml
from statewright.flows.json_documents import outline_from_json

_ROUNDS: Final = 3
"""How often a layout is laid out again until it stays as it is."""


def formatted(content: str | bytes, file: str = "") -> str:
    """A document in YAML or JSON as it should be laid out.

    Args:
        content: what the file holds; bytes are decoded as for ``flows.parse``.
        file: its path, for messages, and to tell JSON from YAML.

    Raises:
        Unformattable: it cannot be read, or not be laid out without changing what it says.
    """
    document = document_from(content, file)
    for problem in (*document.problems(), *document.duplicates("/nodes")):
        raise Unformattable(f"{problem.location}: {problem.message}")
    text = _text_from(content)
    lay_out = laid_out_json if _is_json(text, file) else laid_out_yaml
    try:
        once = _at_rest(lay_out, lay_out(text))
    except Unformattable as error:
        raise Unformattable(f"{file or 'the text'}: {error}") from None
    _check_unchanged(document, text, document_from(once, file), once)
    return once


def _at_rest(lay_out: Callable[[str], str], text: str) -> str:
    """A layout that stays as it is when it is laid out again."""
    for _ in range(_ROUNDS):
        again = lay_out(text)
        if again == text:
            return text
        text = again
    raise Unformattable("its layout does not come to rest; leave it as it is")


def _text_from(content: str | bytes) -> str:
    if isinstance(content, bytes):
        for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
            if content.startswith(mark):
                return content.decode(encoding)
        content = content.decode("utf-8-sig")
    text = content.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_json(text: str, file: str) -> bool:
    suffix = PurePath(file).suffix.lower()
    if suffix in {".yaml", ".yml"}:
        return False
    if suffix == ".json":
        return True
    return text.lstrip().startswith(("{", "[")) and not outline_from_json(text).broken


def _check_unchanged(before: Document, text: str, after: Document, laid_out: str) -> None:
    # What is written of values tells 1 from 1.0 and from true, and the order of keys.
    same = repr(before.value) == repr(after.value) and not after.outline.faults
    if not same or _comments(text, before.file) != _comments(laid_out, before.file):
        raise Unformattable(
            f"{before.file or 'the text'}: it cannot be laid out without changing what it says, or "
            f"its comments{_first_lost(text, before.file, laid_out)}"
        )


def _first_lost(text: str, file: str, laid_out: str) -> str:
    """Where a comment stands that would go lost, and what to do about it."""
    kept = _comments(laid_out, file)
    for comment in _comments(text, file):
        if comment in kept:
            kept.remove(comment)
            continue
        lines = text.split("\n")
        at = next(number for number, line in enumerate(lines, 1) if comment in line)
        return f", as the one in line {at}; put it on a line of its own, above what it belongs to"
    return ""


def _comments(text: str, file: str) -> list[str]:
    return [] if _is_json(text, file) else comments_of(text)
