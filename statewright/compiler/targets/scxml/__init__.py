"""A release as an SCXML document (https://www.w3.org/TR/scxml/) with the datamodel ``cel``.

``statewright compile FILE.scxml`` reads it again.
"""

from __future__ import annotations

from statewright.compiler.targets.export import Export, export_of, lines_of, stem_of
from statewright.compiler.targets.scxml.losses import losses_of, losses_of_absent
from statewright.compiler.targets.scxml.names import naming_of
from statewright.compiler.targets.scxml.states import Writer
from statewright.compiler.targets.scxml.xml import comment, lines_of_element
from statewright.statechart.release import Release
from statewright.statechart.structure.tree import tree_of


def scxml_from(release: Release) -> Export:
    """One file with the document."""
    chart = release.statechart
    tree = tree_of(chart)
    naming = naming_of(tree)
    writer = Writer(tree, naming, chart.charts)
    document = writer.document()
    losses = export_of({}, (*losses_of(tree, naming), *losses_of_absent(writer.absent))).losses
    about = [
        f"{chart.name}: compiled by Statewright from the release {release.digest}",
        *(f"not carried over: {line}" for line in lines_of(losses)),
    ]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        *comment(about),
        *lines_of_element(document),
    ]
    return export_of({f"{stem_of(chart.name)}.scxml": "\n".join(lines) + "\n"}, losses)


__all__ = ["scxml_from"]
