"""A sample in which any value is replaced by any other never ends in a traceback.

Each finding points into the file, and is in our own words.
"""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from statewright import compiler, flows
from statewright.flows.documents import document_from

SAMPLES = Path(__file__).parents[2] / "statewright" / "flows" / "samples"
STRANGE: tuple[Any, ...] = (
    5, -3, 10**25, 3.5, "", "  ", None, [], ["x"], {}, {"x": 1}, True, "zz", "{{ zz }}", "{{ x",
    "{{secret:zz}}", "\u202e\u200bx", "k" * 1200, [[["a"]]], "'\"\\",
)  # fmt: skip
OF_A_LIBRARY = re.compile(r"function-|literal\[|something else|MISSING|<class|pydantic|`int` is")
"""What libraries and Python say, and we never do."""

Path_ = tuple[str | int, ...]


def _places(value: Any, path: Path_ = ()) -> list[Path_]:
    """Where in a document each value stands, but for the document itself."""
    if isinstance(value, dict):
        inner: list[tuple[str | int, Any]] = list(value.items())
    else:
        inner = list(enumerate(value)) if isinstance(value, list) else []
    return [path] * bool(path) + [p for key, one in inner for p in _places(one, (*path, key))]


DOCUMENTS = {
    path.name: document_from(path.read_text(), path.name).value
    for path in sorted(SAMPLES.glob("*.yaml"))
    if path.suffixes == [".yaml"] and "nodes:" in path.read_text()
}
PLACES = [(name, place) for name, value in DOCUMENTS.items() for place in _places(value)]


def _changed(document: Any, place: Path_, value: Any) -> str:
    """A document with another value at a place."""
    document = copy.deepcopy(document)
    inner = document
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return json.dumps(document, indent=1, ensure_ascii=False)


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(STRANGE))
@example(("locales.yaml", ("locale",)), "'\"\\")
@example(("locales.yaml", ("locales", "es", "nodes", "paid")), [[["a"]]])
def test_whatever_stands_anywhere_is_told_in_its_place(
    where: tuple[str, Path_], value: Any
) -> None:
    name, place = where
    text = _changed(DOCUMENTS[name], place, value)
    for finding in compiler.compile(flows.parse(text, file="x.json")).findings:
        assert 1 <= finding.location.line <= text.count("\n") + 1, finding
        assert not OF_A_LIBRARY.search(finding.message + finding.help), finding
