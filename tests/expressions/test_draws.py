"""Chance: the same everywhere, and fair."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import EvaluationError
from statewright.expressions import evaluate, parse
from statewright.expressions.draws import draw_from
from statewright.expressions.operations.lots import drawn


@pytest.mark.parametrize(
    ("seed", "site", "n", "number"),
    [
        ("", 0, 2, 0),
        ("monday", 0, 6, 5),
        ("monday", 1, 6, 2),
        ("monday", 0, 2**63 - 1, 6802711544827983424),
        (7, 0, 1000, 910),
        ("7", 0, 1000, 657),
        ("é漢\ud800", 12, 1000, 240),
    ],
)
def test_a_draw_never_changes(seed: str | int, site: int, n: int, number: int) -> None:
    """These numbers are fixed for ever: a session that was replayed elsewhere depends on them."""
    assert draw_from(seed)(site, n) == number


def test_a_draw_is_the_remainder_of_a_hash() -> None:
    digest = sha256(json.dumps(["monday", 3]).encode()).digest()
    assert drawn(10, ("monday", 3)) == int.from_bytes(digest) % 10


@given(st.one_of(st.text(), st.integers()), st.integers(1, 2**63 - 1))
def test_a_draw_is_below_its_limit_and_repeats(seed: str | int, n: int) -> None:
    draw = draw_from(seed)
    assert 0 <= draw(0, n) < n
    assert draw(0, n) == draw(0, n) == draw_from(seed)(0, n)


@pytest.mark.parametrize("n", [2, 3, 6, 7, 10, 52])
def test_every_number_is_as_likely_as_any_other(n: int) -> None:
    """Chi-square: so large a value comes up once in a million times if the draws are fair."""
    draws = 500 * n
    counts = Counter(draw_from(f"seed {one}")(one % 50, n) for one in range(draws))
    chi_square = sum((counts[number] - 500) ** 2 / 500 for number in range(n))
    freedom = n - 1
    assert chi_square < freedom + 5 * (2 * freedom) ** 0.5 + 15


def test_a_hash_that_would_favour_small_numbers_is_drawn_again() -> None:
    """With so large an n, half of all hashes are beyond its last multiple."""
    n = 2**255 + 1
    first = {one: hash_of(one) for one in range(50)}
    again = {one: hash_of(one, 1) for one in first}
    rejected = [one for one in first if first[one] >= n > again[one]]
    assert rejected
    for one in rejected:
        assert drawn(n, (one,)) == again[one]


def hash_of(*ingredients: int) -> int:
    return int.from_bytes(sha256(json.dumps(ingredients).encode()).digest())


def test_each_call_draws_for_itself() -> None:
    draws = evaluate(
        parse("lists.range(9).map(x, 0) + [draw(9), draw(9), draw(9), draw(9), draw(9), draw(9)]"),
        {},
        {"draw": draw_from("s")},
    )
    assert len(set(draws[9:])) > 1


@pytest.mark.parametrize("arguments", ["", "0", "-1", "1.5", "true", "1u", "'6'", "1, 2", "null"])
def test_what_is_no_count_is_refused(arguments: str) -> None:
    with pytest.raises(EvaluationError, match="takes one int from 1"):
        evaluate(parse(f"draw({arguments})"), {}, {"draw": draw_from("s")})


def test_other_sites_and_seeds_draw_otherwise() -> None:
    by_seed: list[Any] = [draw_from(seed)(0, 2**60) for seed in range(20)]
    by_site: list[Any] = [draw_from("s")(site, 2**60) for site in range(20)]
    assert len({*by_seed, *by_site}) == 40
