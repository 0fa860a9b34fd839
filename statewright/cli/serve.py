"""``serve``: flows and conversations over HTTP."""

from __future__ import annotations

import ipaddress
import os

import click

from statewright.cli import streams
from statewright.cli.failure import CLEAN, Failure
from statewright.cli.files import reason
from statewright.cli.options import database_option


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
    "--allow-private",
    is_flag=True,
    help="Let flows send requests to addresses that are not public: to this machine, for one.",
)
@click.option(
    "--log-format",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How what is logged is written, on stderr.",
)
@click.option("--metrics", is_flag=True, help="Serve metrics for Prometheus at /metrics.")
@click.option("--tracing", is_flag=True, help="Make spans for OpenTelemetry.")
@click.option(
    "--alert",
    "alerts",
    multiple=True,
    metavar="log|URL",
    help="Tell of incidents, failed sessions and lost requests: in the log, or to a webhook.",
)
def serve(  # noqa: PLR0913 (an argument per option)
    database: str,
    *,
    host: str,
    port: int,
    workers: int,
    allow_private: bool,
    log_format: str,
    metrics: bool,
    tracing: bool,
    alerts: tuple[str, ...],
) -> int:
    """Serve flows and conversations over HTTP.

    Ends with Ctrl-C.
    """
    if not _is_loopback(host):
        streams.note(f"Note: whoever reaches {host} can publish flows here; nobody has to log in.")
    try:
        # Only here: the server is a part that is not always installed.
        from statewright.http import server  # noqa: PLC0415
        from statewright.http.watching import Watch  # noqa: PLC0415 (as above)

        watch = Watch(log_format, metrics, tracing, tuple(map(_sink, alerts)))
        server.serve(
            database, host, port, workers, _announce, allow_private=allow_private, watch=watch
        )
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get((error.name or "").partition(".")[0], "server")
        raise Failure(
            f"{error.name} is not installed; pip install 'statewright[{extra}]' has all it takes"
        ) from None
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else reason(error)
        raise Failure(f"cannot listen at {host}, port {port}: {why.lower()}") from None
    return CLEAN


_EXTRAS = {"prometheus_client": "server,metrics", "opentelemetry": "server,otel"}


def _sink(where: str) -> str:
    if where == "log" or (where.startswith(("http://", "https://")) and not where.split()[1:]):
        return where
    raise click.UsageError(f"--alert takes `log` or a URL with http, not {where!r}")


def _announce(address: str) -> None:
    streams.note(f"Statewright serves at {address} (Ctrl-C ends it)")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
