"""The syntax tree of a CEL expression, and the expression itself.

Every node knows the span of text that it was made from (``start``, ``end``: offsets). Chains of
``&&``, ``||``, ``+``, … are one node with many operands, so that a tree is never deeper than
``DEPTH_LIMIT``, however long its text is; it is safe to walk one recursively.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import Struct

DEPTH_LIMIT: Final = 200
"""How deep a tree may be."""


class Literal(Struct, frozen=True):
    """A number, text, bytes, bool or null that is written out."""

    value: Any
    start: int
    end: int


class Name(Struct, frozen=True):
    """A variable, or a type such as ``int``. ``.x`` is absolute: no macro variable hides it."""

    name: str
    start: int
    end: int
    absolute: bool = False


class Select(Struct, frozen=True):
    """``operand.field``, or ``operand.?field``, which gives an optional."""

    operand: Node
    field: str
    start: int
    end: int
    optional: bool = False


class Has(Struct, frozen=True):
    """``has(operand.field)``: whether the field is there."""

    operand: Node
    field: str
    start: int
    end: int
    optional: bool = False


class Index(Struct, frozen=True):
    """``operand[index]``, or ``operand[?index]``, which gives an optional."""

    operand: Node
    index: Node
    start: int
    end: int
    optional: bool = False


class Call(Struct, frozen=True):
    """``function(arguments)`` or ``target.function(arguments)``.

    The target may turn out to be a namespace: ``math.abs(x)`` reads like ``text.size()``.
    """

    function: str
    target: Node | None
    arguments: tuple[Node, ...]
    start: int
    end: int
    position: int
    """Where the name of the function stands: the *call site*."""


class Unary(Struct, frozen=True):
    """``!operand`` or ``-operand``."""

    operator: str
    operand: Node
    start: int
    end: int


class Logic(Struct, frozen=True):
    """Two or more operands joined by ``&&``, or by ``||``."""

    operator: str
    operands: tuple[Node, ...]
    start: int
    end: int


class Comparison(Struct, frozen=True):
    """``left operator right`` with one of ``== != < <= > >= in``."""

    operator: str
    left: Node
    right: Node
    start: int
    end: int
    position: int
    """Where the operator stands."""


class Arithmetic(Struct, frozen=True):
    """Operands with ``+ -`` or with ``* / %`` between them, worked off from left to right.

    There is one operand more than there are operators; ``positions`` says where those stand.
    """

    operands: tuple[Node, ...]
    operators: tuple[str, ...]
    positions: tuple[int, ...]
    start: int
    end: int


class Conditional(Struct, frozen=True):
    """``condition ? then : otherwise``."""

    condition: Node
    then: Node
    otherwise: Node
    start: int
    end: int


class ListLiteral(Struct, frozen=True):
    """``[a, ?b]``; the items at the places in ``optional`` are left out when they are empty."""

    items: tuple[Node, ...]
    start: int
    end: int
    optional: frozenset[int] = frozenset()


class MapLiteral(Struct, frozen=True):
    """``{a: b, ?c: d}``; the entries at the places in ``optional`` may be left out."""

    entries: tuple[tuple[Node, Node], ...]
    start: int
    end: int
    optional: frozenset[int] = frozenset()


class Macro(Struct, frozen=True):
    """A call that gives names to values: ``subject.all(x, …)``, ``cel.bind(x, subject, …)``.

    Attributes:
        macro: its name; see ``parser.MACROS``.
        subject: what is walked through, opened or bound; outside the scope of the variables.
        variables: the names it introduces, one or two.
        arguments: the expressions in their scope.
    """

    macro: str
    subject: Node
    variables: tuple[str, ...]
    arguments: tuple[Node, ...]
    start: int
    end: int
    position: int
    """Where the name of the macro stands."""


Node = (
    Literal
    | Name
    | Select
    | Has
    | Index
    | Call
    | Unary
    | Logic
    | Comparison
    | Arithmetic
    | Conditional
    | ListLiteral
    | MapLiteral
    | Macro
)
"""Any part of an expression."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A CEL expression that was parsed. Two expressions are equal when their texts are.

    Attributes:
        text: as it was written.
        root: its syntax tree.
    """

    text: str
    root: Node = field(compare=False, repr=False)
    # Made on the first evaluation; an expression never changes, so neither does it.
    program: Callable[[list[Any]], Any] | None = field(
        default=None, init=False, compare=False, repr=False
    )
    slots: tuple[None, ...] = field(default=(), init=False, compare=False, repr=False)
    # What it reads, found when it is first asked for; see ``references``.
    reads: Any = field(default=None, init=False, compare=False, repr=False)

    def __reduce__(self) -> tuple[type[Expression], tuple[str, Node]]:
        """Programs are not pickled; they are made anew."""
        return Expression, (self.text, self.root)

    def __deepcopy__(self, _: object) -> Expression:
        """Nothing in it ever changes."""
        return self


_CHILDREN: Final[Mapping[type, Callable[[Any], tuple[Node, ...]]]] = {
    Literal: lambda _: (),
    Name: lambda _: (),
    Select: lambda node: (node.operand,),
    Has: lambda node: (node.operand,),
    Index: lambda node: (node.operand, node.index),
    Call: lambda node: node.arguments if node.target is None else (node.target, *node.arguments),
    Unary: lambda node: (node.operand,),
    Logic: lambda node: node.operands,
    Comparison: lambda node: (node.left, node.right),
    Arithmetic: lambda node: node.operands,
    Conditional: lambda node: (node.condition, node.then, node.otherwise),
    ListLiteral: lambda node: node.items,
    MapLiteral: lambda node: tuple(part for entry in node.entries for part in entry),
    Macro: lambda node: (node.subject, *node.arguments),
}


def children(node: Node) -> tuple[Node, ...]:
    """The nodes that a node is made of, in the order of the text."""
    return _CHILDREN[type(node)](node)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first, in the order of the text."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        below = _CHILDREN[type(node)](node)
        if below:
            stack.extend(below[::-1])


def depth(node: Node) -> int:
    """The number of nodes on the longest way from this one down, itself included."""
    level, count = [node], 0
    while level:
        count += 1
        level = [child for parent in level for child in children(parent)]
    return count


def node_below(node: Node, levels: int) -> Node | None:
    """The first node that stands under more than so many levels; None in a tree less deep."""
    level = [node]
    for _ in range(levels):
        level = [child for parent in level for child in children(parent)]
        if not level:
            return None
    return level[0]


def path_of(node: Node) -> tuple[Name, tuple[str, ...]] | None:
    """The name that a plain chain of selections starts at, and its fields: ``a.b.c``."""
    fields: list[str] = []
    while isinstance(node, Select) and not node.optional:
        fields.append(node.field)
        node = node.operand
    return (node, tuple(reversed(fields))) if isinstance(node, Name) else None
