"""Checked expressions → Python that is about as fast as what one would write by hand.

::

    request → types (checker) → translation → source → code → functions
                                    │            │       └ marshalled, kept under its digest
                                    │            └ constants: patterns, functions, odd values
                                    └ pieces: paths, comparisons, calculations, logic,
                                              literals, calls, macros

There are two tiers. A generated function does what is usual, and for *any* exception it calls the
exact interpreter instead. The law: **if generated code returns, its value is CEL's**, of the same
class. So it may be as simple as can be wherever Python raises: a missing key, an error that another
operand absorbs, an overflow, values of an unexpected type, large values that would have to be paid
for, and every text of an error, are the interpreter's. CEL has no side effects, and neither may the
functions of a host have any: what fails is evaluated twice.

Where the checker knows a type, Python's operators are written out; where it does not, tests of
classes stand before them (``comparisons``, ``calculations``). What it may do without counting is
settled in ``allowances``. Names and texts of an author appear as quoted keys and constants only.
"""

from __future__ import annotations

from statewright.expressions.codegen.binding import PLAIN, Attribute, Binding, Call, Way, reach
from statewright.expressions.codegen.digest import digest
from statewright.expressions.codegen.module import (
    CodeCache,
    Module,
    StaleCode,
    generate,
    load,
    load_or_generate,
)
from statewright.expressions.codegen.program import Program, compile_expression
from statewright.expressions.codegen.request import Request
from statewright.expressions.codegen.source import Source, source_from_requests
from statewright.expressions.codegen.support import SUPPORT

__all__ = [
    "PLAIN",
    "SUPPORT",
    "Attribute",
    "Binding",
    "Call",
    "CodeCache",
    "Module",
    "Program",
    "Request",
    "Source",
    "StaleCode",
    "Way",
    "compile_expression",
    "digest",
    "generate",
    "load",
    "load_or_generate",
    "reach",
    "source_from_requests",
]
