"""``fmt``: flows, and what is written beside them, laid out in one way."""

from __future__ import annotations

import click

from statewright.cli import files, streams
from statewright.cli.failure import BROKEN, CLEAN, FOUND, Failure
from statewright.errors import Unformattable
from statewright.flows.documents import SIZE_LIMIT
from statewright.flows.formatting import formatted


@click.command()
@click.argument("names", metavar="FILES...", nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Change nothing; say which files would change.")
def fmt(names: tuple[str, ...], *, check: bool) -> int:
    """Lay out flows and other files.

    FILES are YAML or JSON: flows, scripts, tests. They are changed where they stand; - is standard
    input, and goes to standard output. Comments stay, and what a file says does not change.
    """
    codes = [_laid_out(name, check=check) for name in names]
    return max(codes, key=(CLEAN, FOUND, BROKEN).index)


def _laid_out(name: str, *, check: bool) -> int:
    try:
        content = files.bytes_of(name)
        if len(content) > SIZE_LIMIT:
            raise Failure(f"{files.label(name)!r} is longer than {SIZE_LIMIT:,} bytes")
        text = formatted(content, files.label(name))
    except Unformattable as error:
        Failure(str(error)).show()
        return BROKEN
    except Failure as failure:
        failure.show()
        return BROKEN
    changed = text.encode() != content
    if check:
        if changed:
            streams.note(f"{files.label(name)} would change")
        return FOUND if changed else CLEAN
    if name == files.STDIN:
        streams.print_document(text)
    elif changed:
        files.replace(name, text)
        streams.note(f"{name} is laid out anew")
    return CLEAN
