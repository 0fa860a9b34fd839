// How a chart of Statewright runs on XState 5: the names that its expressions see, and its blocks
// of actions. A block ends at its first error, which becomes the event `error.execution.action`.

import { enqueueActions, fromPromise, type ActionFunction } from "xstate";
import {
  CelError,
  Optional,
  converted,
  fail,
  isNumber,
  kept,
  kindOf,
  none,
  printed,
  some,
  toDouble,
  toInt,
  trimmed,
  type Fields,
  type Value,
} from "./cel.js";

/** What happens to a machine: `{ type: "message", data: { text: "Hi" } }`. */
export interface ChartEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly kind?: "external" | "internal" | "platform";
  readonly sendid?: string;
  /** Of a `done` event of XState. */
  readonly output?: unknown;
  /** Of an `error` event of XState. */
  readonly error?: unknown;
}

/** What a session knows. */
export interface Context<Data = Fields> {
  /** The variables of the session. */
  readonly data: Data;
  /** The variables of states, by state. Those of a state that was left mean nothing. */
  readonly scopes: Readonly<Record<string, Fields>>;
  readonly contact: Fields;
  readonly tenant: Fields;
  readonly session: { readonly id: string; readonly seed: string };
  /** States that listen to the user; the first one has the floor. */
  readonly floor: readonly string[];
  /** States that are active, of those that expressions ask for. */
  readonly active: readonly string[];
  /** How often states were entered that draw lots. */
  readonly visits: Readonly<Record<string, number>>;
  /** The timers of each send that can be cancelled. */
  readonly timers: Readonly<Record<string, readonly string[]>>;
  readonly timerCount: number;
}

/** What a session begins with. */
export interface Input<Data = Fields> {
  readonly session?: string;
  readonly seed?: string;
  readonly data?: Partial<Data>;
  readonly contact?: Fields;
  readonly tenant?: Fields;
}

