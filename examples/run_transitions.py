"""A flow as a machine of transitions: one machine, and as many sessions as there are customers.

pip install 'statewright[transitions]'
python examples/run_transitions.py
"""

from __future__ import annotations

from pathlib import Path

from statewright import compiler, flows
from statewright.compiler.targets import transitions
from statewright.statechart import Event

FLOW = Path(__file__).parent / "lead-capture.yaml"


def main() -> None:
    """Talk to two customers at once."""
    release = compiler.compile(flows.read(FLOW)).release()
    hosted = transitions.build(release)  # one for each thread
    ada, _ = hosted.start(session="ada", seed="ada", now=0)
    bob, _ = hosted.start(session="bob", seed="bob", now=0)
    for session, text in ((ada, "Ada"), (bob, "Bob"), (ada, "pricing")):
        step = session.handle(Event("message", {"text": text}, now=1_000_000))
        print(f"to {session.snapshot.session}:", step.effects[-1].data["content"]["text"])
    print(type(ada.machine).__mro__[1].__name__, "with", len(ada.machine.models), "models")
    print("ada:", ada.snapshot.configuration[-1], "bob:", bob.snapshot.configuration[-1])


if __name__ == "__main__":
    main()
