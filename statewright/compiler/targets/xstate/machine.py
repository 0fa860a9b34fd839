"""The files of an XState machine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

from statewright.compiler.targets.export import Export, Loss, export_of, lines_of, stem_of
from statewright.compiler.targets.timers import Timer, timers_of
from statewright.compiler.targets.xstate.code import Code, plain, typescript
from statewright.compiler.targets.xstate.events import spelling_of
from statewright.compiler.targets.xstate.implementations import EFFECTS, Implementations
from statewright.compiler.targets.xstate.literals import key_of, quoted
from statewright.compiler.targets.xstate.losses import asked_states, losses_of
from statewright.compiler.targets.xstate.names import Naming, naming_of
from statewright.compiler.targets.xstate.states import Writer
from statewright.statechart.release import Release
from statewright.statechart.structure.nodes import Node, Variable
from statewright.statechart.structure.tree import Tree, tree_of

LIBRARIES: Final = ("cel.ts", "chart.ts")
"""The files that are the same for every chart."""


def xstate_from(release: Release) -> Export:
    """The module, the configuration in JSON, and the two files that the module needs."""
    chart = release.statechart
    tree = tree_of(chart)
    naming = naming_of(chart)
    timers = timers_of(chart)
    code = Implementations(frozenset(tree.nodes), asked_states(chart))
    config = _configuration(tree, naming, timers, code)
    losses = export_of({}, (*losses_of(tree, timers), *code.losses)).losses
    module = "\n".join(_module(release, tree, naming, timers, config, code, losses)) + "\n"
    described = {"description": _about(release, losses), **plain(config)}
    stem = stem_of(chart.name)
    package = files(__package__)
    return export_of(
        {
            f"{stem}.ts": module,
            f"{stem}.machine.json": json.dumps(described, ensure_ascii=False, indent=2) + "\n",
            **{name: package.joinpath(name).read_text("utf-8") for name in LIBRARIES},
        },
        losses,
    )


def _configuration(
    tree: Tree, naming: Naming, timers: Mapping[str, Timer], code: Implementations
) -> dict[str, Any]:
    chart = tree.chart
    spelled = {
        timer.event: f"xstate.after.{timer.milliseconds}.{naming.ids[timer.state]}"
        for timer in timers.values()
    }
    spelling = spelling_of(chart, naming, spelled)
    writer = Writer(tree, naming, spelling, timers, code, _lingering(tree))
    config: dict[str, Any] = {"id": naming.machine, "context": Code(_CONTEXT)}
    lines = list(writer.initial_values("", chart.data, tree.root))
    if lines:
        body = "".join(f"    {line}\n" for line in lines)
        needs = iter([f"data: (x) => {{\n{body}  }},"])
        config["entry"] = [code.action("enter the session", 'enter("", {', needs, "})")]
    beginning = writer.beginning("", chart.states, chart.initial)
    config["initial"] = beginning["initial"]
    if any(node.state is not None and node.state.invocations for node in tree.nodes.values()):
        # XState stops a machine that does not react to the failure of an actor.
        config["on"] = {"xstate.error.actor.*": {}}
    config["output"] = Code("({ event }) => event.output as Outcome")
    config["options"] = {"maxIterations": chart.limit}
    config["states"] = {**beginning.get("states", {}), **writer.states(chart.states)}
    return config


_CONTEXT: Final = "({ input }) => context(input)"


def _lingering(tree: Tree) -> frozenset[str]:
    """States whose variables a transition that leaves them may still read."""
    found: set[str] = set()
    for node in tree.nodes.values():
        if any(arc.actions and arc.targets for arc in node.arcs):
            found.add(node.id)
            found.update(ancestor.id for ancestor in node.ancestors())
    return frozenset(found)


# The text of the module


def _about(release: Release, losses: tuple[Loss, ...]) -> str:
    chart = release.statechart
    lines = [
        f"{chart.name}: compiled by Statewright from the release {release.digest}",
        *(f"not carried over: {line}" for line in lines_of(losses)),
    ]
    return "\n".join(lines)


def _module(
    release: Release,
    tree: Tree,
    naming: Naming,
    timers: Mapping[str, Timer],
    config: dict[str, Any],
    code: Implementations,
    losses: tuple[Loss, ...],
) -> Iterator[str]:
    for line in _about(release, losses).splitlines():
        yield f"// {line}"
    yield from _imports(tree, code)
    yield from _data_type(tree)
    yield from _OUTCOME
    yield f"const definition: Definition = {typescript(_definition(tree, naming, timers))};"
    yield ""
    yield _TOOLS
    yield ""
    yield from _stubs(code)
    yield "export const machine = setup({"
    yield from _TYPES
    yield from _record("guards", code.guards)
    yield from _record("actions", _effects() | code.actions)
    yield from _record("actors", _actors(tree))
    yield f"}}).createMachine({typescript(config)});"


def _imports(tree: Tree, code: Implementations) -> Iterator[str]:
    names = ["chart", "type ChartEvent", "type Context", "type Definition", "type Effect"]
    names += ["type Input"]
    names += ["type Names"] if code.stubs else []
    names += ["work"] if _actors(tree) else []
    yield ""
    yield 'import { setup } from "xstate";'
    yield 'import * as cel from "./cel.js";'
    yield "import {"
    for name in names:
        yield f"  {name},"
    yield '} from "./chart.js";'
    yield ""


_OUTCOME: Final = (
    "/** How a session ended. */",
    "export type Outcome = {",
    "  readonly outcome: string;",
    "  readonly failed: boolean;",
    "  readonly output: cel.Value;",
    "};",
    "",
)
_TYPES: Final = (
    "  types: {",
    "    context: {} as Context<Data>,",
    "    events: {} as ChartEvent,",
    "    input: {} as Input<Data> | undefined,",
    "    output: {} as Outcome,",
    "  },",
)
_TOOLS: Final = (
    "export const { block, context, enter, guard, leave, params, value } = chart<Data>(definition);"
)
_TYPESCRIPT: Final = {
    "bool": "boolean",
    "int": "number",
    "double": "number",
    "string": "string",
    "list": "readonly cel.Value[]",
    "map": "cel.Fields",
}


def _data_type(tree: Tree) -> Iterator[str]:
    """The type of the session's variables."""
    yield "/** The variables of a session; those that are not there are unset. */"
    yield "export type Data = {"
    for name, variable in tree.root.scope.declared.items():
        yield f"  readonly {key_of(name)}?: {_TYPESCRIPT.get(variable.type, 'cel.Value')};"
    yield "};"
    yield ""


