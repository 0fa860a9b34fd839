"""Where secrets come from, and that they cannot be read by who only has the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from statewright.errors import EffectFailed, InvalidSettings
from statewright.expressions import Secret, SecretText
from statewright.runtime.effects.scrubbing import scrubbed
from statewright.runtime.effects.secret_texts import HOST, filled_for, secrets_of_environment
from statewright.runtime.secrets.chain import Chain
from statewright.runtime.secrets.files import FileSecrets
from statewright.runtime.secrets.sealing import Keys, UnreadableSecret, keys_from, new_key
from statewright.runtime.secrets.sources import keys_of, secrets_from
from statewright.runtime.secrets.table import FRESH, TableSecrets, reseal_all, set_secret
from statewright.storage import MemoryStore
from statewright.storage.secrets import MemorySecrets, SealedSecret

pytestmark = pytest.mark.anyio

OLD, NEW = new_key(), new_key()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# --- the environment and files ------------------------------------------------------------------


def test_secrets_of_the_host_are_not_those_of_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATEWRIGHT_SECRET_SMTP", "a flow's")
    monkeypatch.setenv("STATEWRIGHT_HOST_SECRET_SMTP", "the host's")
    assert secrets_of_environment("acme", "smtp") == "a flow's"
    assert secrets_of_environment(HOST, "smtp") == "the host's"


async def test_a_file_has_secrets_for_all_for_some_and_for_the_host(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text('crm = "all"\nn = 1\n[tenants.acme]\ncrm = "acme"\n[host]\nsmtp = "host"\n')
    secrets = FileSecrets(file)
    assert await secrets("other", "crm") == "all"
    assert await secrets("acme", "crm") == "acme"
    assert await secrets(HOST, "smtp") == "host"
    assert await secrets("acme", "smtp") is None
    assert await secrets(HOST, "crm") is None
    for name in ("host", "tenants", "n", "host.smtp"):
        assert await secrets("acme", name) is None
    file.write_text('crm = "changed, and longer"\n')
    assert await secrets("acme", "crm") == "changed, and longer"


async def test_a_file_that_cannot_be_read_is_a_failure_that_passes_and_shows_nothing(
    tmp_path: Path,
) -> None:
    file = tmp_path / "secrets.toml"
    for written in (None, "crm = s3cr3t"):
        if written:
            file.write_text(written)
        with pytest.raises(EffectFailed) as failure:
            await FileSecrets(file)("acme", "crm")
        assert failure.value.transient
        assert "s3cr3t" not in str(failure.value)


async def test_the_first_source_that_has_a_secret_gives_it() -> None:
    async def late(_tenant: str, name: str) -> str | None:
        return {"a": "late", "b": "late"}.get(name)

    chain = Chain([lambda _tenant, name: {"a": "first"}.get(name), late])
    names = [SecretText((Secret(name),)) for name in "ab"]
    assert await filled_for("acme", {"x": names}, chain) == {"x": ["first", "late"]}
    with pytest.raises(EffectFailed, match="no secret `c`"):
        await filled_for("acme", SecretText((Secret("c"),)), chain)


# --- sealed, in the table -----------------------------------------------------------------------


def test_what_was_sealed_opens_with_its_key_for_its_name_only() -> None:
    keys = keys_from(f"{NEW}, {OLD}\n")
    sealed = keys.seal("acme", "crm", "s3cr3t ü")
    assert "s3cr3t" not in sealed
    assert sealed != keys.seal("acme", "crm", "s3cr3t ü")
    assert keys_from(f"{OLD} {NEW}").unseal("acme", "crm", sealed) == "s3cr3t ü"
    assert keys.is_current(sealed)
    assert not keys_from(f"{OLD} {NEW}").is_current(sealed)
    for tenant, name in (("evil", "crm"), ("acme", "other"), ("", "crm"), ("acme,crm", "")):
        with pytest.raises(UnreadableSecret):
            keys.unseal(tenant, name, sealed)
    with pytest.raises(UnreadableSecret, match="a key that is not here"):
        keys_from(OLD).unseal("acme", "crm", sealed)


@pytest.mark.parametrize("spoil", [lambda s: s[:-1], lambda s: s + "A", lambda s: s[:12] + "ü"])
def test_what_was_changed_does_not_open(spoil: object) -> None:
    keys = keys_from(NEW)
    assert callable(spoil)
    with pytest.raises(UnreadableSecret):
        keys.unseal("acme", "crm", spoil(keys.seal("acme", "crm", "s3cr3t")))


@pytest.mark.parametrize("text", ["short", "not base64 at all!", "", "ü" * 43, "A" * 45])
def test_a_key_that_is_none_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        keys_from(text)
    assert text not in str(refused.value) or not text


async def test_a_secret_of_the_table_is_read_again_after_a_while_or_when_it_was_refused() -> None:
    table, keys, now = MemorySecrets(), keys_from(NEW), [0]
    secrets = TableSecrets(table, keys, lambda: now[0])
    await set_secret(table, keys, "acme", "crm", "one", 1)
    assert await secrets("acme", "crm") == "one"
    assert await secrets("other", "crm") is None
    await set_secret(table, keys, "acme", "crm", "two", 2)
    assert await secrets("acme", "crm") == "one"
    await secrets.refresh("acme")
    assert await secrets("acme", "crm") == "two"
    await set_secret(table, keys, "acme", "crm", "three", 2)
    now[0] = FRESH
    assert await secrets("acme", "crm") == "three"


async def test_rotating_seals_everything_with_the_first_key() -> None:
    table = MemorySecrets()
    for number in range(250):
        await set_secret(table, keys_from(OLD), "acme", f"n{number}", f"v{number}", 1)
    await set_secret(table, keys_from(NEW), "acme", "new", "v", 1)
    lost = keys_from(new_key())
    await set_secret(table, lost, "acme", "lost", "v", 1)
    made = await reseal_all(table, keys_from(f"{NEW} {OLD}"))
    assert (made.done, made.current, made.unreadable) == (250, 1, (("acme", "lost"),))
    assert await TableSecrets(table, keys_from(NEW))("acme", "n249") == "v249"
    with pytest.raises(EffectFailed, match="`lost` cannot be read"):
        await TableSecrets(table, keys_from(NEW))("acme", "lost")


async def test_a_row_that_was_moved_to_another_tenant_is_not_read() -> None:
    table, keys = MemorySecrets(), keys_from(NEW)
    await set_secret(table, keys, "acme", "crm", "s3cr3t", 1)
    stolen = await table.read("acme", "crm")
    assert stolen is not None
    await table.save(SealedSecret("evil", "crm", stolen.sealed, 1))
    with pytest.raises(EffectFailed, match="not as it was sealed"):
        await TableSecrets(table, keys)("evil", "crm")


async def test_a_server_asks_environment_file_and_table(tmp_path: Path) -> None:
    store = MemoryStore()
    assert keys_of({}) is None
    assert secrets_from({}, store) is secrets_of_environment
    (tmp_path / "keys").write_text(f"{NEW}\n{OLD}\n")
    (tmp_path / "secrets.toml").write_text('crm = "file"\n')
    environment = {"STATEWRIGHT_SEALING_KEYS_FILE": str(tmp_path / "keys")}
    keys = keys_of(environment)
    assert isinstance(keys, Keys)
    await set_secret(store.secrets, keys, "acme", "crm", "table", 1)
    await set_secret(store.secrets, keys, "acme", "only", "table", 1)
    secrets = secrets_from(environment, store, file=str(tmp_path / "secrets.toml"))
    assert isinstance(secrets, Chain)
    assert [await secrets("acme", name) for name in ("crm", "only", "no")] == [
        "file",
        "table",
        None,
    ]
    turned = secrets_from(environment, store, ("table", "file"), str(tmp_path / "secrets.toml"))
    assert isinstance(turned, Chain)
    assert await turned("acme", "crm") == "table"


# --- what comes back ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        'key s3cr3t/ü&" was wrong',
        "?key=s3cr3t%2F%C3%BC%26%22&x",
        '{"key":"s3cr3t/\\u00fc&\\""}',
        "s3cr3t/ü&amp;&quot;",
        "czNjcjN0L8O8JiI=",
    ],
)
def test_a_secret_that_a_server_repeats_is_taken_out(said: str) -> None:
    found = scrubbed({"a": [said], said: 1}, ['s3cr3t/ü&"'])
    assert "s3cr3t" not in str(found)
    assert "czNjcjN0" not in str(found)
    assert "[secret]" in str(found)


def test_a_short_secret_is_left_since_it_stands_in_every_text() -> None:
    assert scrubbed("a test", ["a"]) == "a test"