/** What a variable may hold. */
export interface Variable {
  readonly type: string;
  readonly values?: readonly Value[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What is known of a chart beside its states. */
export interface Definition {
  readonly name: string;
  /** The variables of each state that has some; those of the session under `""`. */
  readonly variables: Readonly<Record<string, Readonly<Record<string, Variable>>>>;
  /** What the chart calls the events of XState's own that it waits for. */
  readonly events: Readonly<Record<string, string>>;
  /** Of those that may be given at the start, the names. */
  readonly inputs: readonly string[];
}

/** An effect: an action of the machine, to be provided by the host. */
export interface Effect {
  readonly type: "say" | "send" | "patch" | "log";
  readonly params: Readonly<Record<string, unknown>>;
}

type Output =
  | { readonly do: "effect"; readonly effect: Effect }
  | { readonly do: "raise"; readonly event: ChartEvent }
  | { readonly do: "send"; readonly event: ChartEvent }
  | { readonly do: "delay"; readonly event: ChartEvent; readonly delay: number; readonly id: string }
  | { readonly do: "cancel"; readonly id: string };

const FAMILIES: readonly (readonly [string, string])[] = [
  ["xstate.done.state.", "done.state."],
  ["xstate.done.actor.", "done.invoke."],
  ["xstate.error.actor.", "error.communication."],
];

/** What the chart calls an event. */
function nameOf(definition: Definition, type: string): string {
  const known = Object.hasOwn(definition.events, type) ? definition.events[type] : undefined;
  if (known !== undefined) return known;
  const family = FAMILIES.find(([prefix]) => type.startsWith(prefix));
  return family ? family[1] + type.slice(family[0].length) : type;
}

function failureOf(error: unknown): Value {
  const known = error !== null && typeof error === "object" ? error : {};
  if (!(known instanceof Error)) return valueFrom(error);
  const code = "code" in known ? String(known.code) : "error";
  return { code, message: known.message };
}

/** A value of JavaScript as one of CEL. */
function valueFrom(given: unknown): Value {
  if (given === undefined) return {};
  kindOf(given as Value);
  return given as Value;
}

/** The names that an expression sees. */
export class Names {
  constructor(
    readonly definition: Definition,
    public context: Context,
    readonly cause: ChartEvent,
  ) {}

  optional(name: string, scope = ""): Optional {
    const variables: Fields = scope === "" ? this.context.data : (this.context.scopes[scope] ?? {});
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined) return none;
    const declared = this.definition.variables[scope]?.[name]?.type;
    return some(declared === "double" ? toDouble(value) : value);
  }

  variable(name: string, scope = ""): Value {
    const found = this.optional(name, scope);
    return found.present ? found.value : fail(`\`${name}\` has no value`);
  }

  has(name: string, scope = ""): boolean {
    return this.optional(name, scope).present;
  }

  event(): Value {
    const { cause } = this;
    if (cause.type === "xstate.init") return fail("`event` has no value");
    const name = nameOf(this.definition, cause.type);
    const data = this.eventData() ?? {};
    const platform = cause.type.startsWith("xstate.") && !cause.type.startsWith("xstate.after.");
    const kind = cause.kind ?? (platform ? "platform" : "external");
    const sendid = cause.sendid ? { sendid: cause.sendid } : {};
    return { name, data, kind, ...sendid };
  }

  private eventData(): Value {
    const { data, output, error } = this.cause;
    if (error !== undefined) return failureOf(error);
    return valueFrom(output ?? data);
  }

  input(): Value {
    const data = this.cause.type === "xstate.init" ? null : this.eventData();
    if (data !== null && kindOf(data) === "map") {
      const { value, text } = data as Fields;
      if (value !== undefined && value !== null) return value;
      if (typeof text === "string") return trimmed(text);
    }
    return fail("`input` has no value");
  }

  contact(): Value {
    return this.context.contact;
  }

  tenant(): Value {
    return this.context.tenant;
  }

  session(): Value {
    return {
      id: this.context.session.id,
      flow: this.definition.name,
      floor: this.context.floor,
    };
  }

  isActive(state: string): boolean {
    return this.context.active.includes(state);
  }

  /** A number from 0 to below n: the same whenever this call is asked in this visit of a state. */
  draw(state: string, site: string, n: Value): Value {
    if (kindOf(n) !== "int" || (n as number) < 1) return fail("`draw(n)` takes one int from 1");
    const visit = this.context.visits[state] ?? 0;
    const lot = JSON.stringify([this.context.session.seed, state, visit, site]);
    let hash = 0x811c9dc5;
    for (const one of lot) hash = Math.imul(hash ^ (one.codePointAt(0) ?? 0), 0x01000193);
    return ((hash ^ (hash >>> 15)) >>> 0) % (n as number);
  }
}

/** A value as a variable holds it, if it may. */
function held(value: Value, variable: Variable): Value {
  const stored = kept(converted(value, variable.type));
  const allowed = variable.values ?? [];
  if (allowed.length > 0 && !allowed.includes(stored)) fail("the value is not among those declared");
  if (typeof stored === "number") {
    if (!(stored >= (variable.minimum ?? -Infinity))) fail("the value is too small");
    if (!(stored <= (variable.maximum ?? Infinity))) fail("the value is too large");
  }
  return stored;
}

function withPart(whole: Value | undefined, path: readonly string[], value: Optional): Fields {
  const [key = "", ...rest] = path;
  if (whole !== undefined && whole !== null && kindOf(whole) !== "map") {
    return fail(`a ${kindOf(whole)} has no part ${key}`);
  }
  const map = (whole ?? {}) as Fields;
  const others = Object.entries(map).filter((entry) => entry[0] !== key);
  const at = Object.keys(map).indexOf(key);
  const inner = Object.hasOwn(map, key) ? map[key] : undefined;
  const part = rest.length > 0 ? withPart(inner, rest, value) : value.present ? value.value : undefined;
  const made: [string, Value][] = part === undefined ? [] : [[key, part]];
  const all = others as [string, Value][];
  return Object.fromEntries(at < 0 ? [...all, ...made] : [...all.slice(0, at), ...made, ...all.slice(at)]);
}

function isAbsent(whole: Value | undefined, path: readonly string[]): boolean {
  let here = whole;
  for (const key of path) {
    if (here === undefined || kindOf(here) !== "map" || !Object.hasOwn(here as Fields, key)) return true;
    here = (here as Fields)[key];
  }
  return here === undefined;
}

/** How a value of the contact or the tenant comes of what others have left there. */
interface Merge {
  readonly operation: "increment" | "append" | "remove";
  readonly operand: Value;
}

/** Numbers are added by the world; texts and times are put there as they came out here. */
function isMerged(whole: Fields, path: readonly string[], merge: Merge): boolean {
  if (merge.operation !== "increment") return true;
  let here: Value | undefined = whole;
  if (isAbsent(whole, path)) here = merge.operand;
  else for (const key of path) here = (here as Fields)[key];
  return isNumber(merge.operand) && isNumber(here as Value);
}

function isPatch(output: Output): boolean {
  return output.do === "effect" && output.effect.type === "patch";
}

/** A block of actions while it runs. */
export class Block extends Names {
  readonly outputs: Output[] = [];

