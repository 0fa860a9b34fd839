"""A flow uses a secret that there is not.

What it does:
    Compares the names in `{{secret:…}}` with the variables of the flow that are `secret`, and with
    those that the configuration lists under `secrets`. Where there are none of both, nothing is
    known, and nothing is said.

Why it matters:
    The request cannot be made: it takes its error port every time.

Example:
    start: ask
    variables: {status_token: {type: string, secret: true}}
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        headers: {Authorization: "Bearer {{secret:status_tokn}}"}
        success: bye
        error: bye
      bye: {type: end}

Instead:
    start: ask
    variables: {status_token: {type: string, secret: true}}
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        headers: {Authorization: "Bearer {{secret:status_token}}"}
        success: bye
        error: bye
      bye: {type: end}

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
    declared = tuple(one.name for one in subject.flow.variables if one.secret)
    known = (*declared, *(subject.policy.secrets or ()))
    if not declared and subject.policy.secrets is None:
        return
    for parsed in subject.texts:
        parts = parsed.form.parts if isinstance(parsed.form, Template) else ()
        for part in parts:
            if isinstance(part, Secret) and part.key not in known:
                yield check.finding(
                    f"there is no secret `{part.key}`",
                    parsed.text.source.location,
                    node=parsed.text.node,
                    help=did_you_mean(part.key, known)
                    or "declare it: `{type: string, secret: true}`",
                )


CHECK = Check("E606", "secret-missing", Severity.ERROR, __doc__, find)
