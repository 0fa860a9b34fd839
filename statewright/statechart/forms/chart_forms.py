"""How a statechart is written as JSON: a table per class of ``definition`` and ``actions``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import ExpressionError
from statewright.expressions import (
    Computed,
    Content,
    Expression,
    Literal,
    Place,
    Record,
    Sequence,
    Text,
    parse,
    parse_template,
)
from statewright.statechart.actions import (
    Assign,
    Branch,
    Cancel,
    ForEach,
    If,
    Log,
    Merge,
    Merging,
    Raise,
    Say,
    Send,
)
from statewright.statechart.definition import (
    LIMIT,
    Awaits,
    Datum,
    Invoke,
    Limits,
    Member,
    State,
    Statechart,
    StateKind,
    Transition,
    TransitionKind,
)
from statewright.statechart.forms.tables import (
    BOOL,
    COUNT,
    INT,
    TEXT,
    VALUE,
    Form,
    MalformedError,
    Part,
    a_list,
    an_object,
    by_name,
    later,
    many,
    one_of,
    record,
    shown,
    tagged,
)
from statewright.statechart.rules import Moment, Rule, RuleKind


def _expression_from_json(value: Any) -> Expression:
    try:
        return parse(TEXT.read(value))
    except ExpressionError as error:
        raise MalformedError(str(error)) from None


CONTENT_DEPTH: Final = 100
"""How many lists and maps of a content may lie inside each other."""


def _json_from_content(content: Content) -> Any:
    """A content as an object with one key that says what it is."""
    match content:
        case Literal(value):
            return {"literal": VALUE.write(value)}
        case Computed(expression):
            return {"cel": expression.text}
        case Text(template):
            return {"template": template.text, "place": str(template.place)}
        case Record(fields):
            # A list, since the order of a map is not kept, and this is the order of evaluation.
            return {"map": [[name, _json_from_content(part)] for name, part in fields]}
        case Sequence(items):
            return {"list": [_json_from_content(item) for item in items]}


def _content_from_json(value: Any, depth: int = 0) -> Content:
    if depth > CONTENT_DEPTH:
        raise MalformedError(f"more than {CONTENT_DEPTH} lists and maps lie inside each other")
    written = dict(an_object(value))
    place = written.pop("place", "value")
    if len(written) != 1 or next(iter(written)) not in _CONTENTS:
        raise MalformedError(f"one of {', '.join(f'`{key}`' for key in _CONTENTS)} is expected")
    ((key, inner),) = written.items()
    try:
        return _CONTENTS[key](inner, place, depth + 1)
    except MalformedError as error:
        raise error.inside(key) from None


def _template(value: Any, place: Any, _depth: int) -> Content:
    try:
        return Text(parse_template(TEXT.read(value), _PLACE.read(place)))
    except ExpressionError as error:
        raise MalformedError(str(error)) from None


def _map(value: Any, _place: Any, depth: int) -> Content:
    fields = []
    for at, pair in enumerate(a_list(value)):
        if type(pair) is not list or len(pair) != 2 or type(pair[0]) is not str:
            raise MalformedError(f"a name and a content are expected, not {shown(pair)}").inside(at)
        try:
            fields.append((pair[0], _content_from_json(pair[1], depth)))
        except MalformedError as error:
            raise error.inside(1).inside(at) from None
    return Record(tuple(fields))


def _list(value: Any, _place: Any, depth: int) -> Content:
    items = many(Form(_json_from_content, lambda item: _content_from_json(item, depth)))
    return Sequence(items.read(value))


_PLACE: Final = one_of(Place)
_CONTENTS: Final[Mapping[str, Callable[[Any, Any, int], Content]]] = MappingProxyType(
    {
        "literal": lambda value, *_: Literal(VALUE.read(value)),
        "cel": lambda value, *_: Computed(_expression_from_json(value)),
        "template": _template,
        "map": _map,
        "list": _list,
    }
)

_TEXTS: Final = many(TEXT)
EXPRESSION: Final = Form(lambda expression: expression.text, _expression_from_json)
CONTENT: Final = Form(_json_from_content, _content_from_json)
"""What an action says, sends or assigns."""
_ACTIONS: Final = many(later(lambda: _ACTION))

_BRANCH: Final = record(Branch, Part("guard", EXPRESSION), Part("actions", _ACTIONS, ()))

_MERGE: Final = record(Merge, Part("operation", one_of(Merging)), Part("operand", CONTENT))

_ACTION: Final[Form] = tagged(
    "do",
    {
        "assign": (
            Assign,
            record(
                Assign,
                Part("location", _TEXTS),
                Part("value", CONTENT),
                Part("merge", _MERGE, None),
            ),
        ),
        "raise": (
            Raise,
            record(Raise, Part("event", TEXT), Part("data", CONTENT, None)),
        ),
        "say": (Say, record(Say, Part("content", CONTENT))),
        "send": (
            Send,
            record(
                Send,
                Part("event", TEXT),
                Part("data", CONTENT, None),
                Part("target", TEXT, ""),
                Part("delay", CONTENT, None),
                Part("id", TEXT, ""),
                Part("type", TEXT, ""),
                Part("event_expr", CONTENT, None),
                Part("target_expr", CONTENT, None),
                Part("type_expr", CONTENT, None),
                Part("id_location", _TEXTS, ()),
            ),
        ),
        "cancel": (Cancel, record(Cancel, Part("id", TEXT, ""), Part("id_expr", CONTENT, None))),
        "if": (
            If,
            record(If, Part("branches", many(_BRANCH)), Part("otherwise", _ACTIONS, ())),
        ),
        "foreach": (
            ForEach,
            record(
                ForEach,
                Part("collection", EXPRESSION),
                Part("item", TEXT),
                Part("index", TEXT),
                Part("actions", _ACTIONS),
            ),
        ),
        "log": (Log, record(Log, Part("label", TEXT), Part("value", CONTENT, None))),
    },
)

_TRANSITION: Final = record(
    Transition,
    Part("targets", _TEXTS, ()),
    Part("events", _TEXTS, ()),
    Part("guard", EXPRESSION, None),
    Part("kind", one_of(TransitionKind), TransitionKind.EXTERNAL),
    Part("actions", _ACTIONS, ()),
)
_LIMITS: Final[Form] = record(
    Limits,
    Part("values", many(VALUE), ()),
    Part("minimum", VALUE, None),
    Part("maximum", VALUE, None),
    Part("names", _TEXTS, ()),
    Part("shortest", COUNT, None),
    Part("longest", COUNT, None),
    Part("pattern", TEXT, ""),
    Part("date", BOOL, False),
    Part("nullable", BOOL, False),
    Part("element", later(lambda: _MEMBER), None),
    Part("fields", many(later(lambda: _MEMBER)), ()),
    Part("others", BOOL, False),
    Part("constant", BOOL, False),
)
_MEMBER: Final[Form] = record(
    Member,
    Part("type", TEXT, "dyn"),
    Part("limits", _LIMITS, None),
    Part("name", TEXT, ""),
    Part("optional", BOOL, False),
)
_DATUM: Final = record(
    Datum,
    Part("name", TEXT),
    Part("type", TEXT, "dyn"),
    Part("value", CONTENT, None),
    Part("limits", _LIMITS, None),
    Part("shown", BOOL, False),
    Part("private", BOOL, False),
)
_INVOKE: Final = record(
    Invoke,
    Part("id", TEXT),
    Part("type", TEXT),
    Part("params", CONTENT),
    Part("type_expr", CONTENT, None),
    Part("chart", CONTENT, None),
    Part("finalize", _ACTIONS, ()),
    Part("autoforward", BOOL, False),
    Part("id_location", _TEXTS, ()),
)
_AWAITS: Final = record(
    Awaits,
    Part("kind", TEXT),
    Part("node", TEXT),
    Part("choices", EXPRESSION, None),
    Part("prompt", CONTENT, None),
    Part("variable", TEXT, ""),
    Part("of_user", BOOL, True),
    Part("rank", INT, 0),
)
_STATE: Final[Form] = record(
    State,
    Part("id", TEXT),
    Part("kind", one_of(StateKind), StateKind.ATOMIC),
    Part("states", many(later(lambda: _STATE)), ()),
    Part("initial", _TRANSITION, None),
    Part("transitions", many(_TRANSITION), ()),
    Part("entry", many(_ACTIONS), ()),
    Part("exit", many(_ACTIONS), ()),
    Part("invocations", many(_INVOKE), ()),
    Part("data", many(_DATUM), ()),
    Part("donedata", CONTENT, None),
    Part("outcome", TEXT, ""),
    Part("failed", BOOL, False),
    Part("awaits", _AWAITS, None),
)

_MOMENT: Final = record(Moment, Part("states", _TEXTS, None), Part("condition", EXPRESSION, None))
_RULE: Final = record(
    Rule,
    Part("name", TEXT),
    Part("kind", one_of(RuleKind)),
    Part("moment", _MOMENT),
    Part("other", _MOMENT, None),
    Part("count", INT, 0),
    Part("scope", TEXT, ""),
)

STATECHART: Final[Form] = record(
    Statechart,
    Part("name", TEXT),
    Part("states", many(_STATE)),
    Part("initial", _TRANSITION, None),
    Part("data", many(_DATUM), ()),
    Part("inputs", _TEXTS, ()),
    Part("deferred", _TEXTS, ()),
    Part("exact", _TEXTS, ()),
    Part("limit", INT, LIMIT),
    Part("contact", many(_DATUM), ()),
    Part("tenant", many(_DATUM), ()),
    Part("charts", by_name(later(lambda: STATECHART)), {}),
    Part("rules", many(_RULE), ()),
)
"""A statechart; what its digest is of."""
