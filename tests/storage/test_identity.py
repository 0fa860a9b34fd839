"""Ids, tokens and hashes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from statewright.storage.identity import (
    SECRET_BYTES,
    Token,
    is_secret,
    read_token,
    secret_from,
    secret_hash,
    session_id,
    state_hash,
    token_from,
)
from statewright.storage.records import SessionKey

NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=50
)


def test_a_session_id_is_the_hash_of_who_it_is() -> None:
    parts = ("acme", "web", "c1", "lead", 1)
    one = session_id(*parts)
    assert one == session_id(*parts)
    assert one.isalnum()
    assert len(one) == 32
    others = [("acm", "eweb", "c1", "lead", 1), ("acme", "web", "c1", "lead", 2)]
    assert len({one, *(session_id(*other) for other in others)}) == 3


@given(NAMES, NAMES, st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES))
def test_a_token_names_its_session_and_fits_in_a_path(
    tenant: str, session: str, chance: bytes
) -> None:
    key = SessionKey(tenant, session)
    token = token_from(key, secret_from(chance))
    assert token.isascii()
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert read_token(token) == Token(key, secret_from(chance))


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_is_a_token_or_none(text: str) -> None:
    for attempt in (text, f"{text}.{text}.{text}", f"YQ.YQ.{text}"):
        token = read_token(attempt)
        assert token is None or isinstance(token, Token)


def test_only_the_right_secret_opens() -> None:
    stored = secret_hash(secret_from(b"1" * SECRET_BYTES))
    assert is_secret(secret_from(b"1" * SECRET_BYTES), stored)
    assert not is_secret(secret_from(b"2" * SECRET_BYTES), stored)
    assert not is_secret("", stored)
    assert not is_secret("é\ud800", stored)
    assert not is_secret(secret_from(b"1" * SECRET_BYTES), "")


def test_the_hash_of_a_state_is_that_of_its_bytes() -> None:
    assert state_hash("{}") == "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="
    assert state_hash('"é"') == state_hash('"é"'.encode())
