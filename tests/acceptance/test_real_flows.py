"""Real flows of two systems are read, compiled and talked through to an end.

What the bot must say is computed here from the raw files by a walker that knows nothing of
Statewright: it follows the arrows as their author drew them. Where the old systems differ from
that, they are wrong: options compared with whole option objects, third branches and conditional
edges that were dropped, increments that were lost.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from statewright import compiler, flows
from statewright.compiler import Severity
from statewright.statechart import Turn, parse_script, play
from tests.shared_data import DATA, shared, shared_files

NOW = 1_700_000_000_000_000
MAY_WAIT = {"huey-preferences", "huey-recommendation"}
CANNOT_RUN = {"composite", "script"}
POLICIES = 25
TURNS = 40


def can_run(path: Path) -> bool:
    """Whether a flow has only nodes that this version runs."""
    document = json.loads(path.read_text())
    kinds = {str(node["type"]).lower() for node in document["flow_data"]["nodes"]}
    return not path.name.startswith("_") and path.stem not in MAY_WAIT and not kinds & CANNOT_RUN


WRIVETED = [path for path in shared_files("flows/004", "[!_]*.json") if can_run(path)]
OTHERS = [path for path in shared_files("flows/004", "[!_]*.json") if path not in WRIVETED]


def answers(policy: int) -> Iterator[str]:
    """What a user of this kind types into text questions."""
    words = ["Ada", "HELLO", "hello", "CAT", "cat", "yes", "no", "SOS", "42"]
    chance = random.Random(policy)
    while True:
        yield chance.choice(words)


def converse(path: Path, policy: int) -> list[Turn]:
    """Talk to a flow, taking the answers from what it asks."""
    release = compiler.compile(flows.read(path)).release()
    chance, typed = random.Random(policy), answers(policy)
    script: list[Any] = []
    while len(script) < TURNS:
        turns = list(
            play(
                release.statechart,
                parse_script(script),
                session="s",
                seed="s",
                now=NOW,
                data={},
                fixtures={},
            )
        )
        awaiting = turns[-1].awaiting
        if turns[-1].status != "active":
            return turns
        assert awaiting is not None
        if awaiting["kind"] == "choice":
            choice = chance.choice(awaiting["choices"])
            script.append({"choose": choice["value"]} if policy % 2 else choice["label"])
        else:
            script.append(next(typed))
    return turns


class Drawing:
    """The raw file of the second system, followed arrow by arrow."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        data = document["flow_data"]
        self.nodes = {node["id"]: node for node in data["nodes"]}
        self.edges = data["connections"]
        self.entry = document["entry_node_id"]
        self.state: dict[str, Any] = {}

    def talk(self, policy: int) -> Iterator[str]:
        """What is said, in order, to a user of this kind."""
        chance, typed = random.Random(policy), answers(policy)
        here: str | None = self.entry
        for _ in range(400):
            if here is None:
                return
            node = self.nodes[here]
            content, kind = node["content"], node["type"].lower()
            if kind == "message":
                yield from self.texts_of(content)
                here = self.follow(here)
            elif kind == "question":
                question = content.get("question", content.get("text"))
                yield self.filled(question if isinstance(question, str) else question["text"])
                if content.get("options"):
                    answer = chance.choice(content["options"])
                    self.save(content["variable"], answer["value"])
                    self.state.setdefault("options", {})[content["variable"]] = answer
                else:
                    self.save(content["variable"], next(typed))
                here = self.follow(here)
            elif kind == "condition":
                taken = next(
                    (c["then"] for c in content["conditions"] if self.holds(c["if"])),
                    content["default_path"],
                )
                here = self.follow(here, taken)
            else:
                for action in content["actions"]:
                    assert action["type"] == "set_variable"
                here = self.follow(here)

    def texts_of(self, content: Mapping[str, Any]) -> Iterator[str]:
        if "messages" in content:
            for message in content["messages"]:
                yield self.filled(message["text"])
        elif "rich_text" in content:
            yield self.filled(content["fallback_text"])
        else:
            yield self.filled(content["text"])

    def follow(self, here: str, branch: str = "default") -> str | None:
        names = {"$0": "option_0", "$1": "option_1"}
        wanted = names.get(branch, branch)
        for edge in self.edges:
            kind = edge["type"].lower()
            if edge["source"] != here:
                continue
            if kind == "conditional":
                if self.holds(edge["condition"]):
                    return str(edge["target"])
            elif names.get(kind, kind) == wanted:
                return str(edge["target"])
        return None

    def save(self, variable: str, value: Any) -> None:
        self.state[variable.removeprefix("temp.")] = value

    def holds(self, condition: str) -> bool:
        match = re.fullmatch(r"temp(?:\.(\w+)|\['(\w+)'\]) == '([^']*)'", condition)
        assert match, condition
        return bool(self.state.get(match[1] or match[2]) == match[3])

    def filled(self, text: str) -> str:
        return re.sub(
            r"\{\{ *temp\.(\w+) *\}\}", lambda match: str(self.state.get(match[1], "")), text
        )


