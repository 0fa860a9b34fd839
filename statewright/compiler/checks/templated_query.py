"""A query, or the name of a database, is written as a template.

What it does:
    Looks for `{{ … }}` in what goes to a database as it stands.

Why it matters:
    If it were filled in, whoever says `' or '1'='1` in a conversation would read what is not
    theirs, or change it. So it is not, and the database refuses the statement.

Example:
    start: find
    variables: {order: {type: string, input: true}, found: list}
    nodes:
      find:
        type: action
        action: sql
        with: {database: crm, query: "select * from orders where id = '{{ order }}'"}
        save: {found: result.rows}
        next: bye
        on: {error: bye}
      bye: {type: end}

Instead:
    start: find
    variables: {order: {type: string, input: true}, found: list}
    nodes:
      find:
        type: action
        action: sql
        with:
          database: crm
          query: "select * from orders where id = :id"
          parameters: {id: "{{ order }}"}
        save: {found: result.rows}
        next: bye
        on: {error: bye}
      bye: {type: end}

Known limits:
    Only the action `sql` is looked at; actions of a host's own may be open to the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nodes import Action, ParameterForm, form_of


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Templates where none is filled in."""
    for node in subject.nodes.values():
        config = node.config
        if not isinstance(config, Action):
            continue
        for name, value in config.parameters:
            fixed = form_of(config.action, name) is ParameterForm.FIXED
            if fixed and isinstance(value.json, str) and "{{" in value.json:
                yield check.finding(
                    f"`{name}` of `{config.action}` is no template",
                    value.location,
                    node=node.id,
                    help="write `:name`, and give its value in `parameters`",
                )


CHECK = Check("E611", "templated-query", Severity.ERROR, __doc__, find)
