"""The configuration of the checks: a table, as TOML gives it → a policy.

Nothing in it is guessed: a key, a code, a channel that is not known is an error that says what is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from statewright.compiler.analysis.channels import CHANNELS
from statewright.compiler.checks import BY_CODE
from statewright.compiler.findings import Severity
from statewright.compiler.house_rules import problems_of
from statewright.compiler.policy import Exemption, HouseRule, Policy
from statewright.errors import InvalidConfiguration
from statewright.flows.nearest import did_you_mean, listed
from statewright.flows.outline import shown

_OWN_CODE: Final = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+")


def policy_from(table: Mapping[str, Any], file: str = "", known: tuple[str, ...] = ()) -> Policy:
    """The policy that a table says.

    Args:
        table: as TOML gives it.
        file: where it stands, for messages.
        known: codes of rules that stand elsewhere.

    Raises:
        InvalidConfiguration: something in it is not known, or not of the right type; all of that.
    """
    reading = _Reading()
    unknown = [key for key in table if key not in _KEYS]
    for key in unknown:
        reading.refuse(f"the key {shown(key)} is not known", did_you_mean(key, _KEYS))
    values = {key: read(reading, table[key]) for key, read in _KEYS.items() if key in table}
    rules = values.get("rules", ())
    own = [*known, *(rule.code for rule in rules)]
    exemptions = values.get("suppress", ())
    for key in ("select", "ignore", "severity"):
        reading.check_codes(key, values.get(key, ()), own, beginnings=True)
    reading.check_codes("suppress", [one.code for one in exemptions], own, beginnings=False)
    if reading.problems:
        raise InvalidConfiguration(reading.problems, file)
    return Policy(
        select=values.get("select", ()),
        ignore=values.get("ignore", ()),
        severities=values.get("severity", {}),
        exemptions=exemptions,
        hosts=values.get("hosts"),
        secrets=values.get("secrets"),
        channels=values.get("channels", ()),
        rules=rules,
    )


@dataclass(slots=True)
class _Reading:
    """A table that is being read, and what is wrong with it."""

    problems: list[str] = field(default_factory=list)

    def refuse(self, problem: str, help_: str = "") -> None:
        self.problems.append(f"{problem}; {help_}" if help_ else problem)

    def texts(self, key: str, value: Any) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self.refuse(
            f"`{key}` must be a list of texts, not {shown(value)}", f'write `{key} = ["…"]`'
        )
        return ()

    def text(self, where: str, table: Mapping[str, Any], key: str, *, wanted: bool = False) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            self.refuse(f"`{key}` of {where} must be a text, not {shown(value)}")
            return ""
        if wanted and not value.strip():
            self.refuse(f"`{key}` of {where} is missing", _WHY[key])
        return value.strip()

    def tables(
        self, key: str, value: Any, known: Collection[str]
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The tables of a list, each with what messages call it."""
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.refuse(f"`{key}` must be a list of tables", f"write `[[…{key}]]`")
            return
        for number, one in enumerate(value, 1):
            where = f"`{key}` number {number}"
            for name in one:
                if name not in known:
                    help_ = did_you_mean(name, known)
                    self.refuse(f"the key {shown(name)} of {where} is not known", help_)
            yield where, one

    def severity(self, where: str, value: Any) -> Severity:
        try:
            return Severity(value)
        except ValueError:
            names = listed(str(one) for one in Severity)
            self.refuse(f"{where} cannot be {shown(value)}", f"it is one of {names}")
            return Severity.WARNING

    def check_codes(
        self, key: str, codes: Collection[str], own: Collection[str], *, beginnings: bool
    ) -> None:
        known = (*BY_CODE, *own)
        for code in codes:
            if code in known or (beginnings and any(one.startswith(code) for one in known)):
                continue
            help_ = did_you_mean(code, known) or "`statewright explain` lists all checks"
            self.refuse(f"`{key}` names {shown(code)}, and there is no such check", help_)


_WHY: Final = {
    "code": "say which check",
    "reason": "say why its findings are all right",
    "if": "say when the rule is broken, in CEL over `node` and `flow`",
    "message": "say what is wrong then",
}
"""What to do about a key that is missing."""


def _codes(key: str) -> Callable[[_Reading, Any], tuple[str, ...]]:
    return lambda reading, value: tuple(one.upper() for one in reading.texts(key, value))


def _names(key: str) -> Callable[[_Reading, Any], tuple[str, ...]]:
    return lambda reading, value: reading.texts(key, value)


def _severities(reading: _Reading, value: Any) -> Mapping[str, Severity]:
    if not isinstance(value, dict):
        reading.refuse("`severity` must be a table", 'write `severity = {S105 = "error"}`')
        return {}
    return {
        str(code).upper(): reading.severity(f"`severity` of `{code}`", level)
        for code, level in value.items()
    }


def _channels(reading: _Reading, value: Any) -> tuple[str, ...]:
    names = reading.texts("channels", value)
    known = [channel.name for channel in CHANNELS]
    for name in names:
        if name not in known:
            reading.refuse(f"there is no channel {shown(name)}", did_you_mean(name, known))
    return names


def _exemptions(reading: _Reading, value: Any) -> tuple[Exemption, ...]:
    keys = ("code", "reason", "file", "node")
    return tuple(
        Exemption(
            reading.text(where, table, "code", wanted=True).upper(),
            reading.text(where, table, "reason", wanted=True),
            reading.text(where, table, "file"),
            reading.text(where, table, "node"),
        )
        for where, table in reading.tables("suppress", value, keys)
    )


def _rules(reading: _Reading, value: Any) -> tuple[HouseRule, ...]:
    rules: list[HouseRule] = []
    keys = ("code", "if", "message", "help", "severity")
    for where, table in reading.tables("rules", value, keys):
        rule = HouseRule(
            code=reading.text(where, table, "code", wanted=True),
            when=reading.text(where, table, "if", wanted=True),
            message=reading.text(where, table, "message", wanted=True),
            help=reading.text(where, table, "help"),
            severity=reading.severity(f"`severity` of {where}", table.get("severity", "warning")),
        )
        if rule.code and not _OWN_CODE.fullmatch(rule.code):
            help_ = "write capitals, digits and a hyphen: `ACME-1`"
            reading.refuse(f"{shown(rule.code)} is no code for a rule of one's own", help_)
        if rule.code in [one.code for one in rules]:
            reading.refuse(f"the rule `{rule.code}` stands here again", "rename one of them")
        if rule.when and rule.message:
            reading.problems.extend(problems_of(rule))
        rules.append(rule)
    return tuple(rules)


_KEYS: Final[Mapping[str, Callable[[_Reading, Any], Any]]] = {
    "select": _codes("select"),
    "ignore": _codes("ignore"),
    "severity": _severities,
    "suppress": _exemptions,
    "hosts": _names("hosts"),
    "secrets": _names("secrets"),
    "channels": _channels,
    "rules": _rules,
}
"""Key → how its value is read."""