def test_the_shared_flows_are_there() -> None:
    shared("flows/004")
    assert len(WRIVETED) >= 17
    assert len(OTHERS) >= 8


@pytest.mark.parametrize("path", WRIVETED, ids=lambda path: path.stem)
def test_a_real_flow_is_talked_through_as_its_author_drew_it(path: Path) -> None:
    document = json.loads(path.read_text())
    ended = 0
    for policy in range(POLICIES):
        turns = converse(path, policy)
        said = [message["text"] for turn in turns for message in turn.messages]
        drawn = list(Drawing(document).talk(policy))
        if turns[-1].status == "active":
            assert said == drawn[: len(said)]
        else:
            ended += 1
            assert turns[-1].status == "completed"
            assert said == drawn
    assert ended > 0


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_what_cannot_be_run_yet_is_a_finding(path: Path) -> None:
    if path.stem in MAY_WAIT:
        assert compiler.compile(flows.read(path)).findings
        return
    findings = compiler.compile(flows.read(path)).findings
    nodes = json.loads(path.read_text())["flow_data"]["nodes"]
    cannot = {node["id"] for node in nodes if node["type"] in CANNOT_RUN}
    found = {f.node for f in findings if f.code == "R006" and f.severity is Severity.ERROR}
    assert cannot <= found


PICTURES = [
    {"value": "castle", "label": "A castle", "hue_map": {"hue01": 0.5, "hue02": 1, "hue03": 0.25}},
    {"value": "rocket", "label": "A rocket", "hue_map": {"hue02": 0.25, "hue04": 2, "hue05": 0.1}},
    {
        "value": "kitten",
        "label": "A kitten",
        "hue_map": {"hue05": 0.2, "hue06": 1.5, "hue07": 0.75},
    },
]


def with_pictures(document: dict[str, Any]) -> dict[str, Any]:
    """The flow with these pictures in place of those that its questions draw from the CMS."""
    for node in document["flow_data"]["nodes"]:
        if node["type"] == "question":
            variable = node["content"]["variable"]
            node["content"] = {"text": "Which one?", "variable": variable, "options": PICTURES}
    return document


@pytest.mark.parametrize("chosen", [(0, 1, 2), (1, 1, 1), (2, 0, 0), (0, 2, 1)])
def test_preferences_are_added_up_and_the_strongest_are_kept(chosen: tuple[int, ...]) -> None:
    path = shared("flows/004/huey-preferences.json")
    document = with_pictures(json.loads(path.read_text()))
    compilation = compiler.compile(flows.parse(json.dumps(document)))
    script = parse_script([PICTURES[one]["label"] for one in chosen])
    turns = list(
        play(
            compilation.release().statechart,
            script,
            session="s",
            seed="s",
            now=NOW,
            data={"user": {"age_number": 8, "reading_ability_key": "TREEHOUSE"}},
            fixtures={},
        )
    )
    expected: dict[str, float] = {}
    for one in chosen:
        weights: Any = PICTURES[one]["hue_map"]
        for hue, weight in weights.items():
            expected[hue] = expected.get(hue, 0) + weight
    user = turns[-1].data["user"]
    assert turns[-1].status == "completed"
    assert user["hue_profile"] == pytest.approx(expected)
    assert user["hue_keys"] == sorted(expected, key=lambda hue: (-expected[hue], hue))[:5]
    assert user["reading_ability_keys"] == ["TREEHOUSE"]


