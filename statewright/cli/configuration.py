"""The configuration of the checks: the nearest file upwards, and what the command line says."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import click

from statewright.cli.failure import Failure
from statewright.cli.files import STDIN, reason
from statewright.compiler.configuration import policy_from
from statewright.compiler.policy import EVERYTHING, Policy
from statewright.errors import InvalidConfiguration

OWN: Final = "statewright.toml"
SHARED: Final = "pyproject.toml"
TOOL: Final = "statewright"
EFFECTS: Final = "effects"
"""The table that is not about checks but for `serve` and `worker`."""

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says about the checks.

    Attributes:
        file: the configuration that is meant, or ``""`` for the nearest.
        select: instead of that of the configuration, if there is anything.
        ignore: beside that of the configuration.
        severities: instead of those of the configuration, code by code.
    """

    file: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()


NOTHING_SAID: Final = Wishes()


@dataclass(frozen=True, slots=True)
class Configuration:
    """A policy, and where it stands.

    Attributes:
        policy: what is asked of flows.
        file: the file that says so, or ``""``.
    """

    policy: Policy = EVERYTHING
    file: str = ""


NO_CONFIGURATION: Final = Configuration()


def check_options(command: Command) -> Command:
    """``--select``, ``--ignore``, ``--severity`` and ``--config``, as the argument ``wishes``."""

    @wraps(command)
    def wishing(
        *arguments: Any,
        select: tuple[str, ...],
        ignore: tuple[str, ...],
        severities: tuple[str, ...],
        config: str,
        **options: Any,
    ) -> Any:
        wishes = Wishes(config, select, ignore, severities)
        return command(*arguments, wishes=wishes, **options)

    wrapped: Any = wishing
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return cast("Command", wrapped)


_OPTIONS: Final = (
    click.option(
        "--select",
        multiple=True,
        metavar="CODES",
        help="Tell only findings of these codes, or beginnings of codes; with commas between them.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        metavar="CODES",
        help="Tell no findings of these codes, or beginnings of codes.",
    ),
    click.option(
        "--severity",
        "severities",
        multiple=True,
        metavar="CODE=LEVEL",
        help="Let findings of a code, or a beginning of codes, be error, warning or info.",
    ),
    click.option(
        "--config",
        "config",
        metavar="FILE",
        default="",
        help=f"The configuration; by default the nearest {OWN} or {SHARED} above the flow.",
    ),
)


def configuration_for(name: str, wishes: Wishes = NOTHING_SAID) -> Configuration:
    """What is asked of a flow.

    Args:
        name: its path, or ``-`` for standard input, for which that of the current directory counts.
        wishes: what the command line says.

    Raises:
        Failure: the configuration cannot be read, or understood.
    """
    found = _read(Path(wishes.file)) if wishes.file else _nearest(_directory_of(name))
    if wishes == NOTHING_SAID or wishes == Wishes(wishes.file):
        return found
    own = {
        "select": _split(wishes.select),
        "ignore": _split(wishes.ignore),
        "severity": dict(_level(one) for one in _split(wishes.severities)),
    }
    said = _policy_from({key: value for key, value in own.items() if value}, "", found.policy)
    policy = replace(
        found.policy,
        select=said.select or found.policy.select,
        ignore=(*found.policy.ignore, *said.ignore),
        severities={**found.policy.severities, **said.severities},
    )
    return Configuration(policy, found.file)


def _split(values: tuple[str, ...]) -> list[str]:
    return [one.strip() for value in values for one in value.split(",") if one.strip()]


def _level(text: str) -> tuple[str, str]:
    code, sign, level = text.partition("=")
    if not sign:
        raise Failure(f"--severity {text!r} says no level; write {text}=warning")
    return code.strip(), level.strip()


def _directory_of(name: str) -> Path:
    try:
        return (Path() if name == STDIN else Path(name).parent).resolve()
    except (OSError, ValueError, RuntimeError):
        return Path.cwd()


def _nearest(directory: Path) -> Configuration:
    """The configuration of a directory: its own, or that of the nearest above that has one."""
    for place in (directory, *directory.parents):
        for name in (OWN, SHARED):
            path = place / name
            if path.is_file():
                found = _configuration_of(path, _shown(path), *_stamp(path))
                if found is not None:
                    return found
    return NO_CONFIGURATION


def _read(path: Path) -> Configuration:
    """The configuration of a file that was named."""
    found = _configuration_of(path, str(path), *_stamp(path))
    if found is None:
        raise Failure(f"{str(path)!r} has no table [tool.{TOOL}]")
    return found


def _stamp(path: Path) -> tuple[int, int]:
    """What tells one state of a file from the next."""
    try:
        state = path.stat()
    except (OSError, ValueError) as error:
        raise Failure(f"cannot read {str(path)!r}: {reason(error)}") from None
    return state.st_mtime_ns, state.st_size


@lru_cache(maxsize=64)
def _configuration_of(path: Path, shown: str, _time: int, _size: int) -> Configuration | None:
    """What a file says; read once for each of its states."""
    table = _table_of(path)
    return None if table is None else Configuration(_policy_from(table, shown), shown)


def _table_of(path: Path) -> Mapping[str, Any] | None:
    """What a file says about the checks; None for a project that says nothing about them."""
    try:
        document = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise Failure(f"cannot read {str(path)!r}: {reason(error)}") from None
    own: Any = document
    if path.name == SHARED:
        table = document.get("tool", {})
        own = table.get(TOOL) if isinstance(table, dict) else None
    if not isinstance(own, dict):
        return None
    return {key: value for key, value in own.items() if key != EFFECTS}


def _policy_from(table: Mapping[str, Any], file: str, beside: Policy = EVERYTHING) -> Policy:
    own = tuple(rule.code for rule in beside.rules)
    try:
        return policy_from(table, file, own)
    except InvalidConfiguration as error:
        raise Failure(str(error)) from None


def _shown(path: Path) -> str:
    """A path as people at this directory write it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
