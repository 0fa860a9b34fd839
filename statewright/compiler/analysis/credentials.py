"""What looks like a credential: names under which they are sent, and their shapes."""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = re.compile(
    r"(?:^|[-_.])(?:authorization|auth|api[-_]?key|apikey|access[-_]?key|access[-_]?token|"
    r"auth[-_]?token|bearer|client[-_]?secret|private[-_]?key|private[-_]?token|secret|password|"
    r"passwd|pwd|subscription[-_]?key|functions[-_]?key|session[-_]?token|security[-_]?token|"
    r"x[-_]token|sig|signature|cookie)(?:$|[-_.])",
    re.IGNORECASE,
)
_ALONE: Final = frozenset({"token", "key", "auth", "apitoken", "accesstoken", "secretkey"})
"""Names that mean a credential only where they stand alone."""

_SHAPES: Final = re.compile(
    r"\b(?:"
    r"(?:sk|rk|pk)[-_](?:live|test|proj|ant|or)[-_][A-Za-z0-9_-]{10,}"
    r"|sk-[A-Za-z0-9]{20,}"
    r"|gh[pousr]_[A-Za-z0-9]{30,}"
    r"|github_pat_[A-Za-z0-9_]{30,}"
    r"|glpat-[A-Za-z0-9_-]{20,}"
    r"|xox[abposr]-[A-Za-z0-9-]{10,}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|AIza[A-Za-z0-9_-]{35}"
    r"|ya29\.[A-Za-z0-9_-]{20,}"
    r"|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"
    r"|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\."
    r")|-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"
)
"""Credentials that can be told by how they look; one search is quicker than one for each."""

_SCHEME: Final = re.compile(r"^(?:bearer|basic|token|apikey|key|digest)(?:\s+|$)", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(
    r"your|change[-_ ]?me|example|placeholder|dummy|sample|replace|insert|todo|"
    r"^[x*.…-]+$|^<.*>$|^\[.*\]$|^\$\{?\w+\}?$|^%\w+%$|^none$|^null$|^$",
    re.IGNORECASE,
)
_HARMLESS: Final = frozenset(
    {"true", "false", "yes", "no", "required", "optional", "enabled", "disabled", "anonymous"}
)


def is_credential_name(name: str) -> bool:
    """Whether something of this name is a credential.

    >>> [is_credential_name(one) for one in ("X-Api-Key", "Ocp-Apim-Subscription-Key", "keyboard")]
    [True, True, False]
    """
    plain = name.strip().lower()
    return plain.replace("-", "").replace("_", "") in _ALONE or bool(
        _NAMES.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name.strip()))
    )


def is_credential(value: str) -> bool:
    """Whether a text that is sent under the name of a credential is one, and no placeholder."""
    plain = _SCHEME.sub("", value.strip())
    return (
        len(plain) >= 4
        and plain.lower() not in _HARMLESS
        and not _PLACEHOLDER.search(plain)
        and not plain.isspace()
    )


def looks_like_credential(text: str) -> bool:
    """Whether a credential stands somewhere in a text, as far as its shape tells."""
    return _SHAPES.search(text) is not None
