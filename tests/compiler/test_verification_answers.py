"""What an answer is read as decides: nothing is ruled out because nobody wrote it as it is read."""

from __future__ import annotations

import pytest

from statewright import compiler
from statewright.compiler import Verdict
from statewright.compiler.verification.inputs.literals import Cut
from statewright.compiler.verification.inputs.readings import covers
from statewright.compiler.verification.questions import EnterState, Impossible, Possible
from statewright.compiler.verification.verification import Verification, verified
from tests.compiler.conversations import compiled, talk

ASKING = """
start: ask
variables: {v: TYPE}
nodes:
  ask: {type: question, text: "?", input: KIND, LIMITS variable: v, next: look}
  look: {type: condition, branches: [{if: "GUARD", to: one}], else: other}
  one: {type: end, text: One.}
  other: {type: end, text: Other.}
"""


def asking(kind: str, guard: str, type_: str, limits: str = "") -> str:
    text = ASKING.replace("KIND", kind).replace("TYPE", type_).replace("LIMITS", limits)
    return text.replace("GUARD", guard.replace("\\", "\\\\"))


def verification_of(text: str) -> Verification:
    return verified(compiled(text).statechart)


@pytest.mark.parametrize(
    ("guard", "answer"),
    [
        ("v.contains(' b')", "a b"),
        ("v.contains('a ')", "a b"),
        ("v.contains(', ')", "a, b"),
        ("v.contains('  ')", "a  b"),
        (r"v.contains('\n')", "a\nb"),
        (r"v.contains('\r\n')", "a\r\nb"),
        (r"v.contains('\t')", "a\tb"),
        (r"v.contains('\u00a0')", "a\xa0b"),
        (r"v.contains('\u200b')", "a\u200bb"),
        (r"v.matches('\\s\\s')", "a  b"),
        ("v.startsWith('b ')", "b c"),
        ("v.endsWith(' b')", "a b"),
        ("v.size() == 3 && v.contains(' b')", "a b"),
        ("v.size() == 5 && v.contains(', ')", "ab, c"),
    ],
)
def test_blanks_stand_inside_of_a_text(guard: str, answer: str) -> None:
    text = asking("text", guard, "string")
    assert talk(text, answer)[-1] == "One."
    verification = verification_of(text)
    assert isinstance(verification.answer(EnterState("one")), Possible)
    assert isinstance(verification.answer(EnterState("other")), Possible)


@pytest.mark.parametrize("guard", ["v.startsWith(' b')", "v.endsWith('b ')", "v.matches('^ ')"])
def test_no_answer_has_blanks_at_its_edges(guard: str) -> None:
    verification = verification_of(asking("text", guard, "string"))
    assert not isinstance(verification.answer(EnterState("one")), Possible)
    assert isinstance(verification.answer(EnterState("other")), Possible)


@pytest.mark.parametrize(
    ("guard", "answer"),
    [
        ("v == 0.00009", "0.00009"),
        ("v == 1e-7", "0.0000001"),
        ("v > 0.0 && v <= 0.00001", "0.00001"),
        ("v >= 1e16", "10000000000000000"),
        ("v == 1e15", "1000000000000000"),
        ("v == 2e15", "2000000000000000"),
        ("v == 1e17", "100000000000000000"),
        ("v > 1e22", f"1{'0' * 23}"),
        ("v == 1e300", f"1{'0' * 300}"),
        ("v < -1e30", f"-1{'0' * 31}"),
        ("v == 9007199254740992.0", "9007199254740992"),
        ("v >= 1.7976931348623157e308", f"17976931348623157{'0' * 292}"),
        ("v > 1e308", f"15{'0' * 307}"),
        ("v > 1e308 || v > 1.5e308 && v < 1.7e308", f"16{'0' * 307}"),
        ("v > 0.29 && v < 0.3", "0.295"),
    ],
)
@pytest.mark.parametrize("retried", [False, True])
def test_numbers_are_written_as_they_are_read(guard: str, answer: str, *, retried: bool) -> None:
    limits = "retries: 1, on: {fallback: other}," if retried else ""
    text = asking("number", guard, "double", limits)
    assert talk(text, answer)[-1] == "One."
    verification = verification_of(text)
    assert isinstance(verification.answer(EnterState("one")), Possible)
    assert isinstance(verification.answer(EnterState("other")), Possible)
    assert not [one for one in compiler.verify(compiled(text)).findings if one.code == "C204"]


@pytest.mark.parametrize(
    ("guard", "answer"),
    [
        ("v == 9223372036854775807", "9223372036854775807"),
        ("v >= 9223372036854775807", "9223372036854775807"),
        ("v < 9223372036854775807", "7"),
        ("v < 1e300", "7"),
        ("v < 1.7976931348623157e308", "7"),
        ("v == -9223372036854775808", "-9223372036854775808"),
        ("v > 2.5 && v < 3.5", "3"),
        ("v > 9007199254740992.0", "9007199254740994"),
        ("v > 1e17", "200000000000000000"),
        ("v < -1e17", "-200000000000000000"),
    ],
)
def test_the_largest_whole_numbers_are_answers(guard: str, answer: str) -> None:
    text = asking("integer", guard, "int")
    assert talk(text, answer)[-1] == "One."
    verification = verification_of(text)
    assert isinstance(verification.answer(EnterState("one")), Possible)
    assert not [one for one in compiler.verify(compiled(text)).findings if one.code == "C204"]


