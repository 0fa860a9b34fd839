"""Limits that all processes at one store keep together: windows of requests, counted in tallies.

A process that is about to make requests notes them in the tallies of their tenants and hosts, in
one transaction for all that it is about to make; what has no room there goes back to the outbox. So
a rate holds for all processes together, whoever makes the requests, and whoever is killed in
between has only counted one that was not made.

The price is one short transaction for each batch of up to 32 requests, and only where a limit holds
for one of them. A window is as exact as the clocks of the machines agree: one whose clock is a
second ahead forgets a second too early what the others have made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from statewright.runtime.clock import SECOND
from statewright.runtime.effects.limits import Gated, is_window
from statewright.storage.tallies import Place

ENTRIES: Final = 64
"""How many times a tally keeps apart; of more, those that are near each other count as the last."""

GRAINS: Final = 32
"""Into how many parts a window is divided then: it may be longer by one of them, never shorter."""

KEPT: Final = 7 * 86_400 * SECOND
"""Microseconds after which a window in which nothing was noted since is forgotten for good."""

_Window = list[tuple[int, int]]
"""Times and how many requests were made then, in order."""


def noted(
    texts: Mapping[Place, str], asked: Sequence[Sequence[Gated]], now: int
) -> tuple[dict[Place, str], list[int]]:
    """Note requests where all that they pass has room.

    Args:
        texts: the tallies.
        asked: for each request, the limits that it has to pass.
        now: the time.

    Returns:
        the new tallies, and for each request how many microseconds it has to wait: 0 for one that
        was noted, and may be made.
    """
    pers = {gated.place: gated.rate.per for one in asked for gated in one}
    windows = {
        place: [(at, count) for at, count in _window_from(texts[place]) if at > now - per]
        for place, per in pers.items()
    }
    refused = dict.fromkeys(windows, 0)
    waits: list[int] = []
    for one in asked:
        wait = max((_wait(windows[gated.place], gated, refused, now) for gated in one), default=0)
        waits.append(wait)
        for gated in one:
            if wait == 0:
                _add(windows[gated.place], now)
            else:
                refused[gated.place] += 1
    return {place: _text_of(window, pers[place]) for place, window in windows.items()}, waits


def outlived(texts: Mapping[Place, str], now: int) -> dict[Place, str]:
    """The windows that say nothing any more, however long they are: each becomes ``""``."""
    return {
        place: ""
        for place, text in texts.items()
        if is_window(place) and all(at <= now - KEPT for at, _ in _window_from(text))
    }


def _wait(window: _Window, gated: Gated, refused: Mapping[Place, int], now: int) -> int:
    """Microseconds until there is room, behind those that were refused before; 0 for now."""
    rate = gated.rate
    most = rate.count - 1 - refused[gated.place]
    within = sum(count for _, count in window)
    if within <= rate.count - 1:
        return 0
    # One window after another, as many as wait before it.
    later, most = divmod(most, rate.count) if most < 0 else (0, most)
    for at, count in window:
        within -= count
        if within <= most:
            return max(1, at + rate.per - now) - later * rate.per
    return rate.per


def _add(window: _Window, now: int) -> None:
    at = max(now, window[-1][0]) if window else now
    if window and window[-1][0] == at:
        window[-1] = (at, window[-1][1] + 1)
    else:
        window.append((at, 1))


def _window_from(text: str) -> _Window:
    """The window that a tally tells of; whatever is none is forgotten."""
    try:
        return sorted((int(at), int(count)) for at, count in json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return []


def _text_of(window: _Window, per: int) -> str:
    if len(window) > ENTRIES:
        grain = max(1, per // GRAINS)
        parts = [list(part) for _, part in groupby(window, lambda entry: entry[0] // grain)]
        window = [(part[-1][0], sum(count for _, count in part)) for part in parts]
    return json.dumps(window, separators=(",", ":")) if window else ""
