"""Checks of web requests: what is refused, and what is not."""

from __future__ import annotations

import pytest

from statewright.compiler.analysis.credentials import is_credential, is_credential_name
from statewright.compiler.findings import Severity
from statewright.compiler.policy import Policy
from tests.compiler.check_cases import asked, codes, findings


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "[::ffff:10.0.0.1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "metadata.google.internal",
        "0xa9fea9fe",
        "2852039166",
        "0251.0376.0251.0376",
        "10.1",
        "100.64.0.1",
        "１０.0.0.1",
    ],
)
def test_a_host_inside_the_network_is_refused_however_it_is_spelt(host: str) -> None:
    assert asked(f"https://{host}/x") == ["E603"]


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "[::1]", "127.1", "2130706433", "api", "crm.internal", "a.local"],
)
def test_a_host_that_may_be_meant_is_a_warning(host: str) -> None:
    (finding,) = findings(
        f"""
start: ask
nodes:
  ask: {{type: http, url: "http://{host}:8080/x", success: bye, error: bye}}
  bye: {{type: end}}
"""
    )
    assert (finding.code, finding.severity) == ("E603", Severity.WARNING)
    assert asked(f"http://{host}/x", policy=Policy(hosts=("*.internal", "*.local", host))) in (
        [],
        ["E603"],
    )


@pytest.mark.parametrize(
    "host",
    [
        "locale.example.com",
        "internal.example.com",
        "localhost.example.com",
        "8.8.8.8",
        "xn--80ak6aa92e.com",
        "bücher.example",
        "api.example.com:8443",
        "metadata.example.com",
        "[2606:4700::1111]",
    ],
)
def test_a_public_host_is_all_right(host: str) -> None:
    assert asked(f"https://{host}/x") == []


def test_plain_http_is_refused_in_any_case() -> None:
    assert asked("http://api.example.com/") == ["E602"]
    assert asked("HTTP://api.example.com/") == ["E602"]
    assert asked("ftp://api.example.com/") == ["E602"]


def test_a_url_in_a_variable_that_never_changes_is_known() -> None:
    flow = """
start: ask
variables: {base: {type: string, default: "http://api.example.com"}, bye: string}
nodes:
  ask: {type: http, url: "{{ base }}/x", success: bye, error: bye}
  bye: {type: end, text: "{{ bye }}"}
"""
    assert codes(flow) == ["E602"]
    assert codes(flow.replace('com"}', 'com", input: true}')) == []


@pytest.mark.parametrize("hole", ["{{ site }}", "{{ 'www.' + site }}", "{{ copy }}"])
def test_a_host_that_the_user_typed_is_refused(hole: str) -> None:
    flow = """
start: ask
variables: {site: string, copy: string}
nodes:
  ask: {type: question, text: "Where?", variable: site, next: keep}
  keep: {type: set, actions: [{set: copy, to: "{{ site }}"}], next: look}
  look: {type: http, url: "https://HOLE/x", success: bye, error: bye}
  bye: {type: end}
"""
    assert codes(flow.replace("HOLE", hole)) == ["E603"]


def test_a_host_that_the_user_chose_and_a_typed_path_are_all_right() -> None:
    flow = """
start: ask
variables: {site: string, word: string}
nodes:
  ask: {type: question, text: "Where?", choices: [a, b], variable: site, next: more}
  more: {type: question, text: "What?", variable: word, next: look}
  look: {type: http, url: "https://{{ site }}.example.com/{{ word }}", success: bye, error: bye}
  bye: {type: end}
"""
    assert codes(flow) == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://me:secret@example.com/", "E604"),
        ("https://me@example.com/", "E604"),
        ("https://example.com/?api_key=9f86d081884c", "E604"),
        ("https://example.com/?key={{secret:maps}}", "E604"),
        ("https://example.com/?api_key=YOUR_API_KEY", ""),
        ("https://example.com/?q=key&page=2", ""),
        ("https://example.com/users/me@example.com", ""),
    ],
)
def test_credentials_in_a_url_are_told(url: str, code: str) -> None:
    assert asked(url) == ([code] if code else [])


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("Authorization", "Bearer 0a1b2c3d4e5f", "E605"),
        ("x-api-key", "0a1b2c3d4e5f", "E605"),
        ("Ocp-Apim-Subscription-Key", "0a1b2c3d4e5f", "E605"),
        ("X-Anything", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "E605"),
        ("Authorization", "Bearer {{secret:key}}", ""),
        ("Authorization", "Bearer <token>", ""),
        ("Authorization", "Bearer {{ session.id }}", ""),
        ("Content-Type", "application/json", ""),
        ("X-Author", "somebody", ""),
        ("Idempotency-Key", "order-17-payment", ""),
        ("X-Keyboard-Layout", "qwertz-de", ""),
    ],
)
def test_a_secret_that_is_written_out_is_told(header: str, value: str, code: str) -> None:
    found = asked("https://example.com/", f', headers: {{{header}: "{value}"}}')
    assert found == ([code] if code else [])


def test_names_of_credentials_are_known_in_any_spelling() -> None:
    for name in ("password", "apiKey", "API_KEY", "x-auth-token", "clientSecret", "X-Api-Key"):
        assert is_credential_name(name), name
    for name in (
        "author",
        "keyword",
        "monkey",
        "tokenizer",
        "secretary",
        "public_key_id",
        "passage",
    ):
        assert not is_credential_name(name), name
    assert not is_credential("Bearer")
    assert not is_credential("changeme")


def test_a_post_that_is_run_anew_is_told_and_one_with_retries_is_not() -> None:
    more = ", method: POST, on_error: {retry: 2, then: fail}"
    assert asked("https://example.com/", more) == ["E607"]
    assert asked("https://example.com/", ", on_error: {retry: 2, then: fail}") == []
    assert asked("https://example.com/", ", method: POST, retries: 2") == []
    keyed = more + ', headers: {Idempotency-Key: "{{ session.id }}"}'
    assert asked("https://example.com/", keyed) == []


def test_a_timeout_in_the_wrong_unit_is_told() -> None:
    assert asked("https://example.com/", ", timeout: 5000") == ["E608"]
    assert asked("https://example.com/", ", timeout: 1ms") == ["E608"]
    assert asked("https://example.com/", ", timeout: 5s") == []


def test_hosts_that_are_not_listed_get_no_personal_data() -> None:
    flow = """
start: ask
variables: {email: {type: string, pii: true}}
nodes:
  ask: {type: question, text: "Email?", input: email, variable: email, next: send}
  send:
    type: http
    method: POST
    url: https://crm.example.com/leads
    body: {email: "{{ email }}"}
    success: bye
    error: bye
  bye: {type: end, text: "We write to {{ email }}."}
"""
    assert codes(flow) == []
    assert codes(flow, Policy(hosts=("crm.example.com",))) == []
    assert codes(flow, Policy(hosts=("*.example.com",))) == []
    assert codes(flow, Policy(hosts=("api.example.org",))) == ["D407"]


def test_personal_data_in_a_log_or_of_a_service_are_told() -> None:
    flow = """
start: look
variables: {name: {type: string, pii: true}}
nodes:
  look:
    type: http
    url: https://crm.example.com/me
    save: {name: response.body.name}
    success: log
    error: bye
  log: {type: action, action: log_event, with: {who: "{{ name }}"}, next: bye}
  bye: {type: end, text: "WHAT"}
"""
    assert codes(flow.replace("WHAT", "Hello {{ name }}")) == ["D407", "D407"]
    assert codes(flow.replace("WHAT", "Hello {{ size(name) > 3 ? 'you' : '' }}")) == ["D407"]
