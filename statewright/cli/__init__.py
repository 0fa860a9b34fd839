"""The command line: one module per command family.

Exit codes: 0 clean, 1 findings or failed tests, 2 wrong usage or a failure, 130 Ctrl-C. JSON and
other documents on stdout, everything else on stderr.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Sequence

import click

from statewright import __version__
from statewright.cli import streams
from statewright.cli.catalogue import Catalogue
from statewright.cli.failure import BROKEN, CLEAN, INTERRUPTED
from statewright.cli.memory import patient
from statewright.errors import StatewrightError

TRACEBACK = "STATEWRIGHT_TRACEBACK"
"""Set this variable to see where an internal error comes from."""


@click.group(cls=Catalogue, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="statewright %(version)s")
def command_line() -> None:
    """Compile conversation flows into verified statecharts, and talk to them."""


def main() -> None:
    """Run the command line with the arguments of the process, and exit."""
    patient()
    code = run()
    if code == INTERRUPTED:
        # Whoever presses Ctrl-C twice would else see Python being interrupted while it ends.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; whatever goes wrong is one clean message.

    Args:
        arguments: without the name of the program; those of the process where None.
    """
    streams.prepare()
    try:
        code = command_line.main(
            args=None if arguments is None else list(arguments),
            prog_name="statewright",
            standalone_mode=False,
        )
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return BROKEN
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except StatewrightError as error:
        streams.note(f"Error: {error}")
        return BROKEN
    except OSError as error:
        return _closed(error)
    except Exception as error:  # noqa: BLE001 (the last resort: a bug must not look like one)
        return _bug(error)
    return code if isinstance(code, int) else CLEAN


def _closed(error: OSError) -> int:
    """Nobody reads our output any more: stop quietly. Any other error of the system is told."""
    if error.errno != errno.EPIPE:
        streams.note(f"Error: {error.strerror or error}")
        return BROKEN
    # Python flushes stdout once more at exit, and must not fail then.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN


def _bug(error: Exception) -> int:
    streams.note(f"Error: internal error ({type(error).__name__}: {str(error)[:200]})")
    if os.environ.get(TRACEBACK):
        traceback.print_exception(error)
    else:
        streams.note(f"This is a bug in Statewright. {TRACEBACK}=1 shows where it comes from.")
    return BROKEN
