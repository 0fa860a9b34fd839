"""``publish`` and ``flows``: putting verified flows into a database, and seeing what is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from statewright.cli.failure import CLEAN, FOUND
from statewright.cli.flow_files import compiled_file, report_of, verified_file
from statewright.cli.options import database_option, dialect_option, format_option
from statewright.cli.output import complain
from statewright.cli.stores import TENANT, moment, on_existing_store, on_store
from statewright.cli.streams import print_document
from statewright.cli.tables import lines_from_table
from statewright.compiler.verification.budget import DEFAULT
from statewright.excerpt import printable

if TYPE_CHECKING:
    from statewright.runtime import Runtime
    from statewright.storage.records import Publication


@click.command()
@click.argument("name", metavar="FILE")
@database_option
@click.option("--flow", help="What to call it; the id of the flow where it is not given.")
@click.option("--label", default="", help="A name for a line of versions, such as live or trial.")
@format_option("text", "json")
@dialect_option
def publish(
    name: str, database: str, flow: str | None, label: str, format_: str, dialect: str | None
) -> int:
    """Publish a flow.

    FILE becomes the next version of its flow; - is standard input. Nothing is published while ERROR
    findings stand. Sessions that run stay on their version.
    """
    one = verified_file(compiled_file(name, dialect), DEFAULT)
    compilation = one.compilation
    if compilation.findings:
        complain(report_of([one]))
    if compilation.errors:
        return FOUND
    release = compilation.release()

    async def published(runtime: Runtime) -> Publication:
        called = compilation.flow.id if flow is None else flow
        return await runtime.publish(release, flow=called, label=label, tenant=TENANT)

    publication = on_store(database, published)
    if format_ == "json":
        print_document(json.dumps(_json(publication), ensure_ascii=False) + "\n")
    else:
        labelled = f", labelled {printable(label)}" if label else ""
        click.echo(f"{printable(publication.flow)}: version {publication.version}{labelled}")
    return CLEAN


@click.command()
@database_option
@click.option("--flow", default="", help="Only the versions of this flow.")
@format_option("text", "json")
def flows(database: str, flow: str, format_: str) -> int:
    """List what is published.

    By flow, in the order of the alphabet, and the newest version first.
    """
    found = on_existing_store(database, lambda runtime: _publications(runtime, flow))
    if format_ == "json":
        print_document(json.dumps([_json(one) for one in found], ensure_ascii=False) + "\n")
    elif not found:
        click.echo("nothing is published")
    else:
        rows = [(p.flow, p.version, p.label, p.digest[:12], moment(p.at)) for p in found]
        for line in lines_from_table(("flow", "version", "label", "digest", "published"), rows):
            click.echo(line)
    return CLEAN


async def _publications(runtime: Runtime, flow: str) -> list[Publication]:
    found: list[Publication] = []
    while page := await runtime.store.publications(
        TENANT, flow=flow, after=found[-1] if found else None
    ):
        found += page
    return found


def _json(publication: Publication) -> Mapping[str, Any]:
    return {
        "flow": publication.flow,
        "version": publication.version,
        "label": publication.label,
        "digest": publication.digest,
        "published": moment(publication.at),
    }
