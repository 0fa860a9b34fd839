"""Whatever stands in an SCXML document: it is read, what is wrong is found, and a draft runs."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statewright import compiler
from statewright.statechart import (
    Event,
    Status,
    chart_from_json,
    chart_to_json,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
    start,
)

NAMESPACE = "http://www.w3.org/2005/07/scxml"
IDS = st.sampled_from(["a", "b", "c", "a.b", "é", "", "x y", "~a", "*"])
EVENTS = st.sampled_from(["e", "e.*", "*", "done.state.a", "error", "", "e f", "..", "tick"])
EXPRESSIONS = st.sampled_from(
    ["1", "x + 1", "'a'", "[1]", "_event.data", "In('a')", "1 +", "", "x === 1", "now", "f()", "{}"]
)
TIMES = st.sampled_from(["1s", ".5s", "10ms", "soon", "", "-1s"])
TARGETS = st.sampled_from(["#_parent", "#_internal", "#_i", "#_scxml_s", "crm", "", "#_"])
NAMES = ("x", "i", "event", "x.y", "x[0]", "", "_event")


def attributes(**values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Some of these attributes, as they stand in a tag."""
    some = st.fixed_dictionaries({}, optional=dict(values))
    return some.map(lambda given: "".join(f' {name}="{value}"' for name, value in given.items()))


def element(
    name: str, given: st.SearchStrategy[str], *inner: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    """An element with a few others inside it."""
    body = st.lists(st.one_of(*inner), max_size=3).map("".join) if inner else st.just("")
    return st.builds(lambda attrs, inside: f"<{name}{attrs}>{inside}</{name}>", given, body)


PARAM = element("param", attributes(name=IDS, expr=EXPRESSIONS, location=st.sampled_from(NAMES)))
CONTENT = element("content", attributes(expr=EXPRESSIONS), st.sampled_from(["text", "[1]", "<p/>"]))
SEND = element(
    "send",
    attributes(
        event=EVENTS,
        eventexpr=EXPRESSIONS,
        target=TARGETS,
        targetexpr=EXPRESSIONS,
        type=st.sampled_from(["scxml", "effect", "http"]),
        delay=TIMES,
        delayexpr=EXPRESSIONS,
        id=IDS,
        idlocation=st.sampled_from(NAMES),
        namelist=st.sampled_from(NAMES),
    ),
    PARAM,
    CONTENT,
)
SIMPLE = st.one_of(
    SEND,
    element("raise", attributes(event=EVENTS)),
    element("log", attributes(label=IDS, expr=EXPRESSIONS)),
    element("cancel", attributes(sendid=IDS, sendidexpr=EXPRESSIONS)),
    element("assign", attributes(location=st.sampled_from(NAMES), expr=EXPRESSIONS), CONTENT),
    element("script", attributes(src=IDS), st.sampled_from(["x = 1", "f()", "x++"])),
    st.sampled_from(["<odd/>", "text", "<!-- comment -->", "<else/>"]),
)
ACTIONS = st.one_of(
    SIMPLE,
    element("if", attributes(cond=EXPRESSIONS), SIMPLE, st.sampled_from(["<else/>", "<elseif/>"])),
    element(
        "foreach",
        attributes(array=EXPRESSIONS, item=st.sampled_from(NAMES), index=st.sampled_from(NAMES)),
        SIMPLE,
    ),
)
DATA = element("data", attributes(id=st.sampled_from(NAMES), expr=EXPRESSIONS, src=IDS))
TRANSITION = element(
    "transition",
    attributes(
        event=EVENTS, cond=EXPRESSIONS, target=IDS, type=st.sampled_from(["internal", "external"])
    ),
    ACTIONS,
)
INVOKE = element(
    "invoke",
    attributes(
        id=IDS,
        idlocation=st.sampled_from(NAMES),
        type=st.sampled_from(["scxml", "http", ""]),
        src=st.sampled_from(["self", "nowhere"]),
        srcexpr=st.sampled_from(["'self'", "x"]),
        autoforward=st.sampled_from(["true", "false", "maybe"]),
        namelist=st.sampled_from(NAMES),
    ),
    PARAM,
    element("finalize", st.just(""), ACTIONS),
    st.just("<content><scxml><state id='x'/><final id='y'/></scxml></content>"),
)
PARTS = st.one_of(
    TRANSITION,
    element("onentry", st.just(""), ACTIONS),
    element("onexit", st.just(""), ACTIONS),
    element("datamodel", st.just(""), DATA),
    INVOKE,
    element("history", attributes(id=IDS, type=st.sampled_from(["deep", "odd"])), TRANSITION),
    element("initial", st.just(""), TRANSITION),
)
STATE: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        element("state", attributes(id=IDS, initial=IDS), PARTS, STATE),
        element("parallel", attributes(id=IDS), PARTS, STATE),
        element("final", attributes(id=IDS), element("donedata", st.just(""), PARAM, CONTENT)),
    )
)
DOCUMENTS = st.builds(
    lambda given, parts: f'<scxml xmlns="{NAMESPACE}"{given}>{"".join(parts)}</scxml>',
    attributes(
        initial=IDS,
        name=IDS,
        datamodel=st.sampled_from(["cel", "ecmascript", "null", "xpath"]),
        binding=st.sampled_from(["late", "early"]),
    ),
    st.lists(st.one_of(STATE, STATE, element("datamodel", st.just(""), DATA)), max_size=4),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOCUMENTS, st.lists(st.sampled_from(["e", "e.f", "done", "tick"]), max_size=4))
def test_any_document_is_read_and_its_draft_runs(text: str, names: list[str]) -> None:
    compilation = compiler.compile_scxml(text, documents={"self": text})
    assert all(str(finding) for finding in compilation.findings)
    chart = compilation.draft().statechart
    assert chart_from_json(chart_to_json(chart)) == chart
    step = start(chart, session="s", seed="s", now=0)
    for number, name in enumerate(names, 1):
        if step.snapshot.status is not Status.ACTIVE:
            break
        back = snapshot_from_json(snapshot_to_json(step.snapshot))
        event = Event("e" if name == "done" else name, now=number * 1_000_000)
        again = macrostep(chart, back, event)
        step = macrostep(chart, step.snapshot, event)
        assert again == step


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_document_with_anything_in_it_is_a_document_with_findings(data: st.DataObject) -> None:
    text = (
        f'<?xml version="1.0"?><scxml xmlns="{NAMESPACE}" initial="a"><datamodel>'
        '<data id="x" expr="1"/></datamodel><state id="a"><onentry><send event="e" delay="1s"/>'
        '</onentry><transition event="e" cond="x &lt; 2" target="b"/></state><final id="b"/></scxml>'
    )
    start_at = data.draw(st.integers(0, len(text)))
    end_at = data.draw(st.integers(start_at, min(len(text), start_at + 12)))
    inserted = data.draw(
        st.text(max_size=8)
        | st.sampled_from(
            ["<!DOCTYPE a>", "&x;", "<a>" * 300, "]]>", "<![CDATA[", "\x00", "\ud800"]
        )
    )
    compilation = compiler.compile_scxml(text[:start_at] + inserted + text[end_at:])
    start(compilation.draft().statechart, session="s", seed="s", now=0)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=100) | st.text(max_size=100).map(lambda text: f"<scxml>{text}</scxml>"))
def test_any_text_is_read_to_findings(content: bytes | str) -> None:
    compilation = compiler.compile_scxml(content)
    start(compilation.draft().statechart, session="s", seed="s", now=0)
