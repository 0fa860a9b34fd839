"""``explain``: the documentation of the checks."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Any

import click

from statewright.cli import streams
from statewright.cli.configuration import Wishes, configuration_for
from statewright.cli.failure import Failure
from statewright.cli.files import STDIN
from statewright.cli.options import format_option
from statewright.compiler.catalogue import CATALOGUE
from statewright.compiler.checks.check import Check, sections_of
from statewright.compiler.policy import HouseRule
from statewright.compiler.verification.assumptions import ASSUMPTIONS
from statewright.excerpt import printable_lines


@click.command()
@click.argument("code", required=False)
@format_option("text", "json")
@click.option("--config", metavar="FILE", default="", help="Whose rules are explained, too.")
def explain(code: str | None, format_: str, config: str) -> None:
    """Explain a check, or list them all.

    CODE is the code or the name of a check, or the code of a rule in the configuration of the
    current directory; or `assumptions`, for what proofs assume of the world.
    """
    if code == _ASSUMPTIONS:
        _print_assumptions(format_)
        return
    rules = configuration_for(STDIN, Wishes(config)).policy.rules
    rule = next((one for one in rules if code is not None and one.code == code), None)
    if rule is not None:
        _print_rule(rule, format_)
        return
    checks = CATALOGUE if code is None else (_check(code, rules),)
    if format_ == "json":
        objects = [_object(check) for check in checks]
        document = objects if code is None else objects[0]
        streams.print_document(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    elif code is None:
        click.echo("\n".join(map(_line, checks)))
    else:
        click.echo(_page(checks[0]))


_ASSUMPTIONS = "assumptions"


def _print_assumptions(format_: str) -> None:
    """What is taken for granted where something is proved."""
    if format_ == "json":
        streams.print_document(json.dumps(ASSUMPTIONS, indent=2, ensure_ascii=False) + "\n")
        return
    click.echo("\n".join(["What is proved is so where:", *(f"- {one}" for one in ASSUMPTIONS)]))


def _print_rule(rule: HouseRule, format_: str) -> None:
    """What a rule of an organisation says of itself."""
    if format_ == "json":
        told = {
            "code": rule.code,
            "severity": str(rule.severity),
            "if": rule.when,
            "message": rule.message,
            "help": rule.help,
        }
        streams.print_document(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return
    parts = {"Broken where": rule.when, "What it says": rule.message, "Instead": rule.help}
    body = (f"{title}\n{_indented(text)}" for title, text in parts.items() if text)
    head = f"{rule.code} ({rule.severity})\n\nA rule of the configuration."
    click.echo("\n".join(printable_lines("\n\n".join([head, *body]))))


def _check(code: str, rules: tuple[HouseRule, ...]) -> Check[Any]:
    """The check of this code or name.

    Raises:
        Failure: there is none.
    """
    by_code = {check.code: check for check in CATALOGUE}
    by_name = {check.name: check for check in CATALOGUE}
    found = by_code.get(code.upper()) or by_name.get(code.lower())
    if found:
        return found
    own = [rule.code for rule in rules]
    nearest = get_close_matches(code.upper(), [*by_code, *own], n=1) or get_close_matches(
        code.lower(), by_name, n=1
    )
    hint = f"did you mean {nearest[0]}?" if nearest else "`statewright explain` lists all checks"
    raise Failure(f"there is no check {code!r}; {hint}")


def _summary(check: Check[Any]) -> str:
    return " ".join(sections_of(check.documentation)[""].split())


def _line(check: Check[Any]) -> str:
    return f"{check.code}  {check.severity:<7}  {check.name:<20}  {_summary(check)}"


def _page(check: Check[Any]) -> str:
    sections = sections_of(check.documentation)
    head = f"{check.code} {check.name} ({check.severity})\n\n{_summary(check)}"
    body = (f"{title}\n{_indented(text)}" for title, text in sections.items() if title)
    return "\n\n".join([head, *body])


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def _object(check: Check[Any]) -> dict[str, Any]:
    sections = sections_of(check.documentation)
    return {
        "code": check.code,
        "name": check.name,
        "severity": str(check.severity),
        "summary": _summary(check),
        "sections": {title: text for title, text in sections.items() if title},
    }
