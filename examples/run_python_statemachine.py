"""A flow as a machine of python-statemachine, with a listener of that library.

    pip install 'statewright[statemachine]'
    python examples/run_python_statemachine.py

The class is made once; each turn restores a machine from the snapshot, as a web service would.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from statewright import compiler, flows
from statewright.compiler.targets import python_statemachine
from statewright.statechart import Event, snapshot_from_json, snapshot_to_json

FLOW = Path(__file__).parent / "lead-capture.yaml"


class Audit:
    """A listener, as the library knows them."""

    def on_enter_state(self, target: Any) -> None:
        """Note every state that is entered."""
        print("  enters", target.name)


def main() -> None:
    """Say two things to the bot, each to another machine."""
    release = compiler.compile(flows.read(FLOW)).release()
    hosted = python_statemachine.build(release)
    session, _ = hosted.start(session="s1", seed="s1", now=0)
    kept = snapshot_to_json(session.snapshot)
    for text in ("Ada", "browsing"):
        print("user:", text)
        session = hosted.restored(snapshot_from_json(kept))
        session.machine.add_listener(Audit())
        step = session.handle(Event("message", {"text": text}, now=1_000_000))
        for effect in step.effects:
            print("bot:", effect.data["content"]["text"])
        kept = snapshot_to_json(session.snapshot)
    print(type(session.machine).__mro__[1].__name__, list(session.machine.configuration_values))


if __name__ == "__main__":
    main()
