"""A flow uses a secret that there is not.

What it does:
    Compares the names in `{{secret:…}}` with those that the configuration lists under `secrets`.
    Where it lists none, nothing is known, and nothing is said.

Why it matters:
    The request cannot be made: it takes its error port every time.

Example:
    start: ask
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        headers: {Authorization: "Bearer {{secret:status_tokn}}"}
        success: bye
        error: bye
      bye: {type: end}
    # file: statewright.toml
    secrets = ["status_token"]

Instead:
    start: ask
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        headers: {Authorization: "Bearer {{secret:status_token}}"}
        success: bye
        error: bye
      bye: {type: end}
    # file: statewright.toml
    secrets = ["status_token"]

Known limits:
    Whether the server really has the secrets of that list is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.expressions import Secret, Template
from statewright.flows.nearest import did_you_mean


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Secrets that nobody lists."""
    known = subject.policy.secrets
    if known is None:
        return
    for parsed in subject.texts:
        parts = parsed.form.parts if isinstance(parsed.form, Template) else ()
        for part in parts:
            if isinstance(part, Secret) and part.key not in known:
                yield check.finding(
                    f"there is no secret `{part.key}`",
                    parsed.text.source.location,
                    node=parsed.text.node,
                    help=did_you_mean(part.key, known) or "add it to `secrets`",
                )


CHECK = Check("E606", "secret-missing", Severity.ERROR, __doc__, find)
