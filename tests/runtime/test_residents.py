"""What a process loads once is looked through once."""

from __future__ import annotations

import gc

from statewright.runtime.residents import spare_residents


def test_what_was_loaded_is_not_looked_through_again() -> None:
    before = [object()]
    try:
        spare_residents()
        after = [before]
        looked_through = set(map(id, gc.get_objects()))
        assert id(before) not in looked_through
        assert id(after) in looked_through
    finally:
        gc.unfreeze()
