"""A release as a machine of XState 5: a configuration in JSON, and a TypeScript module that runs.

The module holds the same configuration with everything that it names: guards, blocks of actions,
the parameters of invocations. Two more files come with it that are the same for every chart:
``cel.ts`` says what CEL's operators mean, ``chart.ts`` how blocks of actions run.

Source: https://stately.ai/docs/xstate (5.33); where its engine differs from SCXML, and the chart
would show it, there is a loss.
"""

from __future__ import annotations

from statewright.compiler.targets.xstate.machine import xstate_from

__all__ = ["xstate_from"]
