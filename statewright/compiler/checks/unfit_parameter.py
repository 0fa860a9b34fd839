"""An action is not given what it needs, or is given what it does not know.

What it does:
    Compares the parameters of the actions `email`, `sql` and `webhook` with those that they have.

Why it matters:
    The action fails each time, or what was meant is left out: `bbc` hides nobody.

Example:
    start: tell
    nodes:
      tell:
        type: action
        action: email
        with: {to: ada@example.org, text: Hello, bbc: archive@example.org}
        next: bye
      bye: {type: end}

Instead:
    start: tell
    nodes:
      tell:
        type: action
        action: email
        with: {to: ada@example.org, text: Hello, bcc: archive@example.org}
        next: bye
      bye: {type: end}

Known limits:
    A host may have actions of these names that are given something else; then ignore the check.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nearest import did_you_mean
from statewright.flows.nodes import ACTIONS, WAYS, Action
from statewright.flows.outline import shown


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Parameters that are not known, and such as are missing."""
    for node in subject.nodes.values():
        config = node.config
        if not isinstance(config, Action) or config.action not in ACTIONS:
            continue
        known = ACTIONS[config.action]
        given = dict(config.parameters)
        for name, value in given.items():
            if name not in known:
                yield check.finding(
                    f"`{config.action}` knows no parameter {shown(name)}",
                    value.location,
                    node=node.id,
                    help=did_you_mean(name, known) or f"it has {', '.join(known)}",
                )
        for name, parameter in known.items():
            if parameter.wanted and name not in given:
                yield check.finding(
                    f"`{config.action}` is nothing without `{name}`",
                    node.location,
                    node=node.id,
                    help=f"give `{name}` in `with`",
                )
        ways = WAYS.get(config.action, ())
        if ways and not any(given.keys() >= set(way) for way in ways):
            lacking = ", or ".join(" and ".join(f"`{name}`" for name in way) for way in ways)
            yield check.finding(
                f"`{config.action}` is nothing without {lacking}",
                node.location,
                node=node.id,
                help=f"give {lacking} in `with`",
            )


CHECK = Check("S114", "unfit-parameter", Severity.WARNING, __doc__, find)