  constructor(
    definition: Definition,
    context: Context,
    cause: ChartEvent,
    readonly state: string,
  ) {
    super(definition, context, cause);
  }

  /** Give a variable, or a part of one, a value. An empty optional takes it away. */
  assign(scope: string, path: readonly string[], given: Value): void {
    const value = given instanceof Optional ? given : some(given);
    const [name = "", ...rest] = path;
    const declared = this.definition.variables[scope]?.[name];
    if (declared === undefined) return fail(`no variable ${name} is declared here`);
    const before = scope === "" ? this.context.data : (this.context.scopes[scope] ?? {});
    if (!value.present && isAbsent(before, path)) return;
    if (value.present && rest.length > 0 && !["map", "dyn"].includes(declared.type)) {
      fail(`${name} is declared as ${declared.type}, which has no parts`);
    }
    const stored =
      value.present && rest.length === 0 ? some(held(value.value, declared)) : this.part(value);
    this.write(scope, withPart(before, path, stored));
  }

  private part(value: Optional): Optional {
    return value.present ? some(kept(value.value)) : none;
  }

  private write(scope: string, variables: Fields): void {
    this.context =
      scope === ""
        ? { ...this.context, data: variables }
        : { ...this.context, scopes: { ...this.context.scopes, [scope]: variables } };
  }

  /** Change a value of the contact or the tenant, here and in the world. */
  patch(owner: "contact" | "tenant", path: readonly string[], given: Value, merge?: Merge): void {
    if (path.length === 0) fail(`${owner} cannot be replaced as a whole`);
    const value = this.part(given instanceof Optional ? given : some(given));
    const before = this.context[owner];
    this.context = { ...this.context, [owner]: withPart(before, path, value) };
    const put = { operation: "set", path, scope: owner, value: value.value ?? null };
    if (!value.present) this.effect("patch", { operation: "unset", path, scope: owner });
    else if (merge === undefined || !isMerged(before, path, merge)) this.effect("patch", put);
    else this.effect("patch", { ...put, operation: merge.operation, value: kept(merge.operand) });
  }

  /** Make the variables of a state, without values. */
  open(scope: string): void {
    this.write(scope, {});
  }

  /** Give a variable its first value, if it has none yet. */
  initial(scope: string, name: string, value: () => Value): void {
    if (!this.has(name, scope)) this.attempt(() => this.assign(scope, [name], value()));
  }

  effect(type: Effect["type"], params: Effect["params"]): void {
    this.outputs.push({ do: "effect", effect: { type, params } });
  }

  say(content: Value): void {
    this.effect("say", { content: kept(content) });
  }

  log(label: string, value: Value): void {
    this.effect("log", { label, text: printed(value) });
  }

  raise(type: string, data?: Value, kind: ChartEvent["kind"] = "internal", sendid = ""): void {
    this.outputs.push({ do: "raise", event: this.made(type, data, kind, sendid) });
  }

  private made(type: string, data: Value | undefined, kind: ChartEvent["kind"], sendid: string) {
    return {
      type,
      ...(kind === undefined ? {} : { kind }),
      ...(data === undefined || data === null ? {} : { data: kept(data) }),
      ...(sendid === "" ? {} : { sendid }),
    };
  }

