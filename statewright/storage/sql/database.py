"""What a store does on any SQL database, synchronously: statements in, records out."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from functools import partial
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine

from statewright.errors import AlreadyDone, StorageUnavailable, UnknownPublication
from statewright.statechart import Release, release_to_json
from statewright.storage.limits import NUMBER_LIMIT
from statewright.storage.patches import Patch, owner_of, patched
from statewright.storage.queues import Claim, Settlement
from statewright.storage.receipts import Receipt
from statewright.storage.records import (
    Episode,
    Loaded,
    Lookup,
    Message,
    Outcome,
    PastTurn,
    Publication,
    Session,
    SessionKey,
    Turn,
)
from statewright.storage.sql import rows
from statewright.storage.sql.failures import FAILURES, is_passing, translated
from statewright.storage.sql.questions import Tell, answered, loading
from statewright.storage.sql.rows import Parameters, Row, json_text
from statewright.storage.sql.statements import statements_for
from statewright.storage.sql.upgrading import is_current, upgrade_tables
from statewright.storage.sql.waiting import waiting

_PAUSES = (0.05, 0.2, 1.0)
"""Seconds before each further try of a call that failed for a passing reason."""

_PUBLISHERS = 1_000
"""How often somebody else may be the first to publish the same version."""

Result = TypeVar("Result")

Held: TypeAlias = tuple[Message, int]
"""A message to be accepted, and until when ``ready`` does not name it."""


class Database(ABC):
    """A database behind an engine. Every method is one call of ``Store``, whole or not at all.

    Args:
        engine: connects; its connections commit each statement by itself.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.statements = statements_for(engine.dialect)

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that sees one moment, or for one statement."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Connection]:
        """A connection whose changes are committed at the end, or with each statement."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Connection]:
        """A connection whose changes are committed together at the end."""

    @abstractmethod
    def migrating(self) -> AbstractContextManager[Connection]:
        """A transaction in which nobody else migrates."""

    @abstractmethod
    def run_bare(
        self, connection: Connection, name: str, parameters: Parameters
    ) -> Sequence[Sequence[Any]]:
        """The rows that a statement gives, without the names of their columns.

        It is the driver that runs it, on a connection of SQLAlchemy, which takes three times as
        long over a statement; so this is for those of every turn.
        """

    @abstractmethod
    def commit(self, turns: Sequence[Turn]) -> Sequence[Outcome]:
        """See ``Store.commit``."""

    @abstractmethod
    def accept(self, messages: Sequence[Held]) -> None:
        """Put those messages into the inbox that are not in it and were not handled."""

    def receive(self, messages: Sequence[Held]) -> Sequence[int]:
        """See ``Store.accept``."""
        attempted(partial(self.accept, messages))
        return attempted(partial(self.positions, [message for message, _ in messages]))

    def run(
        self, connection: Connection, name: str, parameters: Parameters | list[Parameters]
    ) -> Sequence[Row]:
        """The rows that a statement gives; none where it gives none, or ran for many parameters."""
        if not parameters and isinstance(parameters, list):
            return ()
        result = connection.exec_driver_sql(self.statements[name], parameters)
        return result.all() if result.returns_rows else ()

    def read(self, name: str, **parameters: object) -> Sequence[Row]:
        """The rows that one statement reads."""
        with self.reading() as connection:
            return self.run(connection, name, parameters)

    def write(self, name: str, **parameters: object) -> Sequence[Row]:
        """The rows that one statement returns of what it wrote."""
        with self.writing() as connection:
            return self.run(connection, name, parameters)

    def upgrade(self) -> None:
        """Make the tables those of this version.

        Raises:
            UnusableDatabase: they are those of a later one.
        """
        with self.reading() as connection:
            if is_current(connection):
                return
        with self.migrating() as connection:
            if not is_current(connection):
                upgrade_tables(connection)

    def publish(
        self,
        release: Release,
        proposed: Publication,
        receipt: Callable[[Publication], Receipt] | None = None,
    ) -> Publication:
        """See ``Store.publish``; whatever version is proposed, it becomes the next one."""
        parameters = {
            "tenant": proposed.tenant,
            "flow": proposed.flow,
            "label": proposed.label,
            "digest": proposed.digest,
            "at": proposed.at,
            "release": release_to_json(release),
        }
        with self.transaction() as connection:
            for _ in range(_PUBLISHERS):
                if found := self.run(connection, "publish", parameters):
                    made = replace(proposed, version=found[0].version)
                    self.keep(connection, receipt and receipt(made))
                    return made
        raise StorageUnavailable(
            f"too many publish the flow {proposed.flow!r} at once; try again later"
        )

    def keep(self, connection: Connection, receipt: Receipt | None) -> None:
        """Keep a receipt, if there is one, in the transaction of the change that it tells of.

        Raises:
            AlreadyDone: there is one with its key.
        """
        if receipt is not None and not self.run(connection, "keep", asdict(receipt)):
            raise AlreadyDone(receipt.key)

    def receipt(self, tenant: str, key: str) -> Receipt | None:
        """See ``KeepsReceipts``."""
        found = self.read("receipt", tenant=tenant, key=key)
        return rows.receipt_from(found[0]) if found else None

    def publication(
        self, tenant: str, flow: str, version: int | None, label: str | None
    ) -> Publication | None:
        """See ``Store.publication``."""
        found = self.read("publication", tenant=tenant, flow=flow, version=version, label=label)
        return rows.publication_from(found[0]) if found else None

    def publications(
        self, tenant: str, flow: str, after: Publication | None, limit: int
    ) -> tuple[Publication, ...]:
        """See ``Store.publications``."""
        found = self.read(
            "publications",
            tenant=tenant,
            flow=flow,
            after_flow=after.flow if after else "",
            after_version=after.version if after else 0,
            limit=limit,
        )
        return tuple(map(rows.publication_from, found))

    def newest(self, tenant: str, after: str, limit: int) -> tuple[Publication, ...]:
        """See ``Store.newest``."""
        found = self.read("newest", tenant=tenant, after=after, limit=limit)
        return tuple(map(rows.publication_from, found))

    def release(self, publication: Publication) -> Release:
        """See ``Store.release``."""
        tenant, flow, version = publication.tenant, publication.flow, publication.version
        found = self.read("release", tenant=tenant, flow=flow, version=version)
        if not found:
            raise UnknownPublication(tenant, flow, version)
        return rows.release_from(found[0])

    def conversation(self, tenant: str, channel: str, conversation: str) -> tuple[Episode, ...]:
        """See ``Store.conversation``."""
        found = self.read("conversation", tenant=tenant, channel=channel, conversation=conversation)
        return tuple(map(rows.episode_from, found))

    def load(self, lookups: Sequence[Lookup]) -> Sequence[Loaded]:
        """See ``Store.load``."""
        with self.reading() as connection:
            return answered(loading(lookups), partial(self.run_bare, connection))

    def begin_load(self, _lookups: Sequence[Lookup], _tell: Tell[Sequence[Loaded]]) -> bool:
        """Begin ``load`` without a thread, and say whether that can be; see ``lane.Quick``."""
        return False

    def begin_commit(self, _turns: Sequence[Turn], _tell: Tell[Sequence[Outcome]]) -> bool:
        """Begin ``commit`` without a thread, and say whether that can be; see ``lane.Quick``."""
        return False

    async def close(self) -> None:
        """Let go of every connection."""
        await asyncio.to_thread(self.engine.dispose)

    def patch(
        self, connection: Connection, turns: Sequence[Turn], contacts: Mapping[SessionKey, str]
    ) -> dict[tuple[SessionKey, int], tuple[Patch, ...]]:
        """Apply the patches of turns that were just committed, in the same transaction.

        Returns:
            session and revision → the patches of that turn that did not fit.
        """
        owners = {
            (turn.key.tenant, owner)
            for turn in turns
            for patch in turn.patches
            if (owner := owner_of(patch, contacts[turn.key])) is not None
        }
        asked = [{"tenant": tenant, "contact": contact} for tenant, contact in sorted(owners)]
        if not asked:
            return {(turn.key, turn.revision): turn.patches for turn in turns}
        values = dict.fromkeys(owners, rows.values_from(None))
        for row in self.run(connection, "profiles", {"owners": json_text(asked)}):
            values[row.tenant, row.contact] = rows.profile_from(row)
        unfit = {}
        for turn in turns:
            left = []
            for patch in turn.patches:
                owner = owner_of(patch, contacts[turn.key])
                made = None if owner is None else patched(values[turn.key.tenant, owner], patch)
                if owner is None or made is None:
                    left.append(patch)
                else:
                    values[turn.key.tenant, owner] = made
            unfit[turn.key, turn.revision] = tuple(left)
        changed = [
            {"tenant": tenant, "contact": contact, "data": rows.data_from(data)}
            for (tenant, contact), data in values.items()
        ]
        self.run(connection, "patch", {"profiles": json_text(changed)})
        return unfit

    def positions(self, messages: Sequence[Message]) -> tuple[int, ...]:
        """The positions of messages that are in the inbox or were handled."""
        found = self.read("positions", messages=rows.message_rows(messages))
        return tuple(row.position for row in found)

    def ready(self, now: int, held_until: int, limit: int) -> tuple[SessionKey, ...]:
        """See ``Store.ready``."""
        times = {"now": now, "held_until": held_until}
        with self.writing() as connection:
            found = waiting(partial(self.run, connection), now, held_until, limit)
            late = self.run(connection, "due", {**times, "limit": limit - len(found)})
        return tuple(dict.fromkeys([*found, *map(rows.key_of, late)]))

    def claim(self, token: str, now: int, held_until: int, limit: int) -> tuple[Claim, ...]:
        """See ``Store.claim``."""
        found = self.write("claim", token=token, now=now, held_until=held_until, limit=limit)
        claims = [rows.claim_from(row, token) for row in found]
        claims.sort(key=lambda claim: (claim.key, claim.revision, claim.ordinal))
        return tuple(claims)

    def renew(self, claims: Sequence[Claim], held_until: int) -> tuple[bool, ...]:
        """See ``Store.renew``."""
        asked = [rows.lease_row(claim) for claim in claims]
        found = self.write("renew", claims=json_text(asked), held_until=held_until)
        return _held(claims, found)

    def finish(self, settlements: Sequence[Settlement]) -> tuple[bool, ...]:
        """See ``Store.finish``."""
        told: dict[int, bool] = {}
        for some in _one_of_each(settlements):
            asked = [rows.settlement_row(settlements[number]) for number in some]
            found = self.write("finish", settlements=json_text(asked))
            held = _held([settlements[number].claim for number in some], found)
            told.update(zip(some, held, strict=True))
        return tuple(told[number] for number in range(len(settlements)))

    def requests(self, keys: Sequence[SessionKey]) -> tuple[tuple[Claim, ...], ...]:
        """See ``Store.requests``."""
        asked = [{"tenant": key.tenant, "session": key.session} for key in dict.fromkeys(keys)]
        found: dict[SessionKey, list[Claim]] = {key: [] for key in keys}
        for row in self.read("requests", keys=json_text(asked)):
            found[rows.key_of(row)].append(rows.claim_from(row, ""))
        return tuple(tuple(found[key]) for key in keys)

    def history(self, key: SessionKey, after: int, limit: int) -> tuple[PastTurn, ...]:
        """See ``Store.history``."""
        found = self.read(
            "history", tenant=key.tenant, session=key.session, after=after, limit=limit
        )
        return tuple(map(rows.past_turn_from, found))

    def sessions(
        self, tenant: str, flow: str, status: str, after: str, limit: int
    ) -> tuple[Session, ...]:
        """See ``Store.sessions``."""
        created_at = NUMBER_LIMIT
        if after:
            found = self.read("age", tenant=tenant, session=after)
            if not found:
                return ()
            created_at = found[0].created_at
        found = self.read(
            "sessions",
            tenant=tenant,
            flow=flow,
            status=status,
            created_at=created_at,
            session=after,
            limit=limit,
        )
        return tuple(map(rows.session_from, found))


def _one_of_each(settlements: Sequence[Settlement]) -> list[list[int]]:
    """The numbers of settlements, in parts that hold one of each request.

    There are several of one request where somebody has lost it, or says the same twice.
    """
    parts: list[list[int]] = []
    before: Counter[tuple[SessionKey, int, int]] = Counter()
    for number, settlement in enumerate(settlements):
        claim = settlement.claim
        place = claim.key, claim.revision, claim.ordinal
        if before[place] == len(parts):
            parts.append([])
        parts[before[place]].append(number)
        before[place] += 1
    return parts


def _held(claims: Sequence[Claim], found: Sequence[Row]) -> tuple[bool, ...]:
    """For each claim, whether its row is among those that were found."""
    held = {(rows.key_of(row), row.revision, row.ordinal) for row in found}
    return tuple((claim.key, claim.revision, claim.ordinal) in held for claim in claims)


def attempted(work: Callable[[], Result], *, tries: int = len(_PAUSES) + 1) -> Result:
    """The result of some work on a database; tried again where it failed for a passing reason.

    Raises:
        HostError: the database failed.
    """
    for pause in (*_PAUSES[: tries - 1], None):
        try:
            return work()
        except FAILURES as error:
            if pause is None or not is_passing(error):
                raise translated(error) from error
            time.sleep(pause)
    raise AssertionError
