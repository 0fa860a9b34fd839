"""A request: one expression that is to become a function, and what is known beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from statewright.expressions.checking.checker import check
from statewright.expressions.codegen.binding import PLAIN, Binding
from statewright.expressions.environment import Environment
from statewright.expressions.evaluation.interpreter import expression_in
from statewright.expressions.functions import FUNCTIONS
from statewright.expressions.syntax import Expression, Name, walk
from statewright.expressions.types import DYN, CelType
from statewright.expressions.values import TYPE_VALUES

_UNKNOWN: Final[Mapping[int, CelType]] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """An expression that is to become a function.

    Attributes:
        expression: what ``parse`` made.
        environment: the types of its names, or None where they are not known. They are believed:
            a variable that is declared as ``int`` has to hold a Python ``int`` whenever it is
            there, and so on (the table in ``values``); nothing tests it again.
        binding: the parameters of the function, and how it reaches names.
        origin: where the text of the expression begins in a larger one; added to call sites.
    """

    expression: Expression
    environment: Environment | None = None
    binding: Binding = PLAIN
    origin: int = 0

    @property
    def container(self) -> str:
        """The namespace in which its names are resolved."""
        return "" if self.environment is None else self.environment.container

    @property
    def qualified(self) -> frozenset[str]:
        """Variables whose names have dots."""
        variables = () if self.environment is None else self.environment.variables
        return frozenset(name for name in variables if "." in name)

    def exact(self) -> Expression:
        """The expression as the interpreter takes it."""
        container, qualified = self.container, self.qualified
        if not container and not qualified:
            return self.expression
        return expression_in(self.expression, container, qualified)

    def types(self) -> Mapping[int, CelType]:
        """The types of its nodes, by their ``id``; only those that hold without exception.

        Of an expression with problems nothing is believed: what the checker says of the parts
        around a problem holds only if that part has no value.
        """
        environment = self.environment
        if environment is not None and self._is_plain(environment):
            checked = check(self.expression, environment)
            if not checked.problems:
                return checked.types
        checked = check(self.expression, self._untyped())
        return _UNKNOWN if checked.problems else checked.types

    def _is_plain(self, environment: Environment) -> bool:
        """Whether the interpreter takes every name and function for what the checker does."""
        if any((one.name, one.member) in FUNCTIONS for one in environment.functions):
            return False
        return not any(
            isinstance(node, Name) and node.name in TYPE_VALUES and node.name in names
            for names in (environment.variables,)
            for node in walk(self.expression.root)
        )

    def _untyped(self) -> Environment:
        nodes = walk(self.expression.root)
        return Environment({node.name: DYN for node in nodes if isinstance(node, Name)})
