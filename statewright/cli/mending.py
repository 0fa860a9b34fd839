"""``check --fix``: mending what is wrong in a file, where that needs no guessing."""

from __future__ import annotations

from collections.abc import Sequence

from statewright.cli import files
from statewright.cli.configuration import Wishes, configuration_for
from statewright.cli.flow_files import compiled_content
from statewright.cli.streams import note
from statewright.compiler.findings import Finding
from statewright.compiler.mending import mended
from statewright.reporting import counted


def mend_file(name: str, dialect: str | None, wishes: Wishes) -> None:
    """Mend a file, and say on stderr how much of it.

    Raises:
        Failure: the file cannot be read or written.
    """
    content = files.bytes_of(name)
    configuration = configuration_for(name, wishes)

    def find(text: str) -> Sequence[Finding]:
        one = compiled_content(text.encode(), name, dialect, configuration)
        return one.compilation.findings

    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return  # R001 says so.
    result = mended(text, name, find)
    if result.findings:
        files.write(name, result.text)
        note(f"{name}: mended {counted(len(result.findings), 'finding')}")