# --- the first system ---------------------------------------------------------------------------


def chatwoot(name: str) -> tuple[dict[str, Any], Any]:
    """A sample flow as it stands, and compiled."""
    path = shared(f"flows/000/{name}.json")
    return json.loads(path.read_text()), compiler.compile(flows.read(path))


def texts(release: Any, script: list[Any], **options: Any) -> tuple[list[str], Turn]:
    turns = list(
        play(
            release.statechart,
            parse_script(script),
            session="s",
            seed="s",
            now=NOW,
            data={},
            fixtures=options.get("fixtures", {}),
        )
    )
    return [message["text"] for turn in turns for message in turn.messages], turns[-1]


def config(document: dict[str, Any], node: str, key: str) -> str:
    return str(document["nodes"][node]["config"][key])


def test_lead_capture_says_what_the_recorded_trace_says() -> None:
    document, compilation = chatwoot("sample-lead-capture")
    said, last = texts(compilation.release(), ["John", "john@example.com"])
    assert said == [
        config(document, "question-name", "question"),
        config(document, "question-email", "question"),
        "Thank you, John! We will contact you at john@example.com.",
    ]
    assert (last.status, last.outcome) == ("completed", "completed")
    assert last.data["user_name"] == "John"


def test_lead_capture_refuses_a_bad_address_three_times_and_then_fails() -> None:
    document, compilation = chatwoot("sample-lead-capture")
    said, last = texts(compilation.release(), ["John", "nope", "nope", "nope"])
    assert said[2:] == [config(document, "question-email", "validationMessage")] * 3
    assert last.status == "active"
    _, last = texts(compilation.release(), ["John", "nope", "nope", "nope", "nope"])
    assert last.status == "failed"


def test_the_support_ticket_always_takes_the_general_branch() -> None:
    """Nothing ever writes `issue_type`: its author drew two branches that cannot be taken."""
    document, compilation = chatwoot("sample-support-ticket")
    said, last = texts(compilation.release(), ["My screen is black"])
    assert said == [
        config(document, "message-welcome", "content"),
        config(document, "question-issue", "question"),
        config(document, "message-general", "content"),
    ]
    assert last.outcome == "completed"


@pytest.mark.parametrize(
    ("result", "message", "values"),
    [
        (
            {"data": {"status": 200, "body": {"name": "Ada", "email": "a@b.c"}}},
            "message-success",
            {"{{user_data.name}}": "Ada", "{{user_data.email}}": "a@b.c"},
        ),
        ({"data": {"status": 404, "body": {}}}, "message-error", {}),
        ({"error": {"code": "timeout", "message": "too late"}}, "message-error", {}),
    ],
)
def test_the_web_request_goes_by_success_or_error(
    result: dict[str, Any], message: str, values: dict[str, str]
) -> None:
    document, compilation = chatwoot("sample-api-integration")
    said, last = texts(compilation.release(), ["7"], fixtures={"api-getuser": result})
    expected = config(document, message, "content")
    for placeholder, value in values.items():
        expected = expected.replace(placeholder, value)
    assert said[-1] == expected
    assert last.status == "completed"


def test_the_url_holds_the_number_as_it_was_typed() -> None:
    _, compilation = chatwoot("sample-api-integration")
    _, last = texts(compilation.release(), ["7"])
    assert last.effects[0]["data"]["params"]["url"].endswith("/users/7")


def test_simple_welcome_ends_at_once() -> None:
    document, compilation = chatwoot("sample-simple-welcome")
    said, last = texts(compilation.release(), [])
    assert said
    assert last.status == "completed"
    assert document["id"] == flows.read(DATA / "flows/000/sample-simple-welcome.json").id
