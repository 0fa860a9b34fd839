"""Checking a flow again and again while it is edited; what an edit does not touch is kept.

Going through all conversations takes by far the longest, and depends on the chart alone, words that
are only shown left out. So it is done anew only when something else of the chart has changed; and
then only what the edit touched is run anew (see ``verification.memory``). Everything else that is
found is found anew each time: that takes milliseconds.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from statewright.compiler.compilation import (
    Compilation,
    compile,  # noqa: A004 (as in re.compile)
    guessed_inputs,
    is_worth_verifying,
    with_verification,
)
from statewright.compiler.policy import EVERYTHING, Policy
from statewright.compiler.verification.budget import DEFAULT, Budget, Progress, silent
from statewright.compiler.verification.search.memory import Memory
from statewright.compiler.verification.solving.terms import Solver
from statewright.compiler.verification.verification import Verification, verified
from statewright.compiler.verification.world.wordless import wordless
from statewright.flows.model import Flow

KEPT: Final = 8
"""How many charts are remembered, those that were checked last: people undo what they did."""


class Rechecking:
    r"""Checks a flow as often as it is edited, and says the same as if it were checked anew.

    Not to be used by two threads at once.

    Args:
        budget: what each search may spend.

    Attributes:
        searched: how often all conversations had to be gone through.

    >>> from statewright import flows
    >>> checking = Rechecking()
    >>> text = "statewright: 1\nstart: hi\nnodes: {hi: {type: end, text: Hi.}}"
    >>> checking.check(flows.parse(text)).findings
    ()
    >>> checking.check(flows.parse(text.replace("Hi.", "Hello."))).findings, checking.searched
    ((), 1)
    """

    def __init__(self, budget: Budget = DEFAULT) -> None:
        self._budget = budget
        self._known: OrderedDict[str, Verification] = OrderedDict()
        self._memory = Memory()
        self.searched = 0

    def check(self, flow: Flow, policy: Policy = EVERYTHING) -> Compilation:
        """Compile and verify a flow, as ``compiler.verify(compiler.compile(flow, policy))``."""
        return self.verify(compile(flow, policy))

    def verify(
        self,
        compilation: Compilation,
        progress: Progress = silent,
        solver: Solver | None = None,
    ) -> Compilation:
        """The same compilation, with what was found by going through all that can happen.

        Args:
            compilation: what became of a flow.
            progress: told from time to time how far a search is.
            solver: whom to ask, always the same or always nobody.
        """
        if not is_worth_verifying(compilation):
            return compilation
        chart = compilation.statechart
        withheld = guessed_inputs(compilation.flow)
        silent_chart = wordless(chart)
        key = _key_of(silent_chart, withheld)
        known = self._known.pop(key, None)
        if known is None:
            self.searched += 1
            self._memory.edited(silent_chart)
            known = verified(chart, self._budget, progress, withheld, solver, self._memory)
        elif known.chart != chart:
            # What was met is met again; conversations are told anew, in the words of this chart.
            known = replace(known, chart=chart, _answers={})
        self._known[key] = known
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return with_verification(compilation, known)


def _key_of(chart: Mapping[str, Any], withheld: frozenset[str]) -> str:
    """What the searches of a chart depend on, which is given without its words."""
    written = json.dumps([chart, sorted(withheld)], sort_keys=True)
    return sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
