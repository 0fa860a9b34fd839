"""What `serve` and `worker` have in common: how they make requests, and who watches them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import click

from statewright.cli.failure import Failure

allow_private_option = click.option(
    "--allow-private",
    is_flag=True,
    envvar="STATEWRIGHT_ALLOW_PRIVATE",
    help="Let flows send requests to addresses that are not public: to this machine, for one.",
)
config_option = click.option(
    "--config",
    metavar="FILE",
    envvar="STATEWRIGHT_CONFIG",
    show_envvar=True,
    default="",
    help="The settings of mail servers, databases, models and hosts; by default statewright.toml.",
)
engine_option = click.option(
    "--engine",
    type=click.Choice(("builtin", "dbos")),
    default="builtin",
    envvar="STATEWRIGHT_ENGINE",
    show_default=True,
    help="Who hands requests out to the processes that make them.",
)
limit_option = click.option(
    "--limit",
    "limits",
    multiple=True,
    envvar="STATEWRIGHT_LIMITS",
    metavar="WHOM=RATE",
    help="How often requests are made, by all processes: tenant=50/s, host:crm.example=100/m.",
)
log_format_option = click.option(
    "--log-format",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How what is logged is written, on stderr.",
)
tracing_option = click.option("--tracing", is_flag=True, help="Make spans for OpenTelemetry.")
alert_option = click.option(
    "--alert",
    "alerts",
    multiple=True,
    metavar="log|URL",
    help="Tell of incidents, failed sessions and lost requests: in the log, or to a webhook.",
)

_EXTRAS: Final = MappingProxyType(
    {"dbos": "server,dbos", "prometheus_client": "server,metrics", "opentelemetry": "server,otel"}
)


def sink_from(where: str) -> str:
    """Where alerts go.

    Raises:
        UsageError: it is neither the log nor a URL.
    """
    if where == "log" or (where.startswith(("http://", "https://")) and not where.split()[1:]):
        return where
    raise click.UsageError(f"--alert takes `log` or a URL with http, not {where!r}")


def limits_checked(limits: tuple[str, ...]) -> tuple[str, ...]:
    """The limits on requests.

    Raises:
        UsageError: one is none.
    """
    # Only here: the runtime takes a while to load.
    from statewright.runtime.effects.limits import limits_from  # noqa: PLC0415

    try:
        limits_from(limits)
    except ValueError as error:
        raise click.UsageError(f"--limit: {error}") from None
    return tuple(limit.strip() for limit in limits)


def missing(error: ModuleNotFoundError) -> Failure:
    """What is told where a part is not installed."""
    extra = _EXTRAS.get((error.name or "").partition(".")[0], "server")
    return Failure(
        f"{error.name} is not installed; pip install 'statewright[{extra}]' has all it takes"
    )
