"""The example of a program that embeds the runtime does what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "embed_runtime.py"


def test_the_example_holds_a_conversation_with_a_break_in_the_middle(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, str(EXAMPLE), str(tmp_path / "shop.db")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "bot: Hi Ada! I can tell you where your parcel is.",
        "bot: What is your order number? It looks like AB-1234 and is on your receipt.",
        "you: ab-1234",
        "bot: Good news: AB-1234 is on its way with Parcel Bird.",
        "bot: Shall I send you a note when it arrives?",
        "you: no",
        "bot: Happy to help. Bye!",
        "completed, informed, revision 4",
        "the same answer again: informed",
        "4 turns replayed, 0 differences",
    ]
