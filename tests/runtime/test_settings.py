"""The table `[effects]`: what is understood, and what is refused without being shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from statewright.errors import InvalidSettings
from statewright.runtime.configuration.handlers import handlers_from
from statewright.runtime.configuration.settings import settings_from, settings_in

FULL = """
[tool]
[effects]
hosts = ["*.example.com"]
private_hosts = ["crm.internal"]
[effects.tenants.acme]
hosts = ["api.acme.example:8443"]
[effects.email]
host = "mail.example.com"
user = "bot"
password = "{{secret:smtp}}"
from = "The Shop <shop@example.com>"
senders = ["*@shop.example"]
[effects.databases.crm]
url = "postgresql+psycopg://crm@db/crm"
password = "{{secret:crm}}"
rows = 50
tenants = ["acme"]
[effects.models.openai]
url = "https://api.openai.com/v1"
key = "{{secret:openai}}"
models = { small = "gpt-5-mini" }
options = { temperature = 0.2 }
[effects.endpoints.erp]
url = "http://erp.internal/hooks"
secret = "{{secret:erp}}"
[effects.secrets]
sources = ["file", "table"]
file = "secrets.toml"
"""


def test_a_file_says_who_carries_out_what(tmp_path: Path) -> None:
    file = tmp_path / "statewright.toml"
    file.write_text(FULL)
    settings = settings_in(str(file))
    handlers = handlers_from(settings, lambda *_: None)
    assert sorted(handlers) == ["email", "http", "llm", "sql", "webhook"]
    assert settings.email is not None
    assert (settings.email.password, settings.email.sender.addr_spec) == (
        "smtp",
        "shop@example.com",
    )
    assert settings.secrets.sources == ("file", "table")
    reaches = settings.reaches()
    assert reaches.of("acme").hosts == ("api.acme.example:8443",)
    assert reaches.of("other").hosts == ("*.example.com",)
    assert reaches.of("other").allows_private("crm.internal", 80)
    assert not reaches.of("acme").allows_private("crm.internal", 80)
    assert settings.reaches(allow_private=True).of("acme").private


def test_without_a_file_there_are_http_and_webhook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sorted(handlers_from(settings_in(""), lambda *_: None)) == ["http", "webhook"]
    (tmp_path / "statewright.toml").write_text('select = ["C"]\n')
    assert settings_in("") == settings_from({})
    (tmp_path / "statewright.toml").write_text("[effects]\nallow_private = true\n")
    assert settings_in("").allow_private


DATABASE = {"url": "sqlite:///x.db"}
EMAIL = {"host": "mail.example.com", "from": "a@example.com"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"host": []}, "`effects.host`: extra inputs are not permitted"),
        ({"hosts": "x"}, "`effects.hosts`: input should be a valid tuple"),
        (
            {"email": {**EMAIL, "password": "s3cr3t"}},
            "`effects.email.password`: name a secret, as `{{secret:name}}`",
        ),
        ({"email": {**EMAIL, "from": "a@b.c\r\nX: y"}}, "write one address"),
        ({"email": {**EMAIL, "from": 7}}, "write one address"),
        ({"email": {**EMAIL, "security": "ssl"}}, "'starttls', 'tls' or 'none'"),
        ({"email": {**EMAIL, "port": 0}}, "greater than or equal to 1"),
        (
            {"databases": {"a": {"url": "postgresql://u:s3cr3t@h/d"}}},
            "leave the password out of the url",
        ),
        ({"databases": {"a": {"url": "s3cr3t"}}}, "write a url"),
        ({"databases": {"a": {"url": "oracle://h/d"}}}, "oracle cannot be kept from being written"),
        ({"databases": {"a": {**DATABASE, "rows": 0}}}, "greater than or equal to 1"),
        ({"databases": {"a": {**DATABASE, "timeout": 1e9}}}, "less than or equal to 600"),
        ({"models": {"a": {"url": "ftp://x"}}}, "write a url with http or https"),
        ({"models": {"a": {"url": "https://u:s3cr3t@x/"}}}, "without a user"),
        (
            {"endpoints": {"a": {"url": "https://x/"}}},
            "`effects.endpoints.a.secret`: field required",
        ),
        ({"secrets": {"sources": ["vault"]}}, "'environment', 'file' or 'table'"),
    ],
)
def test_what_cannot_be_is_refused_and_not_shown(table: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        settings_from(table)
    assert message in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize("text", [None, "[effects", "effects = 7", "\udcff"])
def test_a_file_that_is_none_is_refused(text: str | None, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    if text is not None:
        file.write_bytes(text.encode("utf-8", errors="surrogateescape"))
    with pytest.raises(InvalidSettings, match=r"settings\.toml"):
        settings_in(str(file))


def test_settings_of_checks_stand_in_the_same_file(tmp_path: Path) -> None:
    from statewright.cli.configuration import configuration_for  # noqa: PLC0415 (the other reader)

    (tmp_path / "statewright.toml").write_text('ignore = ["C203"]\n' + FULL.replace("[tool]", ""))
    assert configuration_for(str(tmp_path / "flow.yaml")).policy.ignore == ("C203",)
