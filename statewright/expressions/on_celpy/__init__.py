"""Our expressions on celpy's ``InterpretedRunner``, for those who need that engine.

>>> from statewright.expressions import parse
>>> program = celpy_program(parse("user.age >= 18 && 'vip' in user.tags"))
>>> program.evaluate({"user": {"age": 36, "tags": ["new", "vip"]}})
True

This package is the only one that imports celpy (``pip install statewright[celpy]``), and nothing
imports it unasked. What it can do, and what not, is in ``docs/expressions.md``: an expression that
celpy has no means for is refused before it runs; where celpy would compute something else than CEL,
it is given functions that compute what CEL says, or the evaluation is an error.

celpy sets the recursion limit of the process while a program is made or run, and says of itself
that it is for one thread only. So are programs.
"""

from __future__ import annotations

from statewright.expressions.on_celpy.program import CelpyProgram, celpy_program

__all__ = ["CelpyProgram", "celpy_program"]
