"""Flows and what is found in them."""

from __future__ import annotations

from statewright import compiler, flows
from statewright.compiler.findings import Finding
from statewright.compiler.policy import EVERYTHING, Policy

HEADER = "statewright: 1\nid: test\n"


def findings(text: str, policy: Policy = EVERYTHING) -> tuple[Finding, ...]:
    """What is found in a flow in the native format, without its first two lines."""
    flow = flows.parse(HEADER + text, file="test.yaml")
    return compiler.compile(flow, policy).findings


def codes(text: str, policy: Policy = EVERYTHING) -> list[str]:
    """The codes of what is found."""
    return [finding.code for finding in findings(text, policy)]


def asked(url: str, more: str = "", policy: Policy = EVERYTHING) -> list[str]:
    """What is found in a flow that sends one request."""
    return codes(
        f"""
start: ask
nodes:
  ask: {{type: http, url: "{url}", success: bye, error: bye{more}}}
  bye: {{type: end}}
""",
        policy,
    )
