"""Templates of other formats → ours: what stands between their braces is a path, not CEL."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

Path = tuple[str, ...]
"""The steps of a path: ``user.tags[0]`` is ``("user", "tags", "0")``."""

_STEP: Final = r"[\w$](?:[\w$-]*[\w$])?"
_PATH = re.compile(
    rf"{_STEP}(?:\.{_STEP}|\[\s*[0-9]+\s*\]|\[\s*'[^']*'\s*\]|\[\s*\"[^\"]*\"\s*\])*"
)
_STEPS = re.compile(rf"{_STEP}|\[\s*'([^']*)'\s*\]|\[\s*\"([^\"]*)\"\s*\]")
_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")
_SINGLE = re.compile(rf"(?<!\{{)\{{((?:secret:)?{_PATH.pattern})\}}(?!\}})")
_LENGTH_LIMIT: Final = 1000


def path_from(text: str) -> Path | None:
    """The path that a text is, or None.

    >>> path_from(" temp.options[0].first-name ")
    ('temp', 'options', '0', 'first-name')
    """
    text = text.strip()
    if len(text) > _LENGTH_LIMIT or not _PATH.fullmatch(text):
        return None
    return tuple(_step(match) for match in _STEPS.finditer(text))


def _step(match: re.Match[str]) -> str:
    quoted = [group for group in match.groups() if group is not None]
    return quoted[0] if quoted else match[0]


def _as_it_is(text: str) -> str:
    return text


def rewritten(
    text: str, in_cel: Callable[[Path], str], otherwise: Callable[[str], str] = _as_it_is
) -> str:
    """A template whose placeholders hold paths as one whose placeholders hold CEL.

    Secrets stay what they are.

    Args:
        text: the template.
        in_cel: a path → how CEL reads it.
        otherwise: what to make of the text of a placeholder that is no path; without, it stays,
            and a check tells its author.

    >>> rewritten("Hi {{ a.0 }} {{secret:k}}", lambda path: f"{path[0]}[{path[1]}]")
    'Hi {{ a[0] }} {{secret:k}}'
    """

    def replaced(match: re.Match[str]) -> str:
        inner = match[1]
        if inner.strip().startswith("secret:"):
            return match[0]
        path = path_from(inner)
        if path is None:
            return f"{{{{{otherwise(inner)}}}}}"
        return f"{{{{ {in_cel(path)} }}}}"

    return _PLACEHOLDER.sub(replaced, text)


def paths_in(text: str) -> list[Path]:
    """The paths that the placeholders of a template hold."""
    paths = (path_from(match[1]) for match in _PLACEHOLDER.finditer(text))
    return [path for path in paths if path is not None]


def doubled(text: str) -> str:
    """A template that writes single braces as one that writes double ones.

    >>> doubled("{user.name} {secret:k} {{x}} { not: this }")
    '{{user.name}} {{secret:k}} {{x}} { not: this }'
    """
    return _SINGLE.sub(r"{{\1}}", text)
