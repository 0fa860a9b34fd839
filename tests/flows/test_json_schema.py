from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

from statewright import flows
from statewright.flows.dialects.native.kinds import KINDS
from statewright.flows.nodes import NodeConfig, Unsupported
from tests.flows.reading import node

SCHEMA = flows.json_schema()


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every map of the schema that describes maps with known keys."""
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            yield schema
        for member in schema.values():
            yield from objects(member)
    elif isinstance(schema, list):
        for item in schema:
            yield from objects(item)


def test_says_which_draft_it_is_of() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"]
    assert SCHEMA["title"] == "Statewright flow"
    json.dumps(SCHEMA)


def test_every_key_is_described() -> None:
    for described in objects(SCHEMA):
        assert described["description"], described["title"]
        for key, value in described["properties"].items():
            # What only points to a description says the same.
            said = value.get("description") or value.get("$ref")
            assert said, f"{described['title']}.{key}"


def test_no_map_takes_unknown_keys() -> None:
    assert all(described["additionalProperties"] is False for described in objects(SCHEMA))


def test_editors_find_the_keys_of_a_node_by_its_kind() -> None:
    assert SCHEMA["properties"]["nodes"]["additionalProperties"] == {"$ref": "#/$defs/Node"}
    union = SCHEMA["$defs"]["Node"]
    assert union["discriminator"]["propertyName"] == "type"
    assert set(union["discriminator"]["mapping"]) == set(KINDS)
    assert [option["$ref"].split("/")[-1] for option in union["oneOf"]] == [
        kind.shape.__name__ for kind in KINDS.values()
    ]


def test_no_key_offers_null() -> None:
    assert '"null"' not in json.dumps(SCHEMA)


def test_the_schema_has_all_kinds_that_flows_have() -> None:
    kinds = {config.kind for config in get_args(NodeConfig) if config is not Unsupported}
    assert kinds == set(KINDS)


def test_a_file_may_name_its_schema() -> None:
    flow = flows.parse('{"$schema": "flow-1.json", "statewright": 1, "nodes": {}}')
    assert not flow.problems


def test_what_the_schema_requires_the_reader_requires() -> None:
    for name, kind in KINDS.items():
        required = set(SCHEMA["$defs"][kind.shape.__name__]["required"]) - {"type"}
        messages = [p.message for p in node(f"type: {name}").problems if p.code == "R005"]
        for key in required:
            assert f"`{key}` is missing" in messages
