"""Machines written in SCXML: what they become, and what is said of what cannot be read."""

from __future__ import annotations

from typing import Any

import pytest

from statewright import compiler
from statewright.compiler import Compilation
from statewright.errors import FlowRejected
from statewright.statechart import (
    EffectKind,
    Event,
    Macrostep,
    StateKind,
    Status,
    TransitionKind,
    macrostep,
    release_from_json,
    release_to_json,
    start,
)

NAMESPACE = "http://www.w3.org/2005/07/scxml"


def compiled(body: str, root: str = 'datamodel="cel"', **options: Any) -> Compilation:
    """A document with this inside its outermost element."""
    text = f'<scxml xmlns="{NAMESPACE}" version="1.0" {root}>\n{body}\n</scxml>'
    return compiler.compile_scxml(text, **options)


def begun(compilation: Compilation) -> Macrostep:
    return start(compilation.draft().statechart, session="s", seed="x", now=0)


def states_of(step: Macrostep) -> list[str]:
    return list(step.snapshot.configuration)


def findings_of(compilation: Compilation) -> list[tuple[str, int, str]]:
    return [(one.code, one.location.line, one.message) for one in compilation.findings]


def test_a_transition_for_the_reserved_event_tick_is_told() -> None:
    compilation = compiled('<state id="a">\n<transition event="b tick" target="a"/></state>')
    assert findings_of(compilation) == [
        ("R006", 3, "from outside, the event `tick` lets time pass and enables nothing")
    ]
    compilation.release()


def test_a_document_becomes_a_chart_that_can_be_released() -> None:
    compilation = compiled(
        """
        <datamodel>
          <data id="n" expr="1"/><data id="list">[1, 2.5, {"a": null}]</data><data id="out"/>
        </datamodel>
        <state id="a">
          <onentry><log label="n" expr="n"/></onentry>
          <onexit><assign location="out.last" expr="'a'"/></onexit>
          <transition event="go.* again" cond="n == 1" target="p" type="internal">
            <if cond="n &gt; 1"><raise event="big"/><elseif cond="n &lt; 0"/><else/>
              <foreach array="list" item="one" index="at"><assign location="n" expr="n + 1"/></foreach>
            </if>
          </transition>
        </state>
        <parallel id="p">
          <history id="h" type="deep"><transition target="r1"/></history>
          <state id="r" initial="r1"><state id="r1"/><final id="r2"/></state>
          <state id="q"><initial><transition target="q1"><raise event="x"/></transition></initial>
            <state id="q1"/></state>
        </parallel>
        <final id="z"><donedata><param name="n" expr="n"/></donedata></final>
        """,
        'name="whole" initial="a" datamodel="cel"',
        file="machines/whole.scxml",
    )
    assert compilation.findings == ()
    release = compilation.release()
    assert release_from_json(release_to_json(release)) == release
    chart = release.statechart
    assert (chart.name, compilation.flow.id, chart.inputs) == (
        "whole",
        "whole",
        ("n", "list", "out"),
    )
    kinds = [state.kind for state in chart.states]
    assert kinds == [StateKind.ATOMIC, StateKind.PARALLEL, StateKind.FINAL]
    assert chart.states[0].transitions[0].kind is TransitionKind.INTERNAL
    assert release.source_map["a#0"].line == 9
    assert release.source_map["r2"].line == 17


def test_a_machine_runs_with_values_time_and_events() -> None:
    compilation = compiled(
        """
        <datamodel><data id="total" expr="0"/><data id="id"/></datamodel>
        <state id="wait">
          <onentry><send event="late" delay=".5s" idlocation="id">
            <param name="n" expr="20"/><param name="m" location="total"/>
          </send></onentry>
          <transition event="late" cond="_event.sendid == id" target="done">
            <assign location="total" expr="_event.data.n + _event.data.m + 1"/>
          </transition>
        </state>
        <final id="done"><donedata><content expr="total"/></donedata></final>
        """
    )
    assert compilation.findings == ()
    chart = compilation.statechart
    step = macrostep(chart, begun(compilation).snapshot, Event("tick", now=500_000))
    assert (step.snapshot.status, step.snapshot.output) == (Status.COMPLETED, 21)


