"""``worker``: requests, timers and schedules, without HTTP."""

from __future__ import annotations

import click

from statewright.cli import streams
from statewright.cli.failure import CLEAN
from statewright.cli.memory import lasting
from statewright.cli.options import database_option
from statewright.cli.watch_options import (
    alert_option,
    allow_private_option,
    config_option,
    engine_option,
    limit_option,
    limits_checked,
    log_format_option,
    missing,
    sink_from,
    tracing_option,
)


@click.command()
@database_option
@allow_private_option
@config_option
@engine_option
@limit_option
@log_format_option
@tracing_option
@alert_option
def worker(
    database: str,
    *,
    allow_private: bool,
    config: str,
    engine: str,
    limits: tuple[str, ...],
    log_format: str,
    tracing: bool,
    alerts: tuple[str, ...],
) -> int:
    """Do what `serve` does besides HTTP.

    It makes requests, meets deadlines and fires schedules. Any number of workers share a database,
    also with `serve`. Ends with Ctrl-C.
    """
    lasting()
    try:
        # Only here: the server is a part that is not always installed.
        from statewright.http.making import Making  # noqa: PLC0415
        from statewright.http.watching import Watch  # noqa: PLC0415 (as below)
        from statewright.http.working import work  # noqa: PLC0415 (as above)

        watch = Watch(log_format, tracing=tracing, alerts=tuple(map(sink_from, alerts)))
        making = Making(engine, limits_checked(limits), allow_private, config)
        work(database, _announce, watch=watch, making=making)
    except ModuleNotFoundError as error:
        raise missing(error) from None
    return CLEAN


def _announce() -> None:
    streams.note("Statewright works (Ctrl-C ends it)")
