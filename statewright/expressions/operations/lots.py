"""Lots: numbers that are hashes of what they depend on.

Source: rejection sampling, as in https://www.pcg-random.org/posts/bounded-rands.html, on SHA-256.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from itertools import count
from typing import Any, Final

from statewright.errors import EvaluationError

_HASHES: Final = 2**256
"""How many values a hash may have."""


def drawn(n: Any, ingredients: Sequence[Any]) -> int:
    """A number from 0 to below ``n``, each as likely as any other.

    Args:
        n: how many numbers there are.
        ingredients: what the number depends on, as JSON has it; the same give the same number.

    Raises:
        EvaluationError: ``n`` is no int from 1.
    """
    if type(n) is not int or n < 1:
        raise EvaluationError("`draw(n)` takes one int from 1")
    # The last hashes would favour the first remainders: whoever hits one of them draws again.
    fair = _HASHES - _HASHES % n
    return next(lot for lot in map(partial(_lot, ingredients), count()) if lot < fair) % n


def _lot(ingredients: Sequence[Any], attempt: int) -> int:
    parts = [*ingredients, attempt] if attempt else list(ingredients)
    return int.from_bytes(sha256(json.dumps(parts).encode()).digest())