def test_system_variables_have_our_names() -> None:
    compilation = compiled(
        """
        <datamodel><data id="seen" expr="[]"/></datamodel>
        <state id="a">
          <transition event="e" cond="has(_event.data.x) &amp;&amp; 'type' in _event">
            <assign location="seen"
              expr="[_event.name, _event.type, _event['type'], _sessionid, _name,
                     _ioprocessors.scxml.location, string(has(_event.sendid)), _event.data.x]"/>
          </transition>
        </state>
        """,
        'datamodel="cel" name="machine"',
    )
    assert compilation.findings == ()
    step = begun(compilation)
    step = macrostep(compilation.statechart, step.snapshot, Event("e", {"x": "v"}))
    assert step.snapshot.data[""]["seen"] == [
        *("e", "external", "external", "s", "machine", "#_scxml_s", "false", "v")
    ]


def test_what_is_late_gets_its_value_when_its_state_is_first_entered() -> None:
    compilation = compiled(
        """
        <datamodel><data id="log" expr="[]"/></datamodel>
        <state id="a">
          <onentry><assign location="log" expr="log + ['late' in vars]"/></onentry>
          <transition event="go" target="b"/>
        </state>
        <state id="b">
          <datamodel><data id="late" expr="1"/><data id="bad" expr="1 / 0"/></datamodel>
          <onentry><assign location="log" expr="log + [late]"/></onentry>
          <onentry><assign location="late" expr="late + 1"/></onentry>
          <transition event="go" target="b"/>
        </state>
        """,
        'binding="late"',
    )
    assert compilation.findings == ()
    step = begun(compilation)
    for _ in range(2):
        step = macrostep(compilation.statechart, step.snapshot, Event("go"))
    assert step.snapshot.data[""]["log"] == [False, 1, 2]


def test_early_variables_of_a_state_live_as_long_as_the_session() -> None:
    compilation = compiled(
        """
        <state id="a"><transition cond="n == 1" target="b"/></state>
        <state id="b"><datamodel><data id="n" expr="1"/></datamodel></state>
        """
    )
    assert states_of(begun(compilation)) == ["b"]
    assert compilation.statechart.inputs == ()


def test_a_machine_inside_a_machine_is_invoked() -> None:
    compilation = compiled(
        f"""
        <datamodel><data id="n" expr="1"/><data id="out"/></datamodel>
        <state id="a">
          <invoke id="child" autoforward="true" namelist="n">
            <param name="m" expr="40"/>
            <content>
              <scxml xmlns="{NAMESPACE}" name="inner" datamodel="cel">
                <datamodel><data id="n"/><data id="m" expr="0"/></datamodel>
                <state id="x"><transition event="go" target="y"/></state>
                <final id="y"><donedata><param name="n" expr="n + m + 1"/></donedata></final>
              </scxml>
            </content>
            <finalize><assign location="out" expr="event.data.n"/></finalize>
          </invoke>
          <transition event="done.invoke.child" cond="out == 42" target="z"/>
        </state>
        <state id="z"/>
        """
    )
    assert compilation.findings == ()
    chart = compilation.statechart
    assert [inner.name for inner in chart.charts.values()] == ["inner"]
    step = begun(compilation)
    assert [child.snapshot.configuration for child in step.snapshot.children] == [("x",)]
    assert states_of(macrostep(chart, step.snapshot, Event("go"))) == ["z"]


def test_a_parameter_without_a_value_starts_nothing() -> None:
    compilation = compiled(
        """
        <datamodel><data id="out"/></datamodel>
        <state id="a">
          <invoke namelist="out"><content><scxml><final id="y"/></scxml></content></invoke>
          <transition event="error.execution" target="z"/>
        </state>
        <state id="z"/>
        """
    )
    assert states_of(begun(compilation)) == ["z"]


