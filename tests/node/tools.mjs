// Answers questions of the tests, one JSON object a line: what XState, TypeScript, Mermaid and
// Graphviz make of what the targets write. `node tools.mjs NODE_MODULES` keeps running until its
// standard input ends.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";
import readline from "node:readline";

const folder = path.resolve(process.argv[2]);
const require = createRequire(path.join(folder, "here.js"));

/** A clock that stands still until it is told to go on; in microseconds. */
class Clock {
  now = 0;
  timers = [];
  count = 0;

  setTimeout(run, milliseconds) {
    const timer = { due: this.now + Math.round(milliseconds * 1000), order: this.count++, run };
    this.timers.push(timer);
    return timer;
  }

  clearTimeout(timer) {
    this.timers = this.timers.filter((one) => one !== timer);
  }

  advance(until) {
    for (;;) {
      const due = this.timers.filter((one) => one.due <= until);
      if (due.length === 0) break;
      due.sort((left, right) => left.due - right.due || left.order - right.order);
      this.clearTimeout(due[0]);
      this.now = Math.max(this.now, due[0].due);
      due[0].run();
    }
    this.now = Math.max(this.now, until);
  }
}

const modules = new Map();

/** A module of TypeScript, loaded; `files` are those that it may import. */
function loaded(name, files) {
  const text = files[name];
  const shared = !text.includes("createMachine(");
  if (shared && modules.has(text)) return modules.get(text);
  const ts = require("typescript");
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const { outputText } = ts.transpileModule(text, { compilerOptions });
  const module = { exports: {} };
  const find = (wanted) =>
    wanted.startsWith("./") ? loaded(wanted.slice(2).replace(/\.js$/, ".ts"), files) : require(wanted);
  new Function("exports", "require", "module", outputText)(module.exports, find, module);
  if (shared) modules.set(text, module.exports);
  return module.exports;
}

/** What a machine does with events: what it is like after the start and after each of them. */
function run({ main, files, input, now, steps, rehydrate, stubs }) {
  const { createActor } = require("xstate");
  const { machine, stubs: written } = loaded(main, files);
  const clock = new Clock();
  clock.now = now;
  for (const [text, code] of Object.entries(stubs)) {
    if (!written?.[text]) throw new Error(`there is no stub for ${text}`);
    const stub = new Function("x", "now", `return ${code};`);
    written[text] = (x) => stub(x, clock.now);
  }
  let effects = [];
  const keep = (kind) => (_, params) => effects.push({ kind, ...params });
  const { work } = loaded("chart.ts", files);
  const requested = [];
  const actors = {};
  for (const name of Object.keys(machine.implementations.actors)) {
    actors[name] = work((params) => {
      requested.push({ type: name, params });
      return new Promise(() => {});
    });
  }
  const provided = machine.provide({
    actors,
    actions: Object.fromEntries(["say", "send", "patch", "log"].map((kind) => [kind, keep(kind)])),
  });
  let failure = null;
  const begin = (options) => {
    const made = createActor(provided, { clock, ...options });
    made.subscribe({ error: (error) => (failure = String(error)) });
    return made.start();
  };
  const seen = () => {
    const snapshot = actor.getSnapshot();
    const nodes = [...snapshot._nodes].filter((node) => node.parent);
    nodes.sort((left, right) => left.order - right.order);
    const found = {
      configuration: nodes.map((node) => node.id),
      data: snapshot.context.data,
      scopes: snapshot.context.scopes,
      floor: snapshot.context.floor,
      status: snapshot.status,
      output: snapshot.output ?? null,
      effects,
      requested: requested.splice(0),
      failure,
    };
    effects = [];
    return found;
  };
  let actor = begin({ input });
  const found = [seen()];
  for (const { now, event } of steps) {
    clock.advance(now);
    if (event && actor.getSnapshot().status === "active") actor.send(event);
    found.push(seen());
    if (rehydrate && actor.getSnapshot().status === "active") {
      const snapshot = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
      actor.stop();
      actor = begin({ snapshot });
    }
  }
  actor.stop();
  return found;
}

/** A value of CEL with its type beside it. */
function typed(cel, value) {
  const kind = cel.kindOf(value);
  if (kind === "list") return { list: value.map((one) => typed(cel, one)) };
  if (kind === "map") {
    return { map: Object.fromEntries(cel.keysOf(value).map((key) => [key, typed(cel, value[key])])) };
  }
  if (kind === "optional_type") return { optional: value.present ? [typed(cel, value.value)] : [] };
  if (kind === "type") return { type: value.type };
  if (kind === "double") return { double: String(value instanceof cel.Double ? value.number : value) };
  return { [kind]: value };
}

/** What expressions in TypeScript are worth, with these variables of the session. */
function evaluate({ files, expressions, variables, data }) {
  const cel = loaded("cel.ts", files);
  const { Names } = loaded("chart.ts", files);
  const definition = { name: "", variables: { "": variables }, events: {}, inputs: [] };
  const context = { data, scopes: {}, contact: {}, tenant: {}, session: {}, active: [], visits: {} };
  const names = new Names(definition, context, { type: "message", data: {} });
  return expressions.map((text) => {
    try {
      return { value: typed(cel, new Function("cel", "x", `return ${text};`)(cel, names)) };
    } catch (error) {
      return error instanceof cel.CelError ? { error: error.message } : { fault: String(error) };
    }
  });
}

/** Texts without case and accents, as answers are compared. */
function folded({ files, texts }) {
  const { folded: fold } = loaded("cel.ts", files);
  return texts.map(fold);
}

let drawer;

/** What Graphviz reads: nodes, edges and clusters with their labels, and a drawing. */
async function graphviz({ text }) {
  const viz = await (drawer ??= require("@viz-js/viz").instance());
  const result = viz.render(text, { format: "json" });
  if (result.status !== "success") return { errors: result.errors };
  const svg = viz.render(text, { format: "svg" });
  return { errors: result.errors, graph: JSON.parse(result.output), svg: svg.output };
}

/** Mermaid, which cleans labels with the means of a browser while it is loaded. */
async function loadMermaid() {
  const { JSDOM } = require("jsdom");
  globalThis.window = new JSDOM("").window;
  globalThis.document = globalThis.window.document;
  const entry = path.join(folder, "mermaid", "dist", "mermaid.core.mjs");
  const { default: tool } = await import(pathToFileURL(entry).href);
  await tool.parse("stateDiagram-v2\n [*] --> s");
  // Graphviz would take the document for that of a page that it was loaded into.
  delete globalThis.window;
  delete globalThis.document;
  return tool;
}

let reader;

/** What Mermaid reads: states and transitions with their labels. */
async function mermaid({ text }) {
  const tool = await (reader ??= loadMermaid());
  try {
    const { db } = await tool.mermaidAPI.getDiagramFromText(text);
    return { data: db.getData() };
  } catch (error) {
    return { error: String(error) };
  }
}

const TOOLS = { run, evaluate, folded, graphviz, mermaid, version: () => process.version };

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { tool, ...question } = JSON.parse(line);
  let answer;
  try {
    answer = { answer: await TOOLS[tool](question) };
  } catch (error) {
    answer = { failure: error?.stack ?? String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
