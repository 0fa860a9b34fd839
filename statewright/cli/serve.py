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
def serve(database: str, host: str, port: int, workers: int, *, allow_private: bool) -> int:
    """Serve flows and conversations over HTTP.

    Ends with Ctrl-C.
    """
    if not _is_loopback(host):
        streams.note(f"Note: whoever reaches {host} can publish flows here; nobody has to log in.")
    try:
        # Only here: the server is a part that is not always installed.
        from statewright.http import server  # noqa: PLC0415

        server.serve(database, host, port, workers, _announce, allow_private=allow_private)
    except ModuleNotFoundError as error:
        raise Failure(
            f"{error.name} is not installed; pip install 'statewright[server]' has all it takes"
        ) from None
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
