"""Forms: the fields are a flow of their own, whose end saves the answers.

::

    flow: name ──▶ email ──▶ … ──▶ filled ──▶ save ──▶ next
       │   └──(retries used up)──▶ given up ──▶ fallback
       ├──(form.submit, and every answer will do)──▶ filled
       ├──(form.submit, and one will not)── says so, and asks on
       └──(no time left, for a field or for all)──▶ timeout
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from statewright.compiler.lowering.answers import MAP_SENT, Said, is_good, saved
from statewright.compiler.lowering.bubbles import says, text_bubble
from statewright.compiler.lowering.choices import choices_from_data
from statewright.compiler.lowering.complaints import complaints
from statewright.compiler.lowering.conversation import conversation, data_of
from statewright.compiler.lowering.events import SUBMITTED
from statewright.compiler.lowering.floor import sent_to
from statewright.compiler.lowering.languages import nearest, translated
from statewright.compiler.lowering.phrases import (
    NEEDED,
    SOME_WRONG,
    phrase,
    phrases_by_locale,
)
from statewright.compiler.lowering.plan import (
    Piece,
    Plan,
    plan_inside,
    ways_or_error,
)
from statewright.compiler.lowering.texts import cel, quoted
from statewright.compiler.lowering.waiting import timeout, timer
from statewright.compiler.lowering.work import saving
from statewright.compiler.scope import declaration_at
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.declaring import part_at
from statewright.flows.model import Edge, Flow, Node, Variable
from statewright.flows.nodes import NEXT, Choice, End, Form, FormField, Source
from statewright.statechart.actions import Assign
from statewright.statechart.definition import (
    Actions,
    State,
    StateKind,
    Transition,
    TransitionKind,
)

FILLED, GIVEN_UP, LATE = "~filled", "~given up", "~late"
"""The ends of the flow of a form."""


def lower_form(node: Node, config: Form, plan: Plan) -> Piece:
    """The compound state drawn above."""
    inner = plan_inside(plan, node, _flow_of(node, config, plan.flow))
    pieces = tuple(inner.lower(one, inner) for one in inner.graph.top)
    asked = conversation(inner, pieces, ())
    ended = f"done.state.{inner.home}"
    saved_state = (plan.part(node.id, "~save"),)
    transitions = (
        *asked.transitions,
        *_submitted(sent_to(node, plan), config, inner),
        *_ended(node, plan, ended, GIVEN_UP),
        *(_ended(node, plan, ended, LATE) if _may_be_late(config) else ()),
        Transition(saved_state, (ended,)),
    )
    asked = replace(asked, data=(*data_of(inner), *asked.data), transitions=transitions)
    return Piece(_around(node, config, plan, asked))


_WAYS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {GIVEN_UP: ("fallback", "error.flow.retries"), LATE: ("timeout", "error.flow.timeout")}
)
"""An end without answers → the port where it leads, and the error that it is where none does."""


def _ended(node: Node, plan: Plan, event: str, end: str) -> tuple[Transition, ...]:
    port, error = _WAYS[end]
    when = f"event.data.outcome == {quoted(end)}"
    return ways_or_error(plan, node.id, port, error, events=(event,), when=when)


def _may_be_late(config: Form) -> bool:
    """Whether a field has a deadline of its own."""
    return any(field.question.timeout is not None for field in config.fields)


def _around(node: Node, config: Form, plan: Plan, asked: State) -> State:
    """The form with what is said before it, its deadline, and the state that saves."""
    ident = plan.state(node.id)
    entry: list[Actions] = [says(config.message)] if config.message else []
    exit_: tuple[Actions, ...] = ()
    late: tuple[Transition, ...] = ()
    if config.timeout is not None:
        start, stop = timer(ident, Literal(config.timeout))
        entry.append(start)
        exit_ = (stop,)
        late = ways_or_error(
            plan, node.id, "timeout", "error.flow.timeout", events=(timeout(ident),)
        )
    output = (("output", Computed(parse("event.data.output"))),)
    save = () if config.variable is None else ((config.variable, Source("output")),)
    return State(
        ident,
        StateKind.COMPOUND,
        states=(asked, saving(node, plan, "~save", output, save, NEXT)),
        entry=tuple(entry),
        exit=exit_,
        transitions=late,
    )


def _flow_of(node: Node, config: Form, flow: Flow) -> Flow:
    """The questions in their order, as a flow with a variable for each.

    A variable is declared as the part of that one to which the answers go.
    """
    declared = None if config.variable is None else declaration_at(flow, config.variable)
    names = [field.name for field in config.fields]
    followers = [*names[1:], FILLED] if names else []
    questions = (
        Node(
            field.name,
            replace(field.question, variable=Source(field.name)),
            field.location,
        )
        for field in config.fields
    )
    ends = [Node(one, End(one)) for one in (FILLED, GIVEN_UP)]
    edges = [Edge(name, follower) for name, follower in zip(names, followers, strict=True)]
    edges += [Edge(name, GIVEN_UP, "fallback") for name in names]
    if _may_be_late(config):
        ends.append(Node(LATE, End(LATE)))
        edges += [Edge(name, LATE, "timeout") for name in names]
    return Flow(
        id=node.id,
        name=node.id,
        dialect="",
        entries=tuple(names[:1]) or (FILLED,),
        nodes=(*questions, *ends),
        edges=tuple(edges),
        variables=tuple(_kept(name, part_at(declared, (name,))) for name in names),
        locale=flow.locale,
        locales=flow.locales,
    )


def _kept(name: str, declared: Variable | None) -> Variable:
    """The variable of a field: it has no value until it is answered."""
    if declared is None:
        return Variable(name)
    return replace(declared, name=name, default=None, has_default=False, read_only=False)


def _submitted(ours: str, config: Form, inner: Plan) -> tuple[Transition, ...]:
    """All answers at once: taken if every one will do, else it is said which will not, and why."""
    tests = " && ".join([ours, _GIVEN, *(_will_do(one, inner) for one in config.fields)])
    actions = tuple(
        Assign((field.name,), Computed(parse(_taken(field, inner)))) for field in config.fields
    )
    told = {"invalid": _invalid(config, inner), "problems": _problems(config, inner)}
    wrong = text_bubble(phrase(SOME_WRONG, inner.flow), **told)
    return (
        # Internal: the variables of the fields belong to the state that it would leave.
        Transition(
            (inner.state(FILLED),), (SUBMITTED,), parse(tests), TransitionKind.INTERNAL, actions
        ),
        Transition(events=(SUBMITTED,), guard=parse(ours), actions=wrong),
    )


_GIVEN = f"{MAP_SENT} && type(event.data.?values.orValue(null)) == map"
"""CEL that says whether there are any answers."""


def _invalid(config: Form, inner: Plan) -> Content:
    """The names of the fields whose answers will not do, or are missing."""
    names = ", ".join(
        f"{_GIVEN} ? ({_will_do(field, inner)} ? '' : {quoted(field.name)}) : "
        f"{quoted('' if field.question.skip else field.name)}"
        for field in config.fields
    )
    return Computed(parse(f"[{names}].filter(n, n != '')"))


def _problems(config: Form, inner: Plan) -> Content:
    """The same fields, each with the reason, as ``{"field", "reason"}`` maps."""
    reasons = {field.name: _reason(field, inner) for field in config.fields}
    needed = phrases_by_locale(NEEDED, inner.flow)
    locales = dict.fromkeys(
        locale for those in (needed, *reasons.values()) for locale in those if locale
    )
    own, *others = (
        Computed(parse(_problems_in(config, inner, locale, needed, reasons)))
        for locale in ("", *locales)
    )
    return translated(own, dict(zip(locales, others, strict=True)))


def _problems_in(
    config: Form,
    inner: Plan,
    locale: str,
    needed: Mapping[str, str],
    reasons: Mapping[str, Mapping[str, str]],
) -> str:
    """CEL for the problems in a language."""
    missing = quoted(nearest(needed, locale))
    why = []
    for field in config.fields:
        wrong = quoted(nearest(reasons[field.name], locale))
        odd = f"({_left_out(field)} ? {missing} : {wrong})"
        judged = f"({_will_do(field, inner)} ? '' : {odd})"
        unsent = quoted("") if field.question.skip else missing
        reason = f"{_GIVEN} ? {judged} : {unsent}"
        why.append(f"{{'field': {quoted(field.name)}, 'reason': {reason}}}")
    return f"[{', '.join(why)}].filter(p, p.reason != '')"


def _reason(field: FormField, inner: Plan) -> Mapping[str, str]:
    """What is said to an answer that will not do, by language; ``""`` is that of the flow.

    What an author says with templates is not said here: it may tell of answers not given yet.
    """
    message = field.question.retry_message
    if message is not None:
        told = {"": message.text, **{one: each.text for one, each in message.translations.items()}}
        if not any("{{" in text for text in told.values()):
            return told
    return complaints(field.question, inner.variables.get(field.name), inner.flow)


def _value(field: FormField) -> str:
    return f"event.data.values[?{quoted(field.name)}]"


def _said(field: FormField, inner: Plan) -> Said:
    return Said(f"{_value(field)}.orValue(null)", local=bool(inner.flow.locale), sent="true")


def _left_out(field: FormField) -> str:
    """CEL that says whether there is no answer, or one that means that there is none."""
    value = f"{_value(field)}.orValue(null)"
    blank = f"{value} in [null, [], {{}}] || type({value}) == string && {value}.trim() == ''"
    words = field.question.skip
    says = f" || answer.says({value}, {cel(list(words))})" if words else ""
    return f"({blank}{says})"


def _will_do(field: FormField, inner: Plan) -> str:
    """CEL that says whether an answer will do; one that may be skipped may be left out."""
    declared = inner.variables[field.name]
    good = is_good(field.question, _choices(field), declared, _said(field, inner))
    return f"({_left_out(field)} || {good})" if field.question.skip else good


def _taken(field: FormField, inner: Plan) -> str:
    """CEL for what is kept of an answer; nothing of one that was left out."""
    value = saved(field.question, _choices(field), _said(field, inner))
    if not field.question.skip:
        return value
    return f"{_left_out(field)} ? dyn(optional.none()) : dyn({value})"


def _choices(field: FormField) -> str:
    if field.question.choices_from is not None:
        return choices_from_data(field.question.choices_from)
    return cel(
        [
            {"value": choice.value, "label": choice.label.text, "synonyms": _other_names(choice)}
            for choice in field.question.choices
        ]
    )


def _other_names(choice: Choice) -> list[str]:
    """What else means a choice, in all languages: a client may show them in any."""
    labels = (one.text for one in choice.label.translations.values())
    words = (word for those in choice.translated.values() for word in those)
    return list(dict.fromkeys((*choice.synonyms, *labels, *words)))
