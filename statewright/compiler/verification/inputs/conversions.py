"""Values that become those of another type where they are kept.

What is tried of a text stands for all texts as far as these are tested, and not for all numbers
that they are written for. So nothing is known of a number that was a text, or the contrary.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from statewright.compiler.verification.dataflow.relevance import Relevance
from statewright.compiler.verification.dataflow.uses import Site
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.inputs.domains import is_path
from statewright.statechart.structure.nodes import Variable

_NUMBERS: Final = frozenset(("int", "uint", "double"))
_PLAIN: Final = _NUMBERS | {"string", "bool", "bytes", "timestamp", "duration"}


class Conversions:
    """Tells where values are converted.

    Args:
        relevance: knows the types of expressions.
        declared: every variable.
    """

    def __init__(self, relevance: Relevance, declared: Mapping[Key, Variable]) -> None:
        self._relevance = relevance
        self._declared = declared

    def is_converted(self, site: Site) -> bool:
        """Whether a variable gets a value of a type that is known, and not its own.

        Numbers are as they are, whatever their type.
        """
        wanted = None if site.target is None else self._declared.get(site.target)
        if wanted is None or wanted.type not in _PLAIN or site.place:
            return False
        given = self._type_of(site)
        return given in _PLAIN and not (given == wanted.type or {given, wanted.type} <= _NUMBERS)

    def may_fail(self, site: Site) -> bool:
        """Whether a variable cannot get each value that is converted."""
        wanted = None if site.target is None else self._declared.get(site.target)
        return wanted is not None and wanted.type != "string" and self.is_converted(site)

    def _type_of(self, site: Site) -> str:
        """The type of what is given; ``dyn`` where it is not known."""
        if not site.alone:
            return "string"
        if is_path(site) and len(site.reads) == 1 and site.reads[0].path == ():
            key = site.reads[0].key
            variable = None if key is None else self._declared.get(key)
            return "dyn" if variable is None else variable.type
        return self._relevance.type_of(site)