def _definition(tree: Tree, naming: Naming, timers: Mapping[str, Timer]) -> dict[str, Any]:
    events = {
        f"xstate.after.{timer.milliseconds}.{naming.ids[timer.state]}": timer.event
        for timer in timers.values()
    }
    renamed = {
        f"xstate.done.state.{name}": f"done.state.{state}"
        for state, name in naming.ids.items()
        if name != state
    }
    scopes = [tree.root, *(node for node in tree.nodes.values() if node.state and node.state.data)]
    return {
        "name": tree.chart.name,
        "variables": {node.id: _variables(node) for node in scopes},
        "events": events | renamed,
        "inputs": list(tree.chart.inputs),
    }


def _variables(node: Node) -> dict[str, Any]:
    return {name: _variable(one) for name, one in node.scope.declared.items()}


def _variable(variable: Variable) -> dict[str, Any]:
    found: dict[str, Any] = {"type": variable.type}
    limits = variable.limits
    if limits is not None:
        if limits.values:
            found["values"] = list(limits.values)
        if isinstance(limits.minimum, int | float):
            found["minimum"] = limits.minimum
        if isinstance(limits.maximum, int | float):
            found["maximum"] = limits.maximum
    return found


def _stubs(code: Implementations) -> Iterator[str]:
    """The expressions that somebody has to write by hand."""
    if not code.stubs:
        return
    yield 'const unwritten = (): never => cel.fail("nobody has written this expression yet");'
    yield ""
    yield "/**"
    yield " * Expressions without TypeScript. Write the ones that you need: until then they fail,"
    yield " * which is an error like any other: a guard is false, a block of actions ends."
    yield " */"
    yield "export const stubs: Record<string, (x: Names) => cel.Value> = {"
    for text in code.stubs:
        yield f"  {key_of(text)}: unwritten,"
    yield "};"
    yield ""
    yield "const stub = (text: string, x: Names): cel.Value => (stubs[text] ?? unwritten)(x);"
    yield ""


def _effects() -> dict[str, str]:
    return dict.fromkeys(EFFECTS, '(_, _params: Effect["params"]) => {}')


def _actors(tree: Tree) -> dict[str, str]:
    """The actors that do the work of invocations; the host provides them."""
    types = sorted(
        {
            invoke.type or "scxml"
            for node in tree.nodes.values()
            if node.state is not None
            for invoke in node.state.invocations
        }
    )
    return {
        kind: f"work(() => Promise.reject(new Error({quoted(f'provide the actor `{kind}`')})))"
        for kind in types
    }


def _record(name: str, entries: Mapping[str, str]) -> Iterator[str]:
    if not entries:
        return
    yield f"  {name}: {{"
    for key, text in entries.items():
        body = text.replace("\n", "\n    ")
        yield f"    {key_of(key)}: {body},"
    yield "  },"
