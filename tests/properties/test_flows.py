"""Whatever an author draws: it compiles, the chart is legal, and a draft never crashes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statewright import compiler, flows
from statewright.flows.goals import Goal
from statewright.flows.model import (
    BUSINESS_HOURS,
    BusinessHours,
    Edge,
    ErrorPolicy,
    Flow,
    Inactivity,
    Node,
    Nudge,
    OnError,
    Settings,
    Variable,
)
from statewright.flows.nodes import (
    NEXT,
    Action,
    Approval,
    Arm,
    Assignment,
    Body,
    Break,
    Bubble,
    BubbleType,
    Button,
    ButtonAction,
    Catch,
    Choice,
    Client,
    Condition,
    Continue,
    Delay,
    End,
    ErrorClass,
    Form,
    FormField,
    Handoff,
    Help,
    Http,
    InHours,
    InputKind,
    Interrupt,
    Jump,
    Leave,
    Llm,
    Loop,
    LoopKind,
    Message,
    NodeConfig,
    Operation,
    Parallel,
    Question,
    Reminder,
    Schedule,
    Segment,
    Set,
    Source,
    Split,
    Start,
    Sticky,
    Subflow,
    Tag,
    Try,
    Unsupported,
    Validation,
    Value,
    Variant,
    arm_port,
    choice_port,
    outcome_port,
)
from statewright.flows.triggers import Trigger
from statewright.statechart import (
    Event,
    Macrostep,
    Status,
    macrostep,
    release_from_json,
    release_to_json,
    snapshot_from_json,
    snapshot_to_json,
    start,
)
from statewright.statechart.answering import Offer, answering
from statewright.statechart.structure.tree import tree_of
from statewright.statechart.triggers import ENTRY, Matching, TriggerKind

IDS = st.sampled_from(
    ["a", "b", "a.b", "a/b", "~talk", "~failed", "wait", "é✓", " ", "done.x", "0", "q." * 900]
)
EXPRESSIONS = st.sampled_from(
    [
        "true",
        "n > 1",
        "t == 'x'",
        "missing",
        "1 +",
        "n / 0 == 1",
        "vars['t'] == n",
        "[1, 2].all(i, i > n)",
    ]
)
TEMPLATES = st.sampled_from(
    [
        "plain",
        "",
        "{{ n }}",
        "Hi {{ t }}",
        "{{ missing }}",
        "{{ bro",
        "{{secret:key}}",
        "\x00",
        "{{ m.a.b }}",
    ]
)
PATHS = st.sampled_from(["n", "t", "m.a.b", "nowhere", "m['x y']", "1 + 1", ""])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | TEMPLATES,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=4,
)


def source(text: str) -> Source:
    return Source(text)


SOURCES = TEMPLATES.map(source)
BUBBLES = st.builds(
    Bubble,
    st.sampled_from(list(BubbleType)),
    st.lists(
        st.tuples(st.sampled_from(["text", "html", "url", "source"]), SOURCES), max_size=2
    ).map(lambda fields: tuple(dict(fields).items())),
)
TALK = st.lists(BUBBLES, max_size=2).map(tuple)
BUTTONS = st.builds(Button, SOURCES, st.sampled_from(list(ButtonAction)), SOURCES, st.booleans())
CHOICES = st.builds(Choice, st.sampled_from(["x", "y", 1, True]), SOURCES)

BODIES = st.builds(Body, st.sampled_from(["", "try"]), IDS)
QUESTIONS = st.builds(
    Question,
    TALK,
    st.sampled_from(list(InputKind)),
    st.none() | PATHS.map(source),
    st.lists(CHOICES, max_size=2).map(tuple),
    validation=st.builds(
        Validation,
        st.none() | st.sampled_from(["^x$", "(", "a{9999}"]).map(source),
        st.none() | st.integers(-2, 2).map(float),
        st.none() | st.integers(-2, 2).map(float),
    ),
    retries=st.none() | st.integers(0, 2),
    retry_message=st.none() | SOURCES,
    timeout=st.none() | st.integers(0, 10).map(lambda seconds: seconds * 1_000_000),
    choices_from=st.none() | EXPRESSIONS.map(source),
    skip=st.sampled_from([(), ("x",)]),
    help=st.none() | st.builds(Help, st.just(("x",)), SOURCES),
    reminder=st.none() | st.builds(Reminder, st.just(1_000_000), SOURCES, st.integers(1, 2)),
    window=st.sampled_from([0, 1_000_000]),
)

ZONES = st.sampled_from(["", "Europe/Berlin", "+01:00", "Nowhere/City"])
NAMES = st.lists(st.sampled_from(["vip", "a.b", ""]), max_size=2).map(tuple)
GOALS = st.builds(Goal, IDS)
HOURS = st.sampled_from(
    [{"days": {"mon-fri": "09:00-17:00"}}, {"days": {"thu": "00:00-24:00"}}, {"days": 1}, {}]
)
POLICIES = st.builds(
    ErrorPolicy,
    st.integers(0, 2),
    st.sampled_from([0, 1_000_000]),
    st.none() | st.sampled_from(list(OnError)),
    st.none() | GOALS,
)

CONFIGS: st.SearchStrategy[NodeConfig] = st.one_of(
    st.just(Start()),
    st.builds(
        Message,
        st.lists(st.builds(Variant, TALK, st.integers(1, 3)), min_size=1, max_size=2).map(tuple),
        st.lists(BUTTONS, max_size=2).map(tuple),
        st.booleans(),
    ),
    QUESTIONS,
    st.just(Condition()),
    st.builds(
        Set,
        st.lists(
            st.builds(
                Assignment,
                st.sampled_from(list(Operation)),
                PATHS.map(source),
                st.none() | JSON.map(Value),
            ),
            max_size=2,
        ).map(tuple),
    ),
    st.builds(
        Http,
        SOURCES,
        headers=st.just((("X", Source("{{ t }}")),)),
        body=st.none() | JSON.map(Value),
        save=st.lists(st.tuples(PATHS.map(source), EXPRESSIONS.map(source)), max_size=1).map(tuple),
        fallback=st.none() | JSON.map(Value),
    ),
    st.builds(
        Handoff,
        st.none() | JSON.map(Value),
        TALK,
        st.none() | SOURCES,
        st.booleans(),
        st.none() | st.just(1_000_000),
    ),
    st.builds(
        Delay,
        st.none() | st.integers(0, 5_000_000) | EXPRESSIONS.map(source),
        st.none() | EXPRESSIONS.map(source),
        st.none() | st.sampled_from(["1970-01-01", "2025-02-30"]).map(source),
        ZONES,
        st.sampled_from(list(InHours)),
    ),
    st.builds(Schedule, st.sampled_from(["* * * * *", "0 0 30 2 *", "x"]).map(source), ZONES),
    st.builds(Tag, NAMES, NAMES),
    st.builds(Segment, NAMES, NAMES),
    st.just(Jump()),
    st.just(Continue()),
    st.just(Break()),
    st.just(Leave()),
    st.builds(
        Loop,
        st.sampled_from(list(LoopKind)),
        EXPRESSIONS.map(source),
        BODIES,
        st.sampled_from(["", "item", "n", "~over"]),
        st.sampled_from(["", "i"]),
        st.integers(1, 3),
    ),
    st.builds(
        Try,
        BODIES,
        st.lists(
            st.builds(
                Catch,
                st.lists(st.sampled_from(list(ErrorClass)), max_size=2).map(tuple),
                st.builds(Body, st.just("catch1"), IDS),
                st.sampled_from(["", "problem"]),
            ),
            max_size=1,
        ).map(tuple),
        st.none() | st.builds(Body, st.just("finally"), IDS),
    ),
    st.builds(
        Parallel,
        st.tuples(st.builds(Body, st.just(""), IDS), st.builds(Body, st.just("right"), IDS)),
        st.integers(1, 3),
    ),
    st.builds(
        Interrupt,
        BODIES,
        st.lists(SOURCES, max_size=2).map(tuple),
        st.none() | st.sampled_from(["^x$", "("]).map(source),
        st.sampled_from(["", "odd.event", "message"]),
        st.none() | EXPRESSIONS.map(source),
    ),
    st.builds(
        Subflow,
        st.sampled_from(["inner", "nowhere"]).map(source),
        st.lists(st.tuples(PATHS.map(source), JSON.map(Value)), max_size=1).map(tuple),
        st.lists(st.tuples(PATHS.map(source), EXPRESSIONS.map(source)), max_size=1).map(tuple),
    ),
    st.builds(
        Action,
        st.sampled_from(["label", "a b", ""]),
        st.lists(st.tuples(IDS, JSON.map(Value)), max_size=1).map(tuple),
        st.booleans(),
        st.lists(st.tuples(PATHS.map(source), EXPRESSIONS.map(source)), max_size=1).map(tuple),
    ),
    st.builds(Llm, SOURCES, SOURCES, st.none() | SOURCES, st.none() | JSON),
    st.builds(Client, st.sampled_from(["run", ""]), timeout=st.none() | st.just(1_000_000)),
    st.builds(Approval, SOURCES, st.none() | JSON.map(Value), TALK),
    st.builds(
        Split,
        st.lists(st.builds(Arm, st.sampled_from("xy"), st.integers(0, 2)), max_size=2).map(tuple),
        st.sampled_from(list(Sticky)),
        st.none() | PATHS.map(source),
    ),
    st.builds(
        Form,
        st.lists(
            st.builds(FormField, st.sampled_from(["x", "y z"]), QUESTIONS),
            max_size=2,
            unique_by=lambda field: field.name,
        ).map(tuple),
        TALK,
        st.none() | PATHS.map(source),
        st.none() | st.just(1_000_000),
    ),
    st.builds(End, message=TALK, failed=st.booleans()),
    st.just(Unsupported("script")),
)
PORTS = st.sampled_from(
    [
        *(NEXT, "else", "branch", "success", "error", "fallback", "timeout", choice_port("x")),
        *("break", "limit", "skip", "rejected", arm_port("x"), outcome_port("completed"), "odd"),
    ]
)
DRAWINGS = st.builds(
    Flow,
    st.just("f"),
    st.just("F"),
    st.just("native"),
    entries=st.lists(IDS, max_size=2).map(tuple),
    nodes=st.lists(
        st.builds(
            Node,
            IDS,
            CONFIGS,
            disabled=st.booleans(),
            container=st.sampled_from(["a", "b", "wait", "nowhere"]),
            body=st.sampled_from(["", "try", "catch1", "finally", "right"]),
            on_error=st.none() | POLICIES,
        )
        | st.builds(
            Node, IDS, CONFIGS, disabled=st.booleans(), on_error=st.none() | st.none() | POLICIES
        ),
        min_size=0,
        max_size=8,
    ).map(tuple),
    edges=st.lists(
        st.builds(Edge, IDS, IDS, PORTS, st.none() | EXPRESSIONS.map(source)), max_size=12
    ).map(tuple),
    variables=st.just(
        (
            Variable("n", "int", 1, has_default=True),
            Variable("t", "string", input=True),
            Variable("m", "map"),
            Variable(BUSINESS_HOURS, "map", {"days": {"thu": "00:00-24:00"}}, has_default=True),
        )
    ),
    triggers=st.lists(
        st.builds(
            Trigger,
            st.sampled_from(["t", "u", "~trigger"]),
            st.sampled_from(list(TriggerKind)),
            st.none() | GOALS,
            st.none() | EXPRESSIONS.map(source),
            st.just(((Source("t"), Value("{{ event.data.a }}")), (Source("x"), Value(1)))),
            words=st.lists(TEMPLATES.map(source), max_size=1).map(tuple),
            matching=st.sampled_from(list(Matching)),
            event=st.sampled_from(["odd", "odd.event", ""]),
            cron=st.sampled_from(["", "* * * * *"]),
            zone=ZONES,
        ),
        max_size=3,
    ).map(tuple),
    settings=st.builds(
        Settings,
        st.sampled_from(list(OnError)),
        IDS,
        st.none() | st.just(60_000_000),
        st.just(200),
        st.integers(0, 1),
        st.sampled_from([0, 1_000_000]),
        ZONES,
        st.none() | st.builds(BusinessHours, HOURS, st.none() | GOALS),
        st.none()
        | st.builds(
            Inactivity,
            st.just(3_000_000),
            st.lists(st.builds(Nudge, st.just(1_000_000), TALK), max_size=1).map(tuple),
            to=st.none() | GOALS,
        ),
    ),
)


def running(outer: Flow, inner: Flow) -> Flow:
    """A flow that runs another one wherever a node of it names that."""
    return replace(outer, subflows={"inner": inner})


FLOWS = st.builds(running, DRAWINGS, DRAWINGS)
EVENTS = st.lists(
    st.sampled_from(
        [
            ("message", {"text": "x"}),
            ("message", {"text": ""}),
            ("message", {"value": 1}),
            ("message", {}),
            ("message", None),
            ("acknowledge", None),
            ("tick", None),
            ("odd.event", {"a": [1]}),
            ("client.result", {"result": 1}),
            ("client.error", None),
            ("approval.decided", {"approved": True}),
            ("approval.decided", "no"),
            ("form.submit", {"values": {"x": "x", "y z": 1}}),
            ("form.submit", []),
            ("handoff.resolved", None),
        ]
    ),
    max_size=8,
)


def after(step: Macrostep, name: str, data: Any, now: int) -> Event:
    """The event; or, every other time, the result of what is pending."""
    if step.snapshot.invocations and now % 2:
        invocation = step.snapshot.invocations[0]
        result = {"status": 200, "body": {"a": 1}}
        return Event(f"done.invoke.{invocation.name}", result, now, invocation=invocation.id)
    return Event(name, data, now)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(FLOWS, EVENTS)
def test_any_drawing_compiles_and_its_draft_talks(
    flow: Flow, events: list[tuple[str, Any]]
) -> None:
    compilation = compiler.compile(flow)
    assert all(str(finding) for finding in compilation.findings)
    draft = compilation.draft()
    tree_of(draft.statechart)
    assert release_from_json(release_to_json(draft)) == draft
    offers = [Offer("f", draft.triggers)]
    given = {"t": "x"}
    for name, data in events:
        for begun in answering(Event(name, data), offers):
            given |= {key: begun.inputs[key] for key in begun.inputs if key == ENTRY}
    step = start(draft.statechart, session="s", seed="s", now=0, data=given)
    for number, (name, data) in enumerate(events, 1):
        if step.snapshot.status is not Status.ACTIVE:
            break
        text = snapshot_to_json(step.snapshot)
        event = after(step, name, data, number * 1_000_001)
        step = macrostep(draft.statechart, snapshot_from_json(text), event)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_compile_to_findings(content: bytes) -> None:
    assert compiler.compile(flows.parse(content)).errors


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_flow_with_anything_in_it_is_a_flow_with_findings(data: st.DataObject) -> None:
    text = (
        "statewright: 1\nid: f\nstart: a\nvariables: {n: int}\nnodes:\n"
        "  a: {type: question, text: Hi, input: choice, choices: [x, y], variable: n, next: b}\n"
        "  b: {type: condition, branches: [{if: 'n > 1', to: c}], else: c}\n"
        "  c: {type: end, text: '{{ n }}'}\n"
    )
    start_at = data.draw(st.integers(0, len(text)))
    end_at = data.draw(st.integers(start_at, min(len(text), start_at + 12)))
    inserted = data.draw(
        st.text(max_size=8) | st.sampled_from(["&a *a", "[" * 300, "9" * 400, "!!x", "{{"])
    )
    compilation = compiler.compile(flows.parse(text[:start_at] + inserted + text[end_at:]))
    step = start(compilation.draft().statechart, session="s", seed="s", now=0)
    if step.snapshot.status is Status.ACTIVE:
        macrostep(
            compilation.draft().statechart, step.snapshot, Event("message", {"text": inserted}, 1)
        )
