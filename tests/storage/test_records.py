"""What cannot be stored is refused when its record is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import UnstorableRecord
from statewright.statechart.patches import Operation
from statewright.storage.limits import ID_LIMIT, NAME_LIMIT, TEXT_LIMIT
from statewright.storage.patches import Patch, Scope
from statewright.storage.queues import Claim, Settlement
from statewright.storage.records import Lookup, Message, Publication, SessionKey
from tests.storage.examples import KEY, birth, request, turn

TEXTS: dict[str, Callable[[str], object]] = {
    "tenant": lambda text: SessionKey(text, "s"),
    "session": lambda text: SessionKey("t", text),
    "message": lambda text: turn(message=text),
    "snapshot": lambda text: turn(snapshot=text, state_hash="h"),
    "event": lambda text: turn(event=text),
    "answer": lambda text: turn(answer=text),
    "effects": lambda text: turn(effects=text),
    "incidents": lambda text: turn(incidents=text),
    "flow": lambda text: birth(flow=text),
    "channel": lambda text: birth(channel=text),
    "conversation": lambda text: birth(conversation=text),
    "contact": lambda text: birth(contact=text),
    "lookup": lambda text: Lookup(KEY, text),
    "contact of a lookup": lambda text: Lookup(KEY, "", text),
    "accepted message": lambda text: Message(KEY, text, "{}", 1),
    "body": lambda text: Message(KEY, "m", text, 1),
    "key": request,
    "kind": lambda text: request("r", kind=text),
    "payload": lambda text: request("r", payload=text),
    "stream": lambda text: request("r", stream=text),
    "result": lambda text: Settlement(Claim(KEY, 1, 0, request("r"), 1, "t"), text, 1),
    "published flow": lambda text: Publication("t", text, 1, "", "d", 1),
    "label": lambda text: Publication("t", "f", 1, text, "d", 1),
    "name in a path": lambda text: Patch(Scope.TENANT, (text,), Operation.SET, 1),
    "value": lambda text: Patch(Scope.TENANT, ("a",), Operation.SET, [text]),
}


@pytest.mark.parametrize("make", TEXTS.values(), ids=TEXTS)
def test_half_a_character_is_refused(make: Callable[[str], object]) -> None:
    with pytest.raises(UnstorableRecord, match="half a character"):
        make("good \ud800 bad")


@pytest.mark.parametrize("name", sorted(set(TEXTS) - {"value"}))
def test_a_nul_character_is_refused(name: str) -> None:
    with pytest.raises(UnstorableRecord, match="NUL character"):
        TEXTS[name]("good \0 bad")


@pytest.mark.parametrize("name", ["tenant", "session", "flow", "channel", "kind", "published flow"])
def test_a_name_has_a_length_in_bytes(name: str) -> None:
    TEXTS[name]("é" * (NAME_LIMIT // 2))
    with pytest.raises(UnstorableRecord, match="255"):
        TEXTS[name]("é" * (NAME_LIMIT // 2 + 1))


@pytest.mark.parametrize("name", ["message", "conversation", "contact", "accepted message"])
def test_an_id_has_a_length_in_bytes(name: str) -> None:
    TEXTS[name]("x" * ID_LIMIT)
    with pytest.raises(UnstorableRecord, match="1,500"):
        TEXTS[name]("x" * (ID_LIMIT + 1))


@pytest.mark.parametrize("name", ["tenant", "session", "accepted message", "flow", "kind"])
def test_a_key_is_not_empty(name: str) -> None:
    with pytest.raises(UnstorableRecord, match="empty"):
        TEXTS[name]("")


def test_a_text_has_a_length() -> None:
    with pytest.raises(UnstorableRecord, match="16,777,216"):
        turn(answer="x" * (TEXT_LIMIT + 1))


@pytest.mark.parametrize("field", ["at", "version", "position", "due_at"])
@pytest.mark.parametrize("number", [-1, 2**63])
def test_a_number_has_64_bits(field: str, number: int) -> None:
    change: dict[str, Any] = {field: number}
    with pytest.raises(UnstorableRecord, match=str(number)):
        replace(turn(), **change)


def test_only_the_first_turn_says_who_the_session_is() -> None:
    with pytest.raises(UnstorableRecord, match="birth"):
        turn(0, birth=None)
    with pytest.raises(UnstorableRecord, match="birth"):
        turn(1, birth=birth())


@pytest.mark.parametrize("value", [object(), {1: 2}, 2**70, "\ud800", {"a": {1j}}])
def test_a_patch_holds_a_value_of_a_conversation(value: Any) -> None:
    with pytest.raises(UnstorableRecord, match="patch"):
        Patch(Scope.TENANT, ("a",), Operation.SET, value)
    with pytest.raises(UnstorableRecord, match="path"):
        Patch(Scope.TENANT, (), Operation.SET, 1)


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_makes_a_record_or_is_refused(text: str) -> None:
    for make in TEXTS.values():
        try:
            make(text)
        except UnstorableRecord as error:
            assert str(error).encode()  # noqa: PT017 (the message itself can be shown)
