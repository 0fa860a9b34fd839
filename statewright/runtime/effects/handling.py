"""Handlers: who carries out requests to the world, and what they are given."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from statewright.errors import EffectFailed, EvaluationError, FailureKind
from statewright.runtime.clock import SECOND, Clock, system_clock
from statewright.runtime.effects.breakers import (
    Breakers,
    Destination,
    breaker_of,
    destination_of,
)
from statewright.runtime.effects.last_answers import LastAnswers
from statewright.runtime.effects.limits import UNLIMITED, Gated, Limiter, Limits
from statewright.runtime.effects.refreshing import Refreshing
from statewright.runtime.effects.scrubbing import scrubbed
from statewright.runtime.effects.secret_texts import Secrets, filled_for, noting
from statewright.runtime.effects.sharing import noted
from statewright.runtime.observing.observers import NOBODY, Observers, Work
from statewright.statechart import Effect, EffectKind
from statewright.statechart.values.coercion import kept
from statewright.storage.records import SessionKey
from statewright.storage.tallies import KeepsTallies, Place

_log = logging.getLogger(__name__)

LONGEST: Final = 60.0
"""Seconds that a handler has unless the request says otherwise."""

MOST_SECONDS: Final = 600.0
"""The most seconds that a request may give its handler."""


@dataclass(frozen=True, slots=True)
class Order:
    """A request to the world, as its handler gets it. Secrets are filled in: never log ``data``.

    Attributes:
        key: whose session asks.
        id: the idempotency key: the same for every try, and for no other request.
        kind: ``invoke`` or ``send``.
        name: the type of the work, or the target of what is sent.
        state: the state that asks.
        data: the parameters of the work; or what is sent, ``{"event", "data"}``.
        attempt: counts the tries, from 1.
    """

    key: SessionKey
    id: str
    kind: EffectKind
    name: str
    state: str
    data: Any = field(repr=False)
    attempt: int = 1


Handler: TypeAlias = Callable[[Order], Awaitable[Any]]
"""Carries out a request and gives its result, a JSON-like value; raises ``EffectFailed``.