  /** Send an event to the session itself, at once or in so many microseconds. */
  sendSelf(type: string, data?: Value, delay: Value = 0, id = ""): void {
    const event = this.made(type, data, undefined, id);
    const micros = toInt(delay) as number;
    if (micros <= 0) {
      this.outputs.push({ do: "send", event });
      return;
    }
    const number = this.context.timerCount;
    const name = `${type} ${number}`;
    const known = id === "" ? [] : [...(this.context.timers[id] ?? []), name];
    const timers = id === "" ? this.context.timers : { ...this.context.timers, [id]: known };
    this.context = { ...this.context, timers, timerCount: number + 1 };
    this.outputs.push({ do: "delay", event, delay: micros / 1000, id: name });
  }

  /** Send an event to a target that was computed. */
  sendTo(target: string, type: string, data?: Value, delay: Value = 0, id = ""): void {
    if (target === "") this.sendSelf(type, data, delay, id);
    else if (target === "#_internal") this.raise(type, data, "internal", id);
    else this.sendOut(target, type, data, id);
  }

  /** Send an event to the world. */
  sendOut(target: string, type: string, data?: Value, id = ""): void {
    const sent = data === undefined ? null : kept(data);
    this.effect("send", { target, event: type, data: sent, ...(id === "" ? {} : { id }) });
  }

  cancel(id: string): void {
    for (const name of this.context.timers[id] ?? []) this.outputs.push({ do: "cancel", id: name });
    const left = Object.entries(this.context.timers).filter(([key]) => key !== id);
    this.context = { ...this.context, timers: Object.fromEntries(left) };
  }

  /** Whether a condition is true; an error counts as false, and is an event. */
  holds(text: string, test: () => Value): boolean {
    try {
      const value = test();
      if (typeof value === "boolean") return value;
      fail(`a guard is true or false, not a ${kindOf(value)}`);
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      if (!nameOf(this.definition, this.cause.type).startsWith("error")) {
        this.raiseError("error.execution.guard", error, text);
      }
    }
    return false;
  }

  /** The elements of a list, with their places. */
  items(list: Value): [number, Value][] {
    return Array.isArray(list)
      ? [...(list as readonly Value[]).entries()]
      : fail(`a loop runs over a list, not a ${kindOf(list)}`);
  }

  /** What is shown of a value: nothing where it has none. */
  shown<Shown extends Value>(render: () => Shown, otherwise: Shown): Shown {
    try {
      return render();
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      this.effect("log", { label: "error.template", text: error.message });
      return otherwise;
    }
  }

  raiseError(type: string, error: CelError, expression = ""): void {
    this.raise(type, { message: error.message, state: this.state, expression }, "platform");
  }

