"""Whether an expression can fail, and why.

The law is: where nothing is found, no data of the declared types is an error. What is found may
never happen; but what is tested is known: ``has(a.b) && a.b > 0`` cannot fail for want of ``b``.

Operands of ``&&`` are looked at in the light of all the others: where one of them is an error that
is not absorbed, those left of it were true, or errors that are found themselves, and those right of
it are true or errors. What a condition implies where it is true *or an error* is in ``facts``.
"""

from __future__ import annotations
