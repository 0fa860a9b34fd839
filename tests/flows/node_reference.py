"""The pages in ``docs/nodes``: one per kind of node, made from the schema and the samples.

``python -m tests.flows.node_reference`` writes them anew; a test compares.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from statewright import compiler, flows
from statewright.compiler.targets import TARGETS
from statewright.flows.dialects.native.kinds import KINDS
from statewright.flows.nodes import NodeConfig

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "nodes"
SAMPLES = ROOT / "statewright" / "flows" / "samples"
SCHEMA = flows.json_schema()

FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Talking", ("message", "question", "form")),
    ("Deciding", ("start", "condition", "split", "jump", "end")),
    ("Computing", ("set", "tag", "segment")),
    ("Having work done", ("http", "action", "llm", "client")),
    ("People", ("handoff", "approval")),
    ("Time", ("delay", "schedule")),
    ("Structure", ("loop", "continue", "break", "try", "parallel", "leave", "subflow")),
    ("At any time", ("interrupt",)),
)
"""The kinds as the index lists them."""

SHOWN_IN: Mapping[str, str] = {
    "start": "jump",
    "end": "condition",
    "continue": "loop",
    "break": "loop",
    "leave": "try",
    "segment": "tag",
}
"""Kinds that are shown in the sample of another one."""


def sample_of(kind: str) -> Path:
    """The sample that shows a kind of node."""
    return SAMPLES / f"{SHOWN_IN.get(kind, kind)}.yaml"


def page(kind: str) -> str:
    """The page of a kind of node."""
    definition = SCHEMA["$defs"][KINDS[kind].shape.__name__]
    sample = sample_of(kind)
    release = compiler.compile(flows.read(sample)).release()
    chart = next(iter(TARGETS["mermaid"](release).files.values()))
    return "\n".join(
        [
            f"# `{kind}`",
            "",
            definition["description"],
            "",
            _meaning(kind),
            "## Keys",
            "",
            *_table(definition, ""),
            "## Example",
            "",
            f"[{sample.name}](../../statewright/flows/samples/{sample.name}), with its",
            f"[conversations](../../statewright/flows/samples/{sample.stem}.test.yaml):",
            "",
            "```yaml",
            sample.read_text().rstrip(),
            "```",
            "",
            "## The statechart that the example becomes",
            "",
            "```mermaid",
            chart.rstrip(),
            "```",
            "",
        ]
    )


def index() -> str:
    """The page that leads to the others."""
    lines = [
        "# Kinds of node",
        "",
        "Made from the schema; every example is one of the samples.",
        "",
    ]
    for family, kinds in FAMILIES:
        lines += [f"## {family}", ""]
        for kind in kinds:
            said = SCHEMA["$defs"][KINDS[kind].shape.__name__]["description"].splitlines()[0]
            lines.append(f"- [`{kind}`]({kind}.md): {said}")
        lines.append("")
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """All pages by the names of their files."""
    return {"README.md": index(), **{f"{kind}.md": page(kind) for kind in KINDS}}


def _meaning(kind: str) -> str:
    """What the model of the kind says about it and its ports, without what is for programmers."""
    config = next(one for one in get_args(NodeConfig) if one.kind == kind)
    text = inspect.cleandoc(config.__doc__ or "").split("\nAttributes:")[0]
    _, _, more = text.partition("\n\n")
    ports = (
        ", ".join(f"`{port}`" for port in config.ports) if isinstance(config.ports, tuple) else ""
    )
    said = [re.sub(r"(?<!`)``(?!`)", "`", more.strip())] if more.strip() else []
    if config.ports == () and "Port" not in more:
        said.append("Ports: none; no edge leaves it.")
    elif ports and "Port" not in more:
        said.append(f"Ports: {ports}.")
    return "\n\n".join([*said, ""]) if said else ""


def _table(definition: Mapping[str, Any], prefix: str) -> list[str]:
    rows = ["| Key | What it is | Default |", "| --- | --- | --- |"]
    rows += [
        f"| {name} | {said} | {default} |" for name, said, default in _rows(definition, prefix)
    ]
    return [*rows, ""]


def _rows(definition: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    required = set(definition.get("required", ()))
    for name, member in definition["properties"].items():
        if name == "type" and not prefix:
            continue
        inner = [one for one in _references(member) if one != "Node"]
        said = member.get("description") or SCHEMA["$defs"][inner[0]]["description"].splitlines()[0]
        said = said.replace("|", "\\|")
        kind = _type(member)
        default = "required" if name in required else _default(member)
        yield f"`{prefix}{name}`", f"{kind}{said}", default
        for one in inner:
            nested = SCHEMA["$defs"][one]
            if prefix.count(".") < 1 and "properties" in nested:
                yield from _rows(nested, f"{prefix}{name}.")


def _default(member: Mapping[str, Any]) -> str:
    given = member.get("default")
    if given in (None, "", [], {}):
        return ""
    return f"`{str(given).lower() if isinstance(given, bool) else given}`"


def _type(member: Mapping[str, Any]) -> str:
    if "enum" in member:
        return " ".join(f"`{one}`" for one in member["enum"]) + ". "
    return ""


def _references(member: Any) -> list[str]:
    if isinstance(member, Mapping):
        own = [member["$ref"].rpartition("/")[2]] if "$ref" in member else []
        keys = ("items", "additionalProperties", "anyOf", "oneOf", "allOf")
        return own + [one for key in keys for one in _references(member.get(key))]
    if isinstance(member, list):
        return [one for item in member for one in _references(item)]
    return []


def main() -> None:
    """Write the pages."""
    PAGES.mkdir(exist_ok=True)
    for name, text in pages().items():
        (PAGES / name).write_text(text)


if __name__ == "__main__":
    main()
