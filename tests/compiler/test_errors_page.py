"""docs/errors.md says what there is: classes, codes and fields; and its example runs."""

from __future__ import annotations

import re
from pathlib import Path

from statewright import compiler, flows
from statewright.compiler.lowering.failures import CODES
from statewright.flows.failures import FIELDS
from statewright.flows.nodes import OWN_CLASSES

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")


def test_the_table_has_every_class_with_its_codes() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \|([^|]*)\|$", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == [str(name) for name in OWN_CLASSES]
    written = {
        code: name
        for name, codes in rows
        for code in re.findall(r"`(\w+)`", codes)
        if code != "status"
    }
    assert written == {code: name for name, codes in CODES.items() for code in codes}


def test_every_field_is_told_and_no_other() -> None:
    told = re.findall(r"^\| `error\.(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(told) == sorted(field.name for field in FIELDS)


def test_the_example_is_right() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    compilation = compiler.verify(compiler.compile(flows.parse(example, file="orders.yaml")))
    assert not compilation.findings