It may be called again for a request that it has carried out: the id tells that it is the same.
A handler with a method ``aclose`` is closed with the runtime.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try.

    Attributes:
        data: the result; of a failure ``{"code", "message"}``, and ``kind`` or ``status``.
        failed: whether it is a failure.
        kind: what that calls for, of a failure and of a result that is as bad as one.
        wait: microseconds to wait before that, at least.
        refusal: of a result that is as bad as a failure (a status of 404) its code and a message.
    """

    data: Any
    failed: bool = False
    kind: FailureKind = FailureKind.CONFIGURATION
    wait: int = 0
    refusal: tuple[str, str] | None = None

    @property
    def complaint(self) -> tuple[str, str] | None:
        """The code of what went wrong, and a message; None where nothing did."""
        return (str(self.data["code"]), str(self.data["message"])) if self.failed else self.refusal


class Performer:
    """Finds the handler of a request, and has it carried out, in bounded time.

    Args:
        handlers: type of work, or target of what is sent → who carries it out.
        secrets: gives what secrets stand for.
        longest: seconds that a handler has unless the request says otherwise.
        clock: tells the time.
        observers: look on while requests are carried out.
        limits: how often requests are made, at most.
        tallies: where processes note what they make; None where each counts for itself.
    """

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        secrets: Secrets,
        longest: float = LONGEST,
        clock: Clock = system_clock,
        observers: Observers = NOBODY,
        limits: Limits = UNLIMITED,
        tallies: KeepsTallies | None = None,
    ) -> None:
        self._limits = limits
        self._tallies = tallies if limits.shared else None
        self._handlers = handlers
        self._secrets = secrets
        self._longest = longest
        self._clock = clock
        self._observers = observers
        self._breakers = Breakers()
        self._limiter = Limiter(limits)
        self._last_answers = LastAnswers()
        self._refreshing = Refreshing(secrets, longest)

    async def waits(self, requests: Sequence[tuple[SessionKey, Effect]]) -> list[int]:
        """Microseconds until limits allow each request; 0 for now, and then it counts as made.

        Raises:
            StorageUnavailable: nobody can tell what other processes make.
        """
        now = self._clock()
        whom = [destination_of(key.tenant, effect) for key, effect in requests]
        waits = [
            self._limiter.wait(effect.id, to, now)
            for (_, effect), to in zip(requests, whom, strict=True)
        ]
        gates = [[gated for gated in self._limits.on(to) if gated is not None] for to in whom]
        asked = [number for number, wait in enumerate(waits) if wait == 0 and gates[number]]
        if asked and self._tallies is not None:
            shared = await self._noted([gates[number] for number in asked], now)
            for number, wait in zip(asked, shared, strict=True):
                waits[number] = wait
        return waits

    async def _noted(self, asked: Sequence[Sequence[Gated]], now: int) -> list[int]:
        """Note requests where the other processes see them; how long each has to wait."""
        waits: list[int] = []

        def note(texts: Mapping[Place, str]) -> Mapping[Place, str]:
            made, waits[:] = noted(texts, asked, now)
            return made

        if self._tallies is not None:
            await self._tallies.tally([gated.place for one in asked for gated in one], note)
        return waits

    async def perform(self, key: SessionKey, effect: Effect, attempt: int) -> Outcome:
        """Carry out a request. Whatever goes wrong is a failure; only cancellation is raised."""
        with self._observers.watching(Work("request", key, self.kind_of(effect), effect.id)) as one:
            outcome = await self._guarded(key, effect, attempt)
            if outcome.complaint:
                one.outcome = outcome.complaint[0]
            return outcome

    def kind_of(self, effect: Effect) -> str:
        """The name of the handler of a request; ``other`` where it has none."""
        key = "type" if effect.kind is EffectKind.INVOKE else "target"
        name = str(effect.data.get(key))
        return name if name in self._handlers else "other"

    async def _guarded(self, key: SessionKey, effect: Effect, attempt: int) -> Outcome:
        whom = destination_of(key.tenant, effect)
        breaker = breaker_of(effect)
        if breaker is None:
            return self._heeded(whom, await self._tried(key, effect, attempt))
        if not self._breakers.admits(whom, breaker, self._clock()):
            return self._unasked(whom, effect)
        outcome: Outcome | None = None
        try:
            outcome = self._heeded(whom, await self._tried(key, effect, attempt))
        finally:
            failed = None if outcome is None else _is_their_failure(outcome)
            self._breakers.note(whom, breaker, self._clock(), failed=failed)
        if failed is False and not outcome.failed:
            self._last_answers.keep(whom, effect, outcome.data, self._clock())
        return outcome

    def _heeded(self, whom: Destination, outcome: Outcome) -> Outcome:
        """The outcome; who has said that there are too many requests is left alone for a while."""
        if outcome.kind is FailureKind.RATE_LIMIT:
            self._limiter.rest(whom, outcome.wait, self._clock())
        return outcome

    def _unasked(self, whom: Destination, effect: Effect) -> Outcome:
        """What is told where nobody is asked: what was answered before, if the request takes it."""
        answer = self._last_answers.answer(whom, effect, self._clock())
        if answer is not None:
            return Outcome(answer)
        return _failure("open", "nobody was asked, because too many requests failed before")

    async def _tried(self, key: SessionKey, effect: Effect, attempt: int) -> Outcome:
        """What became of a try, without the secrets that it took."""
        with noting() as secrets:
            outcome = await self._attempted(key, effect, attempt)
        return replace(outcome, data=scrubbed(outcome.data, secrets)) if secrets else outcome

    async def _attempted(self, key: SessionKey, effect: Effect, attempt: int) -> Outcome:
        try:
            return await self._performed(key, effect, attempt)
        except EffectFailed as failure:
            return _outcome_of(failure, await self._kind_of(key.tenant, effect.id, failure))
        except TimeoutError:
            return _failure("timeout", "there was no result in time", FailureKind.TRANSIENT)
        except EvaluationError as error:
            return _failure("result", f"the result cannot be used: {error.reason}")
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Nobody has cancelled us: the handler was, by something of its own.
            return _failure("handler", "the handler was cancelled from inside")
        except Exception as error:  # noqa: BLE001 (a handler may raise anything)
            # Only the type is told: the text may hold secrets.
            _log.error("the handler of %s failed: %s", effect.id, type(error).__name__)
            return _failure("handler", f"the handler failed: {type(error).__name__}")

    async def _performed(self, key: SessionKey, effect: Effect, attempt: int) -> Outcome:
        async with asyncio.timeout(self._seconds(effect)):
            order = await self._order(key, effect, attempt)
            handler = self._handlers.get(order.name)
            return _unhandled(order) if handler is None else Outcome(kept(await handler(order)))

    async def _kind_of(self, tenant: str, effect: str, failure: EffectFailed) -> FailureKind:
        """What a failure calls for: a rejected identity is in vain unless secrets are refreshed."""
        if failure.kind is not FailureKind.AUTHENTICATION:
            return failure.kind
        refreshed = await self._refreshing.refreshed(tenant, effect)
        return failure.kind if refreshed else FailureKind.CONFIGURATION

    async def _order(self, key: SessionKey, effect: Effect, attempt: int) -> Order:
        kind, data = effect.kind, effect.data
        if kind is EffectKind.INVOKE:
            name, given = data["type"], data["params"]
        else:
            name, given = data["target"], {"event": data["event"], "data": data.get("data")}
        order_data = await filled_for(key.tenant, given, self._secrets)
        return Order(key, effect.id, kind, name, effect.state, order_data, attempt)

    def _seconds(self, effect: Effect) -> float:
        """How long a handler has: what the request says, and a little to say that it is over."""
        given = timeout_of(effect.data.get("params"))
        return self._longest if given is None else min(MOST_SECONDS, given / SECOND + 0.5)


def timeout_of(params: Any) -> int | None:
    """Microseconds that one try of a request has; None where it does not say."""
    if not isinstance(params, Mapping):
        return None
    spans = [params.get("timeout"), params.get("try_timeout")]
    return min((span for span in spans if type(span) is int and span > 0), default=None)


def _is_their_failure(outcome: Outcome) -> bool:
    """Whether a try shows that somebody does not answer as they should."""
    data = outcome.data
    status = data.get("status") if isinstance(data, Mapping) else None
    answered = not outcome.failed and type(status) is int and status < _BAD_STATUS
    return outcome.kind in _PASSING and not answered


_BAD_STATUS: Final = 400
_PASSING: Final = frozenset({FailureKind.TRANSIENT, FailureKind.RATE_LIMIT})


def _outcome_of(failure: EffectFailed, kind: FailureKind) -> Outcome:
    """A failure, or what counts as the result instead where no try is left."""
    if failure.result is None:
        data = {"code": failure.code, "message": failure.message, **_more(failure)}
        return Outcome(data, failed=True, kind=kind, wait=failure.wait)
    try:
        refusal = failure.code, failure.message
        return Outcome(kept(failure.result), kind=kind, wait=failure.wait, refusal=refusal)
    except EvaluationError as error:
        return _failure("result", f"the result cannot be used: {error.reason}")


def _more(failure: EffectFailed) -> dict[str, Any]:
    """What tells a flow of which class a failure is, where the code does not."""
    kinds = {FailureKind.RATE_LIMIT, FailureKind.AUTHENTICATION}
    kind = {"kind": str(failure.kind)} if failure.kind in kinds else {}
    return kind | ({"status": failure.status} if failure.status else {})


def _unhandled(order: Order) -> Outcome:
    if order.kind is EffectKind.SEND:
        _log.info("session %s: recorded `%s`, %s", order.key.session, order.name, order.id)
        return Outcome({"status": "recorded"})
    return _failure("unsupported", f"nobody here does work of the type `{order.name}`")


def _failure(code: str, message: str, kind: FailureKind = FailureKind.CONFIGURATION) -> Outcome:
    return Outcome({"code": code, "message": message}, failed=True, kind=kind)