  /** Run some of the block; an error ends it, takes back its patches, and is an event. */
  attempt(run: (block: this) => void): void {
    const { contact, tenant } = this.context;
    const begun = this.outputs.length;
    try {
      run(this);
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      this.context = { ...this.context, contact, tenant };
      this.outputs.push(...this.outputs.splice(begun).filter((output) => !isPatch(output)));
      this.raiseError("error.execution.action", error);
    }
  }
}

/** What has to be done when a state is entered or left, beside its own actions. */
export interface Bookkeeping {
  readonly listens?: boolean;
  readonly asked?: boolean;
  readonly draws?: boolean;
  /** Gives its variables their first values. */
  readonly data?: (x: Block) => void;
}

export type ChartAction<Data> = ActionFunction<
  Context<Data>,
  ChartEvent,
  ChartEvent,
  undefined,
  never,
  never,
  never,
  never,
  never
>;

interface Given<Data> {
  readonly context: Context<Data>;
  readonly event: ChartEvent;
}

/** The guards and actions of a chart. */
export function chart<Data>(definition: Definition) {
  const seen = (context: Context<Data>): Context => context as unknown as Context;

  function action(state: string, run: (x: Block) => void): ChartAction<Data> {
    const made = enqueueActions<Context, ChartEvent, undefined, ChartEvent>(
      ({ context, event, enqueue, self }) => {
        const block = new Block(definition, context, event, state);
        run(block);
        if (block.context !== context) enqueue.assign(() => block.context);
        for (const output of block.outputs) {
          if (output.do === "effect") enqueue(output.effect);
          else if (output.do === "raise") enqueue.raise(output.event);
          else if (output.do === "send") enqueue.sendTo(self, output.event);
          else if (output.do === "cancel") enqueue.cancel(output.id);
          else enqueue.raise(output.event, { delay: output.delay, id: output.id } as object);
        }
      },
    );
    return made as unknown as ChartAction<Data>;
  }

  return {
    /** A guard: an error, or anything but a bool, counts as false. */
    guard:
      (test: (x: Names) => Value) =>
      ({ context, event }: Given<Data>): boolean => {
        try {
          return test(new Names(definition, seen(context), event)) === true;
        } catch (error) {
          if (error instanceof CelError) return false;
          throw error;
        }
      },

    /** A block of actions. */
    block: (state: string, run: (x: Block) => void): ChartAction<Data> =>
      action(state, (block) => block.attempt(run)),

    /** What is done before the entry actions of a state. */
    enter: (state: string, needs: Bookkeeping): ChartAction<Data> =>
      action(state, (block) => {
        const { context } = block;
        const count = (context.visits[state] ?? 0) + 1;
        if (needs.draws) block.context = { ...context, visits: { ...context.visits, [state]: count } };
        if (needs.asked) block.context = { ...block.context, active: [...context.active, state] };
        if (needs.data && state !== "") block.open(state);
        needs.data?.(block);
        if (needs.listens) block.context = { ...block.context, floor: [...context.floor, state] };
      }),

    /** What is done after the exit actions of a state. */
    leave: (state: string, needs: { readonly drops?: boolean } = {}): ChartAction<Data> =>
      action(state, (block) => {
        const { floor, active, scopes } = block.context;
        const left = (one: string) => one !== state;
        const kept = Object.entries(scopes).filter(([scope]) => !needs.drops || left(scope));
        block.context = {
          ...block.context,
          floor: floor.filter(left),
          active: active.filter(left),
          scopes: Object.fromEntries(kept),
        };
      }),

    /** The value of something that is computed outside a block: `fallback` where there is none. */
    value:
      (render: (x: Names) => Value, fallback: Value = null) =>
      ({ context, event }: Given<Data>): Value => {
        try {
          return kept(render(new Names(definition, seen(context), event)));
        } catch (error) {
          if (error instanceof CelError) return fallback;
          throw error;
        }
      },

    /** The parameters of an invocation, or why there are none. */
    params:
      (render: (x: Names) => Value) =>
      ({ context, event }: Given<Data>): Work => {
        try {
          return { params: kept(render(new Names(definition, seen(context), event))) };
        } catch (error) {
          if (!(error instanceof CelError)) throw error;
          return { failure: { code: "params", message: error.message } };
        }
      },

    /** The context that a session begins with. */
    context: (input: Input<Data> | undefined): Context<Data> => {
      const begin: Context = {
        data: {},
        scopes: {},
        contact: input?.contact ?? {},
        tenant: input?.tenant ?? {},
        session: { id: input?.session ?? "", seed: input?.seed ?? "" },
        floor: [],
        active: [],
        visits: {},
        timers: {},
        timerCount: 0,
      };
      const block = new Block(definition, begin, { type: "xstate.init" }, "");
      for (const [name, value] of Object.entries((input?.data ?? {}) as Fields)) {
        if (!definition.inputs.includes(name)) throw new Error(`${name} is not an input of the chart`);
        if (value !== undefined) block.assign("", [name], value);
      }
      return block.context as unknown as Context<Data>;
    },
  };
}

/** What an invocation is given. */
export type Work = { readonly params: Value } | { readonly failure: Fields };

/**
 * An actor that does the work of invocations: provide it under the type of the invocation.
 *
 * `run` is given the parameters; its result is the data of `done.invoke.…`, and what it throws is
 * that of `error.communication.…`.
 */
export const work = (run: (params: Value, signal: AbortSignal) => Promise<unknown>) =>
  fromPromise<unknown, Work>(async ({ input, signal }) => {
    if ("failure" in input) throw input.failure;
    return run(input.params, signal);
  });
