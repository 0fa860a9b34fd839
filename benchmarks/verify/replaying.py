"""Plays the conversation of a finding again, as anybody would who is given the script."""

from __future__ import annotations

from datetime import datetime

from statewright.compiler import Compilation, Finding
from statewright.statechart import json_from_turn, parse_script, play
from statewright.statechart.playing.play import SCRIPT_NOW, SCRIPT_SEED, session_of


def replays(compilation: Compilation, finding: Finding) -> bool:
    """Whether the script of a finding gives the very transcript that came with it."""
    witness = finding.witness
    if witness is None:
        return False
    begins = datetime.fromisoformat(witness.now).timestamp() if witness.now else None
    turns = play(
        compilation.statechart,
        parse_script(list(witness.script)),
        session=session_of(witness.seed or SCRIPT_SEED),
        seed=witness.seed or SCRIPT_SEED,
        now=SCRIPT_NOW if begins is None else round(begins * 1_000_000),
        data=witness.data,
        contact=witness.contact,
        tenant=witness.tenant,
    )
    return [json_from_turn(turn) for turn in turns] == list(witness.transcript)
