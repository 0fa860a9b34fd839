"""``migrate``: live conversations go on in another version of their flow."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from statewright.cli.documents import map_from
from statewright.cli.failure import CLEAN, FOUND, Failure
from statewright.cli.flow_files import compiled_file
from statewright.cli.options import database_option, dialect_option, format_option
from statewright.cli.stores import TENANT, on_existing_store, published
from statewright.cli.streams import note, print_document
from statewright.cli.tables import lines_from_table
from statewright.compiler.findings import Finding
from statewright.compiler.migration.checks import findings_of
from statewright.compiler.migration.plans import plan_from
from statewright.compiler.migration.versions import Versions
from statewright.errors import InvalidConfiguration
from statewright.excerpt import printable
from statewright.reporting import Case, Report, counted, text_from_report
from statewright.reporting.json import object_from_finding
from statewright.statechart.release import Release

if TYPE_CHECKING:
    from statewright.runtime import Runtime
    from statewright.runtime.operations.migrating import Fate, Migration

_GOES_ON: Final[Mapping[str, str]] = {
    "moved": "as they are",
    "restarted": "anew",
    "ended": "to their end",
    "pinned": "on the old version, as was decided",
    "stays": "on the old version",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says.

    Attributes:
        flow: which flow.
        before: the version that sessions run.
        to: a version or a file, or None for the newest version.
        plan: what was decided, as a document.
        dialect: of the file.
    """

    flow: str
    before: int
    to: str | None
    plan: Mapping[str, Any]
    dialect: str | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be done, worked out.

    Attributes:
        versions: both versions, with what was decided.
        after: the number of the new version; 0 for a draft.
        findings: what the checks say of them.
    """

    versions: Versions
    after: int
    findings: tuple[Finding, ...]


@click.command()
@click.argument("flow")
@database_option
@click.option(
    "--from", "before", type=click.IntRange(1), required=True, help="The version that they run."
)
@click.option("--to", metavar="VERSION|FILE", help="Where to; the newest version if not given.")
@click.option(
    "--plan", "given", metavar="FILE|JSON", help="What was decided where they cannot just go on."
)
@click.option("--apply", is_flag=True, help="Do it; otherwise it is only told what would become.")
@click.option("--leave", is_flag=True, help="With --apply: let those stay that cannot go on.")
@click.option("--roll-back", is_flag=True, help="Let those that were migrated go on as before.")
@format_option("text", "json")
@dialect_option
def migrate(  # noqa: PLR0913 (an argument per option)
    flow: str,
    *,
    database: str,
    before: int,
    to: str | None,
    given: str | None,
    apply: bool,
    leave: bool,
    roll_back: bool,
    format_: str,
    dialect: str | None,
) -> int:
    """Move live conversations to another version.

    FLOW is the name under which it is published. Without --apply, nothing is changed: it is told
    what stands in the way (V901 to V906), and how many conversations would go on in which way. A
    migration may be stopped anywhere, and run again.
    """
    if apply and roll_back:
        raise click.UsageError("--apply and --roll-back go one at a time")
    if leave and not apply:
        raise click.UsageError("--leave goes with --apply")
    wanted = Wanted(flow, before, to, map_from(given), dialect)

    async def work(runtime: Runtime) -> tuple[Prepared, Migration, bool]:
        prepared = await _prepared(runtime, wanted)
        if (apply or roll_back) and not prepared.after:
            raise Failure("a draft is only looked at; publish it, and migrate to its version")
        plan = prepared.versions.plan
        telling = _Telling()
        if roll_back:
            done = await runtime.migrations.roll_back(
                TENANT, flow, before, prepared.after, plan, on_batch=telling.tell
            )
            return prepared, done, True
        chart = prepared.versions.new.statechart
        surveyed = await runtime.migrations.survey(
            TENANT, flow, before, chart, plan, on_batch=telling.tell
        )
        if not apply or (surveyed.count("stays") and not leave):
            return prepared, surveyed, False
        done = await runtime.migrations.migrate(
            TENANT, flow, before, prepared.after, plan, on_batch=telling.tell
        )
        return prepared, done, True

    prepared, result, done = on_existing_store(database, work)
    if format_ == "json":
        document = _document(wanted, prepared, result, done=done)
        print_document(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        _print(prepared, result, done=done, told=not roll_back)
        if apply and not done:
            note("nothing was changed: decide what becomes of those that cannot go on, or --leave")
    if done:
        return FOUND if result.failed or (result.count("stays") and not leave) else CLEAN
    errors = any(finding.severity == "error" for finding in prepared.findings)
    return FOUND if errors or result.failed or result.count("stays") else CLEAN


async def _prepared(runtime: Runtime, wanted: Wanted) -> Prepared:
    """Both versions, and what the checks say of them.

    Raises:
        Failure: the plan means nothing.
        UnknownFlow: there is no such version.
        FlowRejected: the draft has ERROR findings.
    """
    old = await published(runtime, wanted.flow, wanted.before)
    before = await runtime.store.release(old)
    after, new = await _new_release(runtime, wanted)
    try:
        plan = plan_from(wanted.plan, before.statechart, new.statechart)
    except InvalidConfiguration as error:
        raise Failure(f"the plan: {error}") from None
    versions = Versions(before, new, plan)
    return Prepared(versions, after, findings_of(versions))


async def _new_release(runtime: Runtime, wanted: Wanted) -> tuple[int, Release]:
    if wanted.to is not None and not wanted.to.isdigit():
        return 0, compiled_file(wanted.to, wanted.dialect).compilation.release()
    number = None if wanted.to is None else int(wanted.to)
    publication = await published(runtime, wanted.flow, number)
    if publication.version == wanted.before:
        raise Failure(f"version {wanted.before} is where they are; say --to which they are to go")
    return publication.version, await runtime.store.release(publication)


class _Telling:
    """Says how far a long migration is."""

    def tell(self, result: Migration) -> None:
        """Say how many were looked at so far."""
        number = sum(result.fates.values()) + len(result.failed)
        if number >= 1_000 and sys.stderr.isatty():
            note(f"{number:,} conversations so far")


# --- printing ----------------------------------------------------------------------------------


def _print(prepared: Prepared, result: Migration, *, done: bool, told: bool) -> None:
    if told and prepared.findings:
        cases = tuple(Case("", one.code, (one,)) for one in prepared.findings)
        summary = counted(len(cases), "finding")
        report = Report("migrate", cases, summary)
        click.echo(text_from_report(report, colour=False))
    rows = [
        (number, ", ".join(fate.rests), "; ".join(_told(fate)))
        for fate, number in sorted(result.fates.items(), key=lambda item: item[0].rests)
    ]
    if rows:
        header = ("live", "waits at", "went on" if done else "would go on")
        for line in lines_from_table(header, rows):
            click.echo(line)
    else:
        click.echo("no live conversations run that version")
    for session, why in result.failed.items():
        click.echo(printable(f"session {session}: {why}"))


def _told(fate: Fate) -> Iterator[str]:
    where = f" at {fate.enter}" if fate.enter else ""
    yield f"{_GOES_ON[fate.goes_on]}{where}"
    yield from (f"{one.code} {one.reason}" for one in fate.hindrances)


def _document(
    wanted: Wanted, prepared: Prepared, result: Migration, *, done: bool
) -> Mapping[str, Any]:
    return {
        "flow": wanted.flow,
        "from": wanted.before,
        "to": prepared.after or wanted.to,
        "done": done,
        "findings": [object_from_finding(finding) for finding in prepared.findings],
        "sessions": [
            {
                "waits_at": list(fate.rests),
                "goes_on": fate.goes_on,
                "enters": fate.enter,
                "hindrances": [
                    {"code": one.code, "state": one.state, "reason": one.reason}
                    for one in fate.hindrances
                ],
                "number": number,
            }
            for fate, number in sorted(result.fates.items(), key=lambda item: item[0].rests)
        ],
        "failed": dict(result.failed),
    }