@pytest.mark.parametrize("guard", ["v > 9223372036854775807", "v > 2 && v < 3", "v == 2.5"])
def test_where_no_whole_number_is_nothing_is_missed(guard: str) -> None:
    verification = verification_of(asking("integer", guard, "int"))
    assert isinstance(verification.answer(EnterState("one")), Impossible)
    assert isinstance(verification.answer(EnterState("other")), Possible)


@pytest.mark.parametrize(
    ("guard", "parts"),
    [
        ("has(v.foo)", {"foo": 1}),
        ("!has(v.size)", {"type": "image/png"}),
        ("!has(v.type)", {"size": 3}),
        ("has(v.name)", {"name": "a.pdf"}),
    ],
)
def test_files_come_with_more_and_with_less(guard: str, parts: dict[str, object]) -> None:
    text = asking("file", guard, "map")
    file = {"url": "https://a.example/x", **parts}
    sent = {"event": "message", "data": {"value": file}}
    assert talk(text, sent)[-1] == "One."
    assert not isinstance(verification_of(text).answer(EnterState("one")), Impossible)
    dead = [one for one in compiler.verify(compiled(text)).findings if one.code == "G310"]
    assert all(one.verdict is Verdict.UNDECIDED for one in dead)


@pytest.mark.parametrize(
    ("kind", "type_", "guard", "limits"),
    [
        ("time", "string", "v < '09:00'", ""),
        ("email", "string", "v.split('@')[1] == 'acme.com'", ""),
        ("email", "string", "v.size() < 7", ""),
        ("date", "string", "string(v).endsWith('02-29')", ""),
        ("integer", "int", "-v > 5", ""),
        ("integer", "int", "v / 3 == -1", ""),
        ("integer", "int", "2 * v + 7 == 41", ""),
        ("integer", "int", "v - 3 > 10", ""),
        ("number", "double", "v * 10.0 == 1.0", ""),
        ("number", "double", "4.0 - v == 3.5", ""),
        ("text", "string", "v > 'z'", ""),
        ("text", "string", "v < 'A'", ""),
        ("text", "string", "int(v) == 7", "pattern: '^[0-9]{5}$',"),
    ],
)
def test_answers_are_found_for_what_is_computed_of_them(
    kind: str, type_: str, guard: str, limits: str
) -> None:
    verification = verification_of(asking(kind, guard, type_, limits))
    assert isinstance(verification.answer(EnterState("one")), Possible)
    assert isinstance(verification.answer(EnterState("other")), Possible)


def test_a_piece_without_an_answer_is_noticed() -> None:
    near = Cut(numbers={1.5, 2.5})
    assert covers("number", near, ["1", "1.5", "2", "2.5", "3"])
    assert not covers("number", near, ["1", "1.5", "2.5", "3"])
    assert not covers("number", near, ["1", "1.5", "2", "2.5"])
    assert not covers("number", near, ["1", "1.5", "2e0", "2.5", "3"])
    assert covers("integer", near, ["1", "2", "3"])
    assert not covers("text", Cut(predicates={("contains", " b")}), ["x", " b"])
    assert covers("text", Cut(predicates={("contains", " b")}), ["x", "a b"])


ANYTHING = """
start: fetch
variables: {v: TYPE}
nodes:
  fetch: {type: http, url: "https://a.example", timeout: 5s, save: {v: response.body.v}, success: look, error: other}
  look: {type: condition, branches: [{if: "GUARD", to: one}], else: other}
  one: {type: end, text: One.}
  other: {type: end, text: Other.}
"""


@pytest.mark.parametrize(
    ("type_", "guard"),
    [
        ("any", "v > 0.5 && v < 0.6"),
        ("any", "v > 2 && v < 3"),
        ("any", "v >= 1e300"),
        ("any", "v == 1e-7"),
        ("any", "v > 9223372036854775807"),
        ("any", "v.size() == 5"),
        ("any", "v.contains('a') && v.size() == 5"),
        ("uint", "v > 9223372036854775807u"),
        ("uint", "v == 18446744073709551615u"),
        ("string", "v.size() == 3 && v.contains(', ')"),
        ("map", "has(v.foo)"),
        ("map", "v.k > 0.5 && v.k < 0.6"),
        ("map", "v.k.size() == 5"),
    ],
)
def test_of_what_may_be_of_any_type_each_piece_is_tried(type_: str, guard: str) -> None:
    text = ANYTHING.replace("TYPE", type_).replace("GUARD", guard)
    assert isinstance(verification_of(text).answer(EnterState("one")), Possible)