def test_work_of_the_world_is_invoked_by_its_type() -> None:
    compilation = compiled(
        """
        <state id="a">
          <invoke id="call" type="http"><param name="url" expr="'https://example.org'"/></invoke>
          <transition event="done.invoke.call" target="b"/>
        </state>
        <state id="b"><onentry>
          <send type="effect" target="crm" event="lead.new"><content>{"n": 1}</content></send>
        </onentry></state>
        """
    )
    assert compilation.findings == ()
    step = begun(compilation)
    (effect,) = step.effects
    assert (effect.data["type"], effect.data["params"]) == ("http", {"url": "https://example.org"})
    result = Event("done.invoke.call", {"ok": True}, invocation=effect.id)
    (sent,) = macrostep(compilation.statechart, step.snapshot, result).effects
    assert sent.kind is EffectKind.SEND
    assert sent.data == {"data": {"n": 1}, "event": "lead.new", "target": "crm"}


def test_documents_that_are_named_are_read_only_if_they_are_given() -> None:
    body = """
        <datamodel><data id="list" src="list.json"/><data id="which" expr="'other.scxml'"/></datamodel>
        <state id="a">
          <invoke src="child.scxml"/>
          <transition event="done.invoke" cond="size(list) == 2" target="b"/>
        </state>
        <state id="b"><invoke srcexpr="which"/><transition event="done.invoke" target="c"/></state>
        <state id="c"/>
        """
    child = f'<scxml xmlns="{NAMESPACE}"><final id="z"/></scxml>'
    documents = {"list.json": "[1, 2]", "child.scxml": child, "other.scxml": child}
    compilation = compiled(body, documents=documents)
    assert compilation.findings == ()
    assert states_of(begun(compilation)) == ["c"]
    alone = compiled(body)
    assert findings_of(alone) == [
        ("R006", 3, "nothing is read from `list.json`: a document is read by itself"),
        ("R006", 5, "nothing is read from `child.scxml`: a document is read by itself"),
    ]
    assert states_of(begun(alone)) == ["a"]


def test_conditions_in_ecmascript_become_cel() -> None:
    compilation = compiled(
        """
        <datamodel><data id="x" expr="1"/><data id="o" expr="{a: [1, 2], 'b': 'c'}"/></datamodel>
        <script>x = x + 1; // and that is all</script>
        <state id="a">
          <transition event="e" cond="_event.data.n === x &amp;&amp; o.a !== 3" target="b">
            <script>x *= 10; o.d = 'n' + x</script>
          </transition>
        </state>
        <state id="b"/>
        """,
        'datamodel="ecmascript"',
    )
    assert compilation.findings == ()
    guard = compilation.statechart.states[0].transitions[0].guard
    assert guard is not None
    assert guard.text == "event.data.n == x && o.a != 3"
    step = macrostep(compilation.statechart, begun(compilation).snapshot, Event("e", {"n": 2}))
    assert step.snapshot.data[""]["x"] == 20
    assert step.snapshot.data[""]["o"] == {"a": [1, 2], "b": "c", "d": "n20"}


def test_what_an_ecmascript_document_asks_is_true_where_javascript_says_so() -> None:
    compilation = compiled(
        """
        <datamodel>
          <data id="open" expr="false"/><data id="count" expr="0"/><data id="note"/>
        </datamodel>
        <state id="a">
          <transition event="e" cond="open" target="wrong"/>
          <transition event="e" cond="count || note" target="wrong"/>
          <transition event="e" cond="!open &amp;&amp; !note &amp;&amp; !_event.data" target="b">
            <assign location="open" expr="count === 0"/>
          </transition>
        </state>
        <state id="b"><transition event="e" cond="open &amp;&amp; _event.data.n" target="c"/></state>
        <state id="c"/><state id="wrong"/>
        """,
        'datamodel="ecmascript"',
    )
    assert compilation.findings == ()
    first = compilation.statechart.states[0].transitions[0].guard
    assert first is not None
    assert first.text == "open"
    step = macrostep(compilation.statechart, begun(compilation).snapshot, Event("e"))
    assert step.snapshot.configuration == ("b",)
    step = macrostep(compilation.statechart, step.snapshot, Event("e", {"n": "yes"}))
    assert step.snapshot.configuration == ("c",)
    assert step.incidents == ()


