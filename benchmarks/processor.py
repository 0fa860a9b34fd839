"""Processor time, which says more than a clock on a machine that others use: on Linux only."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

_PARENT = 1
_OWN, _WITH_CHILDREN = slice(11, 13), slice(11, 15)
"""Where ``/proc/PID/stat`` has them, behind the name: see proc(5)."""


def spent_here() -> float:
    """Seconds that this process has used."""
    return time.process_time()


def spent_by_children() -> float:
    """Seconds that processes have used which this one has begun, and which have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def spent_by(server: int | None) -> float:
    """Seconds that a process, its children and those of them that are gone have used.

    Args:
        server: the id of the process, or None for 0.
    """
    if server is None:
        return 0.0
    ticks = 0
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            line = (directory / "stat").read_text()
        except OSError:
            continue  # It has just gone.
        fields = line.rpartition(") ")[2].split()
        if directory.name == str(server):
            ticks += sum(map(int, fields[_WITH_CHILDREN]))
        elif fields[_PARENT] == str(server):
            ticks += sum(map(int, fields[_OWN]))
    return ticks / os.sysconf("SC_CLK_TCK")
