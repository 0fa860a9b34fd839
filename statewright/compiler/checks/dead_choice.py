"""An answer can never be given.

What it does:
    Looks for edges at the port of an answer or a button that is not offered, and for answers whose
    words an interrupt, a word to skip or a word to ask for help takes away.

Why it matters:
    What the edge leads to is never reached by it; whoever types such an answer is understood
    otherwise.

Example:
    start: ask
    variables: {topic: string}
    nodes:
      ask:
        type: question
        text: What is it about?
        choices: [order, help]
        help: {text: "Just say what it is about."}
        variable: topic
        next: bye
      bye: {type: end, text: "{{ topic }}"}

Instead:
    start: ask
    variables: {topic: string}
    nodes:
      ask:
        type: question
        text: What is it about?
        choices: [order, advice]
        help: {text: "Just say what it is about."}
        variable: topic
        next: bye
      bye: {type: end, text: "{{ topic }}"}

Known limits:
    Patterns of interrupts are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.writes import template_from
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.expressions.operations.utterances import folded
from statewright.flows.model import Node
from statewright.flows.nodes import Interrupt, Message, Question, choice_port
from statewright.flows.nodes.questions import Choice


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Edges of answers that are not offered, and answers that something else takes."""
    words = {
        folded(word.text): node.id
        for node in subject.nodes.values()
        if isinstance(node.config, Interrupt) and node.config.guard is None
        for word in node.config.words
    }
    offered = {node.id: _offered(node) for node in subject.nodes.values()}
    for edge in subject.flow.edges:
        known = offered.get(edge.source)
        is_choice = edge.port.startswith(choice_port(""))
        if known is not None and is_choice and edge.port not in known:
            answer = edge.port.removeprefix(choice_port(""))
            yield check.finding(
                f"`{edge.source}` does not offer the answer `{answer}`",
                edge.location,
                node=edge.source,
                port=edge.port,
                help="offer it, or remove the edge",
            )
    for node in subject.nodes.values():
        if isinstance(node.config, Question):
            yield from _taken(check, node, node.config, words)


def _offered(node: Node) -> frozenset[str] | None:
    """The ports of the answers that a node offers; None where these are not known."""
    config = node.config
    if isinstance(config, Question):
        if config.choices_from is not None:
            return None
        return frozenset(choice_port(choice.value) for choice in config.choices)
    if isinstance(config, Message):
        return frozenset(choice_port(button.value.text) for button in config.buttons)
    return None


def _taken(
    check: Check, node: Node, question: Question, words: dict[str, str]
) -> Iterator[Finding]:
    own = {folded(word): "a word to skip the question" for word in question.skip}
    if question.help is not None:
        own |= {folded(word): "a word to ask for help" for word in question.help.words}
    for choice in question.choices:
        said = [word for word in _said(choice) if word in own or word in words]
        if not said:
            continue
        word = said[0]
        what = own.get(word) or f"what the interrupt `{words[word]}` waits for"
        yield check.finding(
            f"whoever types the answer `{word}` is understood otherwise: it is {what}",
            choice.location,
            node=node.id,
            help="call one of them something else",
        )


def _said(choice: Choice) -> list[str]:
    """What a user types to give an answer: its value, and its label if nothing is filled in."""
    template = template_from(choice.label.text)
    plain = template is not None and not template.holes
    texts = [str(choice.value), *([choice.label.text] if plain else [])]
    return [folded(text) for text in texts]


CHECK = Check("I504", "dead-choice", Severity.WARNING, __doc__, find)