@pytest.mark.parametrize(
    ("body", "root", "code", "message"),
    [
        ('<state id="a"><transition target="b"/></state>', "", "S103", "there is no state `b`"),
        ('<state id="a"/><state id="a"/>', "", "S104", "two states have the id `a`"),
        (
            '<datamodel><data id="x"/><data id="x"/></datamodel><state id="a"/>',
            *("", "S104", "the variable `x` is declared twice; this one is left out"),
        ),
        ('<state id="a" initail="b"/>', "", "R003", "`<state>` has no attribute `initail`"),
        ("<state><onenter/></state>", "", "R003", "`<onenter>` has no place in `<state>`"),
        ("<states/>", "", "R003", "`<states>` has no place in `<scxml>`"),
        (
            "<state><onentry><assing/></onentry></state>",
            *("", "R003", "`<assing>` is no executable content that is read here"),
        ),
        (
            '<state id="a"><transition event="a" cond="n +"/></state>',
            *("", "G301", "expected a value, found the end"),
        ),
        (
            '<state id="a"><onentry><send event="x" delay="soon"/></onentry></state>',
            *("", "R004", "`soon` is no time; write something like `1.5s` or `200ms`"),
        ),
        (
            '<state id="a"><onentry><send event="x" target="crm"/></onentry></state>',
            *("", "R004", "`crm` is no session; this send always fails"),
        ),
        (
            '<state id="a"><onentry><send event="x" type="basichttp"/></onentry></state>',
            *("", "R006", "there is no I/O processor `basichttp`; this send always fails"),
        ),
        (
            '<state id="a"><onentry><raise/></onentry></state>',
            *("", "R005", "`<raise>` needs the attribute `event`"),
        ),
        (
            '<state id="a"><onentry><send event="x" eventexpr="y"/></onentry></state>',
            *("", "R004", "`<send>` has both `event` and `eventexpr`; use one of them"),
        ),
        (
            '<state id="a"><onentry><assign location="a[0]" expr="1"/></onentry></state>',
            *("", "R004", "`a[0]` is no place that can be written to"),
        ),
        (
            '<state id="a"><onentry><script>x</script></onentry></state>',
            *("", "R006", "a `<script>` is not run in the datamodel `cel`"),
        ),
        ('<state id="a"><history id="h"/></state>', "", "R005", "the history `h` needs one transition: where it leads at first"),
        ('<parallel id="a"><final id="b"/></parallel>', "", "R003", "`<final>` has no place in `<parallel>`"),
        (
            '<state id="a"><transition cond="x == 1" event="e"/></state>',
            *('datamodel="null"', "R006", "`x == 1` is not `In('id')`, all that the datamodel `null` knows"),
        ),
        (
            '<state id="a"><transition cond="f(x) ? 1 : 2" event="e"/></state>',
            *('datamodel="ecmascript"', "R006", "this is no plain expression of ECMAScript: `f()` has no counterpart; it always fails"),
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_with_its_line(
    body: str, root: str, code: str, message: str
) -> None:
    compilation = compiled(body, root)
    assert (code, 2, message) in findings_of(compilation)
    with pytest.raises(FlowRejected):
        compilation.release()
    begun(compilation)


@pytest.mark.parametrize(
    ("root", "code", "message"),
    [
        ('datamodel="xpath"', "R006", "there is no datamodel `xpath`; it is read as `cel`"),
        ('binding="never"', "R004", "`binding` is `early` or `late`, not `never`"),
        ('initial="b"', "S103", "there is no state `b`"),
        ('initail="a"', "R003", "`<scxml>` has no attribute `initail`"),
    ],
)
def test_what_is_wrong_with_the_outermost_element_is_found(
    root: str, code: str, message: str
) -> None:
    compilation = compiled('<state id="a"/>', root)
    assert findings_of(compilation) == [(code, 1, message)]
    assert states_of(begun(compilation)) == ["a"]


def test_targets_that_exclude_each_other_are_found_where_they_stand() -> None:
    compilation = compiled('<state id="a"/>\n<state id="b"><transition target="a b"/></state>')
    ((code, line, message),) = findings_of(compilation)
    assert (code, line) == ("R004", 3)
    assert "never active together" in message
    assert begun(compilation).snapshot.status is Status.FAILED


def test_a_finding_points_into_the_expression() -> None:
    compilation = compiled('<state id="a"><transition event="e" cond="1 + )"/></state>')
    (finding,) = compilation.findings
    line = '<state id="a"><transition event="e" cond="1 + )"/></state>'
    assert finding.location.column == line.index(")") + 1


def test_names_that_nobody_declares_are_warned_of() -> None:
    compilation = compiled(
        """
        <state id="a">
          <onentry><foreach array="[1]" item="one"><log expr="one"/></foreach></onentry>
          <transition event="e" cond="missing == 1"/>
          <transition event="e" cond="'text'"><assign location="nowhere" expr="1"/></transition>
        </state>
        """
    )
    assert [(one.severity, one.location.line) for one in compilation.findings] == [
        *(("warning", 5), ("warning", 6), ("warning", 6))
    ]
    compilation.release()


def test_elements_of_others_are_left_out_with_a_warning() -> None:
    compilation = compiled(
        """
        <state id="a" xmlns:v="urn:viz" v:x="1">
          <v:view x="1"><state id="b"/></v:view>
        </state>
        """
    )
    assert [finding.severity for finding in compilation.findings] == ["warning", "warning"]
    assert states_of(begun(compilation)) == ["a"]


def test_a_document_without_a_namespace_is_read_with_a_warning() -> None:
    compilation = compiler.compile_scxml('<scxml version="1.0"><state id="a"/></scxml>')
    assert [finding.severity for finding in compilation.findings] == ["warning"]
    assert states_of(begun(compilation)) == ["a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is no XML: no element found"),
        ("<scxml>", "this is no XML: no element found"),
        ("<a>\n<b></a>", "this is no XML: mismatched tag"),
        ("{}", "this is no XML: not well-formed (invalid token)"),
        ("<html/>", "an SCXML document begins with `<scxml>`, not `<html>`"),
        (b"\xff\xfeabc", "the byte 0x63 does not belong into utf-16-le"),
        (b"<a>\x80</a>", "the byte 0x80 does not belong into utf-8"),
        (b'<?xml version="1.0" encoding="ebcdic"?><a/>', "the encoding `ebcdic` is not read here"),
        ("<a>\ud800</a>", "half of a surrogate pair is no character"),
        ("<a>" * 200 + "</a>" * 200, "more than 160 elements lie inside each other"),
        ("<a>" + " " * 5_000_000 + "</a>", "the text is longer than 5,000,000 bytes"),
    ],
)
def test_what_is_no_document_is_one_finding(text: str | bytes, message: str) -> None:
    compilation = compiler.compile_scxml(text)
    assert compilation.findings[0].code == "R001"
    assert compilation.findings[0].message == message
    assert begun(compilation).snapshot.status is Status.FAILED


BOMB = (
    '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><scxml name="&c;"><state id="a"/></scxml>'
)
OUTSIDE = '<!DOCTYPE a SYSTEM "file:///etc/passwd"><scxml><state id="a"/></scxml>'
ENTITY = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><scxml name="&x;"/>'
UNKNOWN = '<scxml name="&x;"><state id="a"/></scxml>'
PARAMETER = '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]><scxml/>'


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, ENTITY, UNKNOWN, PARAMETER])
def test_nothing_is_expanded_and_nothing_is_loaded(text: str) -> None:
    compilation = compiler.compile_scxml(text)
    (finding,) = compilation.findings
    assert finding.code == "R001"
    assert finding.message in {
        "a document type or an entity is not read here",
        "this is no XML: undefined entity",
    }


def test_xinclude_is_left_alone() -> None:
    compilation = compiled(
        '<state id="a" xmlns:xi="http://www.w3.org/2001/XInclude">'
        '<xi:include href="file:///etc/passwd" parse="text"/></state>'
    )
    assert [finding.code for finding in compilation.findings] == ["R006"]


@pytest.mark.parametrize(
    "content",
    [
        '<?xml version="1.0" encoding="ISO-8859-1"?><scxml name="é"><state id="a"/></scxml>'.encode(
            "latin-1"
        ),
        '\ufeff<scxml name="é"><state id="a"/></scxml>'.encode(),
        '\ufeff<scxml name="é"><state id="a"/></scxml>'.encode("utf-16-le"),
    ],
)
def test_documents_come_in_several_encodings(content: bytes) -> None:
    assert compiler.compile_scxml(content).statechart.name == "é"
