from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.flows.documents import SIZE_LIMIT, document_from

TEXT = "a: grüß 😀\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_name_the_encoding(encoding: str) -> None:
    assert document_from(TEXT.encode(encoding)).value == {"a": "grüß 😀"}


def test_a_byte_that_is_no_utf_8_is_said_with_its_place() -> None:
    document = document_from("a: 1\nb: é\n".encode("latin-1"), "f.yaml")
    (problem,) = document.problems()
    assert (problem.code, problem.message) == ("R001", "the byte 0xe9 does not belong into UTF-8")
    assert str(problem.location) == "f.yaml:2:4"
    assert problem.help == "save the file as UTF-8"


def test_half_a_surrogate_pair_is_replaced_and_said() -> None:
    document = document_from("a: x\ud800")
    assert document.value == {"a": "x\N{REPLACEMENT CHARACTER}"}
    assert [p.message for p in document.problems()] == ["U+D800 is half of a surrogate pair"]


def test_a_text_that_is_too_long_is_not_read() -> None:
    (problem,) = document_from(" " * (SIZE_LIMIT + 1)).problems()
    assert problem.message == "the text is longer than 5,000,000 bytes"


@pytest.mark.parametrize("content", ["", " \n", b"", b"\xef\xbb\xbf"])
def test_an_empty_text_says_so(content: str | bytes) -> None:
    assert [p.message for p in document_from(content).problems()] == ["the text is empty"]


def test_the_name_of_the_file_decides_between_json_and_yaml() -> None:
    assert document_from('{"a": 1,}', "f.json").outline.broken
    assert document_from('{"a": 1,}', "f.yaml").value == {"a": 1}


def test_without_a_name_brackets_are_json_unless_only_yaml_can_read_them() -> None:
    assert document_from(r'{"a": "\ud83d\ude00"}').value == {"a": "😀"}
    assert document_from("{a: 1}").value == {"a": 1}
    (problem,) = document_from('{"a": [1}').problems()
    assert problem.message == "expected `,` or `]`, found `}`"


def test_what_is_not_there_is_located_where_it_should_be() -> None:
    document = document_from("a:\n  b:\n    c: 1\n", "f.yaml")
    assert (document.location("/a/b/x").line, document.location("/a/b/x").column) == (2, 3)
    assert document.location("/a/b/x").pointer == "/a/b/x"


@given(st.binary(max_size=300) | st.text(st.characters(), max_size=300))
def test_nothing_that_a_file_may_hold_raises(content: str | bytes) -> None:
    for name in ("", "f.json", "f.yaml"):
        document = document_from(content, name)
        assert document.outline.broken == (not document.outline.values)
        assert document.problems() or not document.outline.broken


@given(st.text(st.sampled_from("[]{},:\"\\\n -&*!|>#%@`'?ab1.~tu"), max_size=60))
def test_nothing_that_looks_like_yaml_or_json_raises(content: str) -> None:
    for name in ("", "f.json", "f.yaml"):
        document = document_from(content, name)
        assert document.problems() or not document.outline.broken
