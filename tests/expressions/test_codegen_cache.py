"""Modules of generated code: kept as bytes, recognised, and made anew where they do not fit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest

from statewright.errors import CallerError
from statewright.expressions import Environment, parse
from statewright.expressions.codegen import (
    Attribute,
    Binding,
    Request,
    StaleCode,
    digest,
    generate,
    load,
    load_or_generate,
    reach,
)
from statewright.expressions.codegen import digest as digest_module
from statewright.expressions.types import INT, STRING, UINT, object_of

TYPES = Environment({"n": INT, "o": object_of({"x": INT, "y": STRING}, optional=("x", "y"))})


def requests(*texts: str) -> list[Request]:
    return [Request(parse(text), TYPES) for text in texts]


GUARDS = requests(
    "n > 5", "has(o.x) && o.x == n", "o.y.matches('^a')", "n in [1, 2]", "b'x' == b'x'", "2u > 1u"
)
DATA = {"n": 7, "o": {"x": 7, "y": "abc"}}
VALUES = [True, True, True, False, True, True]


def values(functions: Sequence[object]) -> list[object]:
    return [function(DATA) for function in functions if callable(function)]


def test_what_is_loaded_does_what_was_generated() -> None:
    module = generate(GUARDS)
    assert values(module.functions) == VALUES
    assert values(load(module.code, GUARDS).functions) == VALUES
    assert values(load(bytes(bytearray(module.code)), GUARDS, digest(GUARDS)).functions) == VALUES


def test_requests_for_the_same_function_share_it() -> None:
    twice = [*GUARDS, *requests("n > 5")]
    functions = load(generate(twice).code, twice).functions
    assert functions[0] is functions[-1]
    assert values(functions) == [*VALUES, True]


def test_a_cache_is_filled_and_used() -> None:
    cache: dict[str, bytes] = {}
    assert values(load_or_generate(GUARDS, cache).functions) == VALUES
    ((key, code),) = cache.items()
    assert key == digest(GUARDS).hex()
    assert values(load_or_generate(GUARDS, cache).functions) == VALUES
    assert cache[key] is code


@pytest.mark.parametrize("place", [0, 31, 32, 39, 40, 41, 100, -1])
def test_a_damaged_entry_is_found_out_and_made_anew(place: int) -> None:
    cache: dict[str, bytes] = {}
    good = load_or_generate(GUARDS, cache).code
    damaged = bytearray(good)
    damaged[place] ^= 1
    for bad in (bytes(damaged), good[:place] if place > 0 else b"", b"", b"nonsense", good + b"x"):
        cache[digest(GUARDS).hex()] = bad
        with pytest.raises(StaleCode):
            load(bad, GUARDS)
        assert values(load_or_generate(GUARDS, cache).functions) == VALUES
        # The same code may be marshalled to other bytes: they tell what else refers to its texts.
        assert values(load(cache[digest(GUARDS).hex()], GUARDS).functions) == VALUES


SESSION = Binding(("s",), reach("s", Attribute("names")))


@pytest.mark.parametrize(
    "others",
    [
        requests("n > 6"),
        requests("n > 5", "n > 5"),
        requests("n  > 5"),
        [Request(parse("n > 5"))],
        [Request(parse("n > 5"), Environment({"n": UINT}))],
        [Request(parse("n > 5"), Environment(TYPES.variables, container="a"))],
        [Request(parse("n > 5"), Environment(TYPES.variables, strict=True))],
        [Request(parse("n > 5"), TYPES, SESSION)],
        [Request(parse("n > 5"), TYPES, origin=1)],
        [],
    ],
)
def test_code_of_other_requests_is_not_taken(others: list[Request]) -> None:
    wanted = requests("n > 5")
    assert digest(others) != digest(wanted)
    with pytest.raises(CallerError, match="other expressions"):
        load(generate(others).code, wanted)


def test_code_for_another_python_or_by_another_generator_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = generate(GUARDS)
    monkeypatch.setattr(sys.modules[digest_module.__module__], "MAGIC_NUMBER", b"other")
    with pytest.raises(StaleCode):
        load(module.code, GUARDS)


def test_the_digest_is_the_same_in_every_process() -> None:
    program = "from tests.expressions.test_codegen_cache import GUARDS, digest; print(digest(GUARDS).hex())"
    for seed in ("1", "2"):
        found = subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        assert found == digest(GUARDS).hex()


@pytest.mark.parametrize("kept", [None, "text", 7, b""])
def test_what_is_no_code_is_made_anew(kept: object) -> None:
    cache: dict[str, object] = {digest(GUARDS).hex(): kept}
    module = load_or_generate(GUARDS, cache)  # type: ignore[arg-type] # a cache of somebody else's
    assert [function(DATA, None) for function in module.functions] == VALUES


def test_a_cache_that_takes_nothing_costs_nothing_but_time() -> None:
    class Full(dict[str, bytes]):
        """A disk that is full."""

        def __setitem__(self, _key: str, _value: bytes) -> None:
            raise OSError("no space left on device")

    module = load_or_generate(GUARDS, Full())
    assert [function(DATA, None) for function in module.functions] == VALUES
