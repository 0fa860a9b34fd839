"""``python -m statewright`` is the command line."""

from __future__ import annotations

from statewright.cli import main

if __name__ == "__main__":
    main()
