"""Serves again and again: every line on standard input makes a new server process.

It is the server of ``statewright serve``; only Python and the libraries are loaded once, so that it
is back in a moment after it was killed.
"""

from __future__ import annotations

import os
import sys

from statewright.http import server


def main(database: str, port: int) -> None:
    for _ in sys.stdin:
        process = os.fork()
        if not process:
            server.serve(database, "127.0.0.1", port, 1, tell)
            os._exit(0)
        os.waitpid(process, 0)


def tell(_address: str) -> None:
    """Say that a server is there: its number as a process."""
    sys.stdout.write(f"{os.getpid()}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
