"""``db``: the tables of a database, and how long what is in them is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from statewright.cli.documents import map_from
from statewright.cli.failure import CLEAN, FOUND, Failure
from statewright.cli.options import database_option, format_option
from statewright.cli.stores import on_existing_store, sql_part
from statewright.cli.streams import note, print_document
from statewright.cli.tables import lines_from_table
from statewright.errors import InvalidScript
from statewright.excerpt import printable
from statewright.statechart.playing.script import micros_from_text

if TYPE_CHECKING:
    from statewright.runtime import Count, Policy, Runtime

_SPANS: Final = ("abandon", "delete")

_KEYS: Final = "keys"
"""How long it is kept what keys of requests stand for: said of everybody, or of a tenant."""


@click.group()
def db() -> None:
    """Look after a database."""


@db.command()
@database_option
@click.option("--dry-run", is_flag=True, help="Print the SQL instead of running it.")
def upgrade(database: str, *, dry_run: bool) -> int:
    """Make the tables those of this version.

    Whatever opens the database does this, too; by itself, it can be done before a new version is
    started, by whoever may change tables.
    """
    sql = sql_part()
    if not dry_run:
        sql.upgrade(database)
    text = sql.upgrade_sql(database)
    print_document(text)
    if not text:
        note("the tables are those of this version")
    return CLEAN


@db.command()
@database_option
@click.option(
    "--policy", "given", required=True, metavar="FILE|JSON", help="How long what is kept."
)
@click.option("--dry-run", is_flag=True, help="Count, and change nothing.")
@format_option("text", "json")
def clean(database: str, given: str, *, dry_run: bool, format_: str) -> int:
    """End abandoned sessions, delete those that are over since long, forget old keys of requests.

    By a policy, of all tenants. May be run at any time, and stopped at any time.
    """
    policy = policy_from(map_from(given))

    async def kept(runtime: Runtime) -> Count:
        return await runtime.retention.keep(policy, runtime.clock(), dry_run=dry_run)

    count = on_existing_store(database, kept)
    rows = [(*place, number) for place, number in sorted(count.done.items())]
    if format_ == "json":
        keys = ("tenant", "flow", "fate", "sessions")
        document = {
            "dry_run": dry_run,
            "done": [dict(zip(keys, (*map(str, row[:3]), row[3]), strict=True)) for row in rows],
            "keys": count.keys,
            "failed": count.failed,
        }
        print_document(json.dumps(document, ensure_ascii=False) + "\n")
    elif not rows and not count.keys:
        click.echo("nothing is to be done")
    elif rows:
        fate = "would be" if dry_run else "was"
        for line in lines_from_table(("tenant", "flow", fate, "sessions"), rows):
            click.echo(line)
    if count.keys and format_ == "text":
        click.echo(f"keys of requests that were forgotten: {sum(count.keys.values()):,}")
    for session, why in count.failed.items():
        note(printable(f"session {session}: {why}"))
    return FOUND if count.failed else CLEAN


def policy_from(document: Mapping[str, Any]) -> Policy:
    """The policy that a document describes.

    ``abandon``, ``delete`` and ``keys`` for everybody, the first two below ``flows`` by flow, and
    all of this below ``tenants`` by tenant.

    Raises:
        Failure: it describes none.
    """
    from statewright.runtime import Policy  # noqa: PLC0415 (only where a store is used)

    rules = {("", flow): rule for flow, rule in _rules(document, "", ("tenants",)).items()}
    for tenant, own in _map(document.get("tenants"), "tenants").items():
        where = f"tenants/{tenant}"
        found = _rules(_map(own, where), where, ())
        rules |= {(str(tenant), flow): rule for flow, rule in found.items()}
    return Policy(rules)


def _rules(document: Mapping[str, Any], where: str, more: tuple[str, ...]) -> dict[str, Any]:
    """Flow, or ``""`` for all of them → rule."""
    rules = {"": _rule(document, where, (_KEYS, "flows", *more))}
    for flow, own in _map(document.get("flows"), f"{where}/flows").items():
        place = f"{where}/flows/{flow}"
        rules[str(flow)] = _rule(_map(own, place), place, ())
    return rules


def _rule(document: Mapping[str, Any], where: str, more: tuple[str, ...]) -> Any:
    from statewright.runtime import Rule  # noqa: PLC0415 (only where a store is used)

    unknown = [str(key) for key in document if key not in {*_SPANS, *more}]
    if unknown:
        known = ", ".join((*_SPANS, *more))
        raise Failure(f"policy{where and ' at ' + where}: {unknown[0]!r} is none of {known}")
    try:
        spans = {
            key: _micros(document[key]) for key in (*_SPANS, _KEYS) if document.get(key) is not None
        }
    except InvalidScript as error:
        raise Failure(f"policy{where and ' at ' + where}: {error}") from None
    return Rule(**spans)


def _micros(text: Any) -> int:
    return micros_from_text(text)


def _map(value: Any, where: str) -> Mapping[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Failure(f"policy at {where}: this should be a map")
    return value
