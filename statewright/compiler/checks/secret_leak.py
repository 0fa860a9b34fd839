"""A secret goes where somebody can read it.

What it does:
    Looks for secrets (`{{secret:…}}`, and variables that are `secret`) in what is said to users and
    to people, in what language models, clients and logs are given, in requests without encryption
    or to hosts that the configuration does not list under `hosts`, in variables, and in the inputs
    of other flows.

Why it matters:
    Whoever reads it can use it. A secret in a variable is stored with the conversation, too.

Example:
    start: hello
    nodes:
      hello: {type: message, text: "Your link: {{secret:link}}", next: bye}
      bye: {type: end}

Instead:
    start: hello
    variables: {link: {type: string, input: true}}
    nodes:
      hello: {type: message, text: "Your link: {{ link }}", next: bye}
      bye: {type: end}

Known limits:
    What a request answers does not count as secret. Credentials in URLs are looked at by E604.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.echoes import echoes_of
from statewright.compiler.analysis.labels import holds, labelled, spread
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.pouring import Pour, Sink, pours_of
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.paths import Path
from statewright.compiler.subject import Subject
from statewright.expressions import Secret, Template
from statewright.flows.nodes import Http, NodeConfig, Set, Subflow
from statewright.statechart.sourcemap import Location


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Secrets that leave, or are kept; credentials in URLs are E604's."""
    secret = labelled(subject.flow, subject.writes, "secret")
    if secret:
        secret = spread(secret, (*subject.writes, *echoes_of(subject.flow)))
    for pour in pours_of(subject):
        name = _name(pour, secret)
        if name and pour.sink is not Sink.URL:
            yield check.finding(
                f"{name} {pour.sink}",
                pour.location,
                node=pour.node,
                help="send secrets in the headers of requests by https, and nowhere else",
            )
    for parsed in subject.texts:
        parts = parsed.form.parts if isinstance(parsed.form, Template) else ()
        for part in parts:
            if not isinstance(part, Secret):
                continue
            node = subject.nodes.get(parsed.text.node)
            place = parsed.text.source.location
            if node is not None and (kept := _kept(node.config, place)):
                yield check.finding(
                    f"the secret `{part.key}` {kept}",
                    place,
                    node=node.id,
                    help="write `{{secret:…}}` where the secret is sent",
                )


def _kept(config: NodeConfig, place: Location) -> str:
    """Where what a node says at a place is stored, as the end of a sentence, or ``""``."""
    if isinstance(config, Set):
        return "is saved in a variable"
    if isinstance(config, Subflow):
        return "is given to another flow as an input, and so saved in a variable"
    if isinstance(config, Http) and config.fallback is not None:
        places = (config.fallback.location, *config.fallback.locations.values())
        return "stands in for a response, and so is saved with the conversation" * (place in places)
    return ""


def _name(pour: Pour, secret: frozenset[Path]) -> str:
    """What is poured out that is secret, as the subject of a sentence, or ``""``."""
    if pour.secrets:
        return "" if pour.sink is Sink.CLEAR else f"the secret `{pour.secrets[0]}`"
    if not secret:
        return ""
    found = next((path for path in pour.paths if holds(secret, (path,))), None)
    return f"the secret `{'.'.join(found)}`" if found else ""


CHECK = Check("D406", "secret-leak", Severity.ERROR, __doc__, find)
