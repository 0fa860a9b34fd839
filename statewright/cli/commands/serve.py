"""``serve``: flows and conversations over HTTP."""

from __future__ import annotations

import ipaddress
import os

import click

from statewright.cli import streams
from statewright.cli.failure import CLEAN, Failure
from statewright.cli.files import reason
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
@click.option("--host", default="127.0.0.1", show_default=True, help="The interface to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="The port to listen at; 0 is any that is free.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many processes serve.",
)
@click.option(
    "--worker/--no-worker",
    "works",
    default=True,
    show_default=True,
    help="Make requests and fire schedules here, or leave that to `statewright worker`.",
)
@allow_private_option
@config_option
@engine_option
@limit_option
@log_format_option
@click.option("--metrics", is_flag=True, help="Serve metrics for Prometheus at /metrics.")
@tracing_option
@alert_option
def serve(  # noqa: PLR0913 (an argument per option)
    database: str,
    *,
    host: str,
    port: int,
    workers: int,
    works: bool,
    allow_private: bool,
    config: str,
    engine: str,
    limits: tuple[str, ...],
    log_format: str,
    metrics: bool,
    tracing: bool,
    alerts: tuple[str, ...],
) -> int:
    """Serve flows and conversations over HTTP.

    Ends with Ctrl-C.
    """
    lasting()
    if not _is_loopback(host):
        streams.note(f"Note: whoever reaches {host} can publish flows here; nobody has to log in.")
    try:
        # Only here: the server is a part that is not always installed.
        from statewright.cli import gate  # noqa: PLC0415 (as above)
        from statewright.http import server  # noqa: PLC0415
        from statewright.http.making import Making  # noqa: PLC0415 (as above)
        from statewright.http.watching import Watch  # noqa: PLC0415 (as above)

        watch = Watch(log_format, metrics, tracing, tuple(map(sink_from, alerts)))
        server.serve(
            database,
            host,
            port,
            workers,
            _announce,
            works=works,
            watch=watch,
            making=Making(engine, limits_checked(limits), allow_private, config),
            check=gate.check_with(config),
            factory=gate.FACTORY,
        )
    except ModuleNotFoundError as error:
        raise missing(error) from None
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else reason(error)
        raise Failure(f"cannot listen at {host}, port {port}: {why.lower()}") from None
    return CLEAN


def _announce(address: str) -> None:
    streams.note(f"Statewright serves at {address} (Ctrl-C ends it)")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
