// What the expressions of a chart mean: the values, operators and functions of CEL (https://cel.dev).
//
// An int is a number without fraction, and a double is any other number. A double that happens to
// have no fraction is a `Double` while an expression is evaluated; where it is stored in a variable
// that is not declared as a double, it becomes an int. Ints of more than 53 bits are an error.
// Whatever has no value throws a `CelError`.

export type Value =
  | null
  | boolean
  | number
  | string
  | Double
  | Optional
  | TypeName
  | readonly Value[]
  | Fields;

/** A map; what is undefined is not there. */
export interface Fields {
  readonly [key: string]: Value | undefined;
}

/** An expression has no value. */
export class CelError extends Error {
  override readonly name = "CelError";
}

/** A double without fraction. */
export class Double {
  constructor(readonly number: number) {}
}

/** A value that may be there. */
export class Optional {
  constructor(
    readonly present: boolean,
    readonly value: Value,
  ) {}
}

/** A type, as a value: `type(1)`. */
export class TypeName {
  constructor(readonly type: string) {}
}

export const none = new Optional(false, null);

export const nothing = (): Optional => none;
export const some = (value: Value): Optional => new Optional(true, value);

/** Says that there is no value. */
export function fail(reason: string): never {
  throw new CelError(reason);
}

export const fails = (reason: Value): never => fail(textOf(reason, "fail"));

export type Kind =
  | "null_type"
  | "bool"
  | "int"
  | "double"
  | "string"
  | "list"
  | "map"
  | "optional_type"
  | "type";

const PRIMITIVES: Readonly<Record<string, Kind>> = { boolean: "bool", string: "string" };

export function kindOf(value: Value): Kind {
  if (value === null) return "null_type";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "int" : "double";
  if (value instanceof Double) return "double";
  if (Array.isArray(value)) return "list";
  if (value instanceof Optional) return "optional_type";
  if (value instanceof TypeName) return "type";
  const primitive = PRIMITIVES[typeof value];
  if (primitive !== undefined) return primitive;
  const prototype: unknown = typeof value === "object" ? Object.getPrototypeOf(value) : undefined;
  const plain = prototype === null || Object.getPrototypeOf(prototype ?? {}) === null;
  return typeof value === "object" && plain ? "map" : fail(`${String(value)} is no value of CEL`);
}

/** The double of this number. */
export const double = (number: number): Value =>
  Number.isSafeInteger(number) ? new Double(number) : number;

export const isNumber = (value: Value): value is number | Double =>
  typeof value === "number" || value instanceof Double;

const numberOf = (value: number | Double): number =>
  typeof value === "number" ? value : value.number;

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const isMap = (value: Value): value is Fields => kindOf(value) === "map";

const holds = (map: Fields, key: string): boolean =>
  Object.hasOwn(map, key) && map[key] !== undefined;

const points = (text: string): string[] => Array.from(text);

function noOverload(name: string, ...values: Value[]): never {
  return fail(`no overload of \`${name}\` for ${values.map(kindOf).join(", ")}`);
}

function textOf(value: Value, name: string): string {
  return typeof value === "string" ? value : noOverload(name, value);
}

function intOf(value: Value, name: string): number {
  return kindOf(value) === "int" ? (value as number) : noOverload(name, value);
}

function listOf(value: Value, name: string): readonly Value[] {
  return isList(value) ? value : noOverload(name, value);
}

function boolOf(value: Value, name: string): boolean {
  return typeof value === "boolean" ? value : noOverload(name, value);
}

function optionalOf(value: Value, name: string): Optional {
  return value instanceof Optional ? value : noOverload(name, value);
}

// Logic. An error is absorbed where another operand decides alone.

function junction(symbol: string, stop: boolean, operands: readonly (() => Value)[]): boolean {
  let failure: CelError | undefined;
  for (const operand of operands) {
    try {
      if (boolOf(operand(), symbol) === stop) return stop;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return !stop;
}

export const and = (...operands: (() => Value)[]): boolean => junction("&&", false, operands);
export const or = (...operands: (() => Value)[]): boolean => junction("||", true, operands);
export const not = (value: Value): boolean => !boolOf(value, "!");
export const cond = (test: Value, then: () => Value, otherwise: () => Value): Value =>
  boolOf(test, "?:") ? then() : otherwise();

// Comparison. All numbers are on one line; texts are compared by code points, not by UTF-16.

export function eq(left: Value, right: Value): boolean {
  if (isNumber(left) && isNumber(right)) return numberOf(left) === numberOf(right);
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((one, at) => eq(one, right[at] ?? null));
  }
  if (left instanceof Optional && right instanceof Optional) {
    return left.present === right.present && eq(left.value, right.value);
  }
  if (left instanceof TypeName && right instanceof TypeName) return left.type === right.type;
  if (kindOf(left) !== kindOf(right)) return false;
  if (isMap(left) && isMap(right)) {
    const keys = keysOf(left);
    return (
      keys.length === keysOf(right).length &&
      keys.every((key) => holds(right, key) && eq(left[key] ?? null, right[key] ?? null))
    );
  }
  return left === right;
}

export const ne = (left: Value, right: Value): boolean => !eq(left, right);

/** A UTF-16 unit as a number that orders texts by their code points. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

export function compareTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const difference = rank(left.charCodeAt(at)) - rank(right.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function difference(symbol: string, left: Value, right: Value): number {
  if (isNumber(left) && isNumber(right)) {
    const one = numberOf(left);
    const other = numberOf(right);
    return one < other ? -1 : one > other ? 1 : one === other ? 0 : NaN;
  }
  if (typeof left === "string" && typeof right === "string") return compareTexts(left, right);
  if (typeof left === "boolean" && typeof right === "boolean") return +left - +right;
  return noOverload(symbol, left, right);
}

export const lt = (left: Value, right: Value): boolean => difference("<", left, right) < 0;
export const le = (left: Value, right: Value): boolean => difference("<=", left, right) <= 0;
export const gt = (left: Value, right: Value): boolean => difference(">", left, right) > 0;
export const ge = (left: Value, right: Value): boolean => difference(">=", left, right) >= 0;

export function isIn(value: Value, container: Value): boolean {
  if (isList(container)) return container.some((one) => eq(value, one));
  if (!isMap(container)) return noOverload("in", value, container);
  return typeof value === "string" && holds(container, value);
}

// Arithmetic. Nothing is converted on the way.

const checked = (number: number): number =>
  Number.isSafeInteger(number) ? number + 0 : fail("an int of more than 53 bits");

type Operation = (left: number, right: number) => number;

function numeric(symbol: string, ints: Operation, doubles?: Operation) {
  return (left: Value, right: Value): Value => {
    const kinds = [kindOf(left), kindOf(right)].join();
    const one = isNumber(left) ? numberOf(left) : NaN;
    const other = isNumber(right) ? numberOf(right) : NaN;
    if (kinds === "int,int") return checked(ints(one, other));
    if (kinds === "double,double" && doubles) return double(doubles(one, other));
    return noOverload(symbol, left, right);
  };
}

const nonZero = (number: number): number => (number === 0 ? fail("division by zero") : number);
const addNumbers = numeric("+", (one, other) => one + other, (one, other) => one + other);

export function add(left: Value, right: Value): Value {
  if (typeof left === "string" && typeof right === "string") return left + right;
  if (isList(left) && isList(right)) return [...left, ...right];
  return addNumbers(left, right);
}

export const sub = numeric("-", (one, other) => one - other, (one, other) => one - other);
export const mul = numeric("*", (one, other) => one * other, (one, other) => one * other);
export const div = numeric(
  "/",
  (one, other) => (one - (one % nonZero(other))) / other,
  (one, other) => one / other,
);
export const rem = numeric("%", (one, other) => one % nonZero(other));

export function neg(value: Value): Value {
  if (!isNumber(value)) return noOverload("-", value);
  const number = -numberOf(value);
  return kindOf(value) === "int" ? checked(number) : double(number);
}

// Maps and lists

export const keysOf = (map: Fields): string[] =>
  Object.keys(map)
    .filter((key) => map[key] !== undefined)
    .sort(compareTexts);

export function select(operand: Value, field: string): Value {
  if (operand instanceof Optional) return selectOptional(operand, field);
  if (!isMap(operand)) return fail(`\`${field}\` is selected from a ${kindOf(operand)}`);
  return holds(operand, field) ? (operand[field] ?? null) : fail(`no such key: ${field}`);
}

export function selectOptional(operand: Value, field: string): Optional {
  if (operand instanceof Optional) {
    return operand.present ? selectOptional(operand.value, field) : none;
  }
  if (!isMap(operand)) return fail(`\`${field}\` is selected from a ${kindOf(operand)}`);
  return holds(operand, field) ? some(operand[field] ?? null) : none;
}

export function has(operand: Value, field: string): boolean {
  if (operand instanceof Optional) return operand.present && has(operand.value, field);
  if (!isMap(operand)) return fail(`\`${field}\` is looked for in a ${kindOf(operand)}`);
  return holds(operand, field);
}

export function index(operand: Value, at: Value): Value {
  if (operand instanceof Optional) return indexOptional(operand, at);
  const found = indexOptional(operand, at);
  return found.present ? found.value : fail("no such key or index");
}

export function indexOptional(operand: Value, at: Value): Optional {
  if (operand instanceof Optional) {
    return operand.present ? indexOptional(operand.value, at) : none;
  }
  if (isList(operand)) {
    const place = isNumber(at) ? numberOf(at) : NaN;
    if (!Number.isInteger(place)) return noOverload("[]", operand, at);
    return place >= 0 && place < operand.length ? some(operand[place] ?? null) : none;
  }
  if (!isMap(operand)) return noOverload("[]", operand, at);
  return typeof at === "string" ? selectOptional(operand, at) : none;
}

/** A map from its entries; those that are an empty optional are left out. */
export function mapOf(...entries: [string, Value][]): Fields {
  const map: Record<string, Value> = {};
  for (const [key, value] of entries) {
    if (Object.hasOwn(map, key)) fail(`the key ${key} stands there twice`);
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true });
  }
  return map;
}

// Macros

function rounds(subject: Value, name: string): readonly Value[] {
  if (isList(subject)) return subject;
  return isMap(subject) ? keysOf(subject) : noOverload(name, subject);
}

type Round = (value: Value) => Value;

export const all = (subject: Value, test: Round): boolean =>
  and(...rounds(subject, "all").map((value) => () => test(value)));
export const exists = (subject: Value, test: Round): boolean =>
  or(...rounds(subject, "exists").map((value) => () => test(value)));
export const filter = (subject: Value, test: Round): readonly Value[] =>
  rounds(subject, "filter").filter((value) => boolOf(test(value), "filter"));
export const existsOne = (subject: Value, test: Round): boolean =>
  filter(subject, test).length === 1;
export const map = (subject: Value, transform: Round): readonly Value[] =>
  rounds(subject, "map").map(transform);
export const mapWhere = (subject: Value, test: Round, transform: Round): readonly Value[] => {
  const results: Value[] = [];
  for (const value of rounds(subject, "map")) {
    if (boolOf(test(value), "map")) results.push(transform(value));
  }
  return results;
};

/** `cel.bind`: the value is computed at most once, and only if it is used. */
export function bind(value: () => Value, body: (name: () => Value) => Value): Value {
  let known: { value: Value } | undefined;
  return body(() => (known ??= { value: value() }).value);
}

export function optMap(maybe: Value, body: Round): Optional {
  const optional = optionalOf(maybe, "optMap");
  return optional.present ? some(body(optional.value)) : none;
}

export function optFlatMap(maybe: Value, body: Round): Optional {
  const optional = optionalOf(maybe, "optFlatMap");
  return optional.present ? optionalOf(body(optional.value), "optFlatMap") : none;
}

// Optionals

export const hasValue = (maybe: Value): boolean => optionalOf(maybe, "hasValue").present;
export function valueOf(maybe: Value): Value {
  const optional = optionalOf(maybe, "value");
  return optional.present ? optional.value : fail("the optional is empty");
}
export function orValue(maybe: Value, other: () => Value): Value {
  const optional = optionalOf(maybe, "orValue");
  return optional.present ? optional.value : other();
}
export function orElse(maybe: Value, other: () => Value): Optional {
  const optional = optionalOf(maybe, "or");
  return optional.present ? optional : optionalOf(other(), "or");
}

// Types and conversions

export const typeOf = (value: Value): TypeName => new TypeName(kindOf(value));
export const dyn = (value: Value): Value => value;

export function toInt(value: Value): Value {
  if (typeof value === "string") {
    return /^[+-]?[0-9]{1,30}$/.test(value) ? checked(Number(value)) : fail("not an int");
  }
  return isNumber(value) ? checked(Math.trunc(numberOf(value))) : noOverload("int", value);
}

const DOUBLE =
  /^[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?|(inf(?:inity)?|nan))$/i;

export function toDouble(value: Value): Value {
  if (isNumber(value)) return double(numberOf(value));
  const text = textOf(value, "double");
  const word = DOUBLE.exec(text) ?? fail("not a double");
  const spelled = word[1]?.toLowerCase();
  if (spelled === "nan") return NaN;
  if (spelled) return text.startsWith("-") ? -Infinity : Infinity;
  return Number.isFinite(Number(text)) ? double(Number(text)) : fail("not a double");
}

const BOOLS: Readonly<Record<string, readonly string[]>> = {
  true: ["1", "t", "true", "TRUE", "True"],
  false: ["0", "f", "false", "FALSE", "False"],
};

export function toBool(value: Value): Value {
  if (typeof value === "boolean") return value;
  const text = textOf(value, "bool");
  if (BOOLS["true"]?.includes(text)) return true;
  return BOOLS["false"]?.includes(text) ? false : fail("not a bool");
}

/** A double as CEL writes it: the shortest digits that read back. */
function textFromDouble(number: number): string {
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "+Inf" : "-Inf";
  if (number === 0) return Object.is(number, -0) ? "-0" : "0";
  const size = Math.abs(number);
  if (size >= 1e-4 && size < 1e16) return String(number);
  return number.toExponential().replace(/e([+-])([0-9])$/, "e$10$2");
}

export function toText(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (!isNumber(value)) return noOverload("string", value);
  return kindOf(value) === "int" ? String(value) : textFromDouble(numberOf(value));
}

// What a template prints

/** A value as it is shown to people: null and an empty optional as nothing, lists as JSON. */
export function printed(value: Value): string {
  if (value === null) return "";
  if (value instanceof Optional) return value.present ? printed(value.value) : "";
  if (value instanceof TypeName) return value.type;
  return isList(value) || isMap(value) ? jsonText(value) : toText(value);
}

/** A value as compact JSON, the keys of maps in order. */
export function jsonText(value: Value): string {
  if (value === null) return "null";
  if (value instanceof Optional) return value.present ? jsonText(value.value) : "null";
  if (value instanceof TypeName) return JSON.stringify(value.type);
  if (isList(value)) return `[${value.map(jsonText).join(",")}]`;
  if (typeof value === "string") return JSON.stringify(value);
  if (isNumber(value)) {
    const text = Number.isFinite(numberOf(value)) ? toText(value) : fail("no number of JSON");
    return kindOf(value) === "double" && /^-?[0-9]+$/.test(text) ? `${text}.0` : text;
  }
  if (typeof value === "boolean") return String(value);
  if (!isMap(value)) return noOverload("json", value);
  const entries = keysOf(value).map(
    (key) => `${JSON.stringify(key)}:${jsonText(value[key] ?? null)}`,
  );
  return `{${entries.join(",")}}`;
}

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const HTML: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#x27;",
};

/** A value as markup: text in it, or the value of a quoted attribute. */
export const asHtml = (value: Value): string =>
  printed(value).replace(/[&<>"']/g, (one) => HTML[one] ?? one);

/** A value as a part of the path of a URL. */
export function asPath(value: Value): string {
  const text = printed(value);
  return text === "." || text === ".." ? fail("it would change the path") : encoded(text);
}

/** A value as a part of the query of a URL. */
export const asQuery = (value: Value): string => encoded(printed(value));

/** A value as the host of a URL. */
export function asHost(value: Value): string {
  const text = printed(value);
  const host = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})(?::[0-9]{1,5})?$/;
  return host.test(text) ? text : fail("not the name of a host");
}

/** A value as the beginning of a URL: the scheme, the host, and what follows them. */
export function asBase(value: Value): string {
  const text = trimmed(printed(value));
  const base = /^(?:[hH][tT][tT][pP][sS]?):\/\/[A-Za-z0-9.\-_~%:@[\]]+(?:[/?#][^\s"<>\\^`{|}]*)?$/;
  if (!base.test(text)) return fail("not an http or https URL");
  return points(text)
    .map((one) => (one <= "\x7f" ? one : encoded(one)))
    .join("");
}

/** A value as the value of an HTTP header. */
export function asHeader(value: Value): string {
  const text = printed(value);
  return /[\x00-\x08\x0a-\x1f\x7f]/.test(text) ? fail("no control characters here") : text;
}

/** A value as the inside of a string of a JSON text. */
export const asQuoted = (value: Value): string => JSON.stringify(printed(value)).slice(1, -1);

// Functions on texts and lists

export function size(value: Value): number {
  if (typeof value === "string") return points(value).length;
  if (isList(value)) return value.length;
  return isMap(value) ? keysOf(value).length : noOverload("size", value);
}

export const contains = (text: Value, part: Value): boolean =>
  textOf(text, "contains").includes(textOf(part, "contains"));
export const startsWith = (text: Value, part: Value): boolean =>
  textOf(text, "startsWith").startsWith(textOf(part, "startsWith"));
export const endsWith = (text: Value, part: Value): boolean =>
  textOf(text, "endsWith").endsWith(textOf(part, "endsWith"));
/** `pattern` was translated so that it means what RE2 means by it. */
export const matches = (text: Value, pattern: RegExp): boolean =>
  pattern.test(textOf(text, "matches"));

export const lowerAscii = (text: Value): string =>
  textOf(text, "lowerAscii").replace(/[A-Z]+/g, (part) => part.toLowerCase());
export const upperAscii = (text: Value): string =>
  textOf(text, "upperAscii").replace(/[a-z]+/g, (part) => part.toUpperCase());

const BLANK = "[\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const BLANKS = new RegExp(`^${BLANK}|${BLANK}$`, "g");

export const trim = (text: Value): string => textOf(text, "trim").replace(BLANKS, "");

export const join = (list: Value, separator: Value = ""): string =>
  listOf(list, "join")
    .map((part) => textOf(part, "join"))
    .join(textOf(separator, "join"));

export const split = (text: Value, separator: Value): readonly Value[] => {
  const by = textOf(separator, "split");
  return by ? textOf(text, "split").split(by) : points(textOf(text, "split"));
};

/** Every part of a text replaced; an empty one stands before and behind each character. */
export function replace(text: Value, old: Value, by: Value): string {
  const [whole, part, other] = [text, old, by].map((one) => textOf(one, "replace"));
  if (whole === undefined || part === undefined || other === undefined) return "";
  return part
    ? whole.split(part).join(other)
    : other + points(whole).map((one) => one + other).join("");
}

function place(at: Value, length: number): number {
  const number = intOf(at, "place");
  return number >= 0 && number <= length ? number : fail(`place ${number} is outside`);
}

export function substring(text: Value, start: Value, end?: Value): string {
  const all = points(textOf(text, "substring"));
  const last = end === undefined ? all.length : place(end, all.length);
  const first = place(start, all.length);
  return first <= last ? all.slice(first, last).join("") : fail("the start is behind the end");
}

export function charAt(text: Value, at: Value): string {
  const all = points(textOf(text, "charAt"));
  return all[place(at, all.length)] ?? "";
}

export function indexOf(text: Value, part: Value): number {
  const whole = textOf(text, "indexOf");
  const found = whole.indexOf(textOf(part, "indexOf"));
  return found < 0 ? -1 : points(whole.slice(0, found)).length;
}

export function reverse(value: Value): Value {
  if (typeof value === "string") return points(value).reverse().join("");
  return [...listOf(value, "reverse")].reverse();
}

export const distinct = (list: Value): readonly Value[] => {
  const kept: Value[] = [];
  for (const one of listOf(list, "distinct")) {
    if (!kept.some((other) => eq(one, other))) kept.push(one);
  }
  return kept;
};

const extreme =
  (name: string, better: (left: Value, right: Value) => boolean) =>
  (...values: Value[]): Value => {
    const [only] = values;
    const numbers = values.length === 1 && only !== undefined && isList(only) ? only : values;
    const [first, ...others] = numbers;
    if (first === undefined) return fail(`\`${name}\` of an empty list`);
    if (!numbers.every(isNumber)) return noOverload(name, ...numbers);
    return others.reduce((best, one) => (better(one, best) ? one : best), first);
  };

export const greatest = extreme("math.greatest", gt);
export const least = extreme("math.least", lt);

export function abs(value: Value): Value {
  if (!isNumber(value)) return noOverload("math.abs", value);
  const number = Math.abs(numberOf(value));
  return kindOf(value) === "int" ? checked(number) : double(number);
}

const rounding =
  (name: string, round: (number: number) => number) =>
  (value: Value): Value =>
    kindOf(value) === "double"
      ? double(round(numberOf(value as number | Double)))
      : noOverload(name, value);

export const ceil = rounding("math.ceil", Math.ceil);
export const floor = rounding("math.floor", Math.floor);
export const trunc = rounding("math.trunc", Math.trunc);
export const round = rounding("math.round", (number) => {
  const whole = Math.trunc(number);
  return Math.abs(number - whole) >= 0.5 ? whole + Math.sign(number) : whole;
});

// Answers: what a user typed, understood

const STRIPPED = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const OUTER = new RegExp(`^${STRIPPED}|${STRIPPED}$`, "g");

export const trimmed = (text: string): string => text.replace(OUTER, "");

const typed = (answer: Value): string => (typeof answer === "string" ? trimmed(answer) : "");

const BEHIND = /[ .!?,;:)…。،؛؟۔]+$/u;
const BEFORE = /^[ ¡¿]+/u;

/** The value of a decimal digit; those of a script follow each other, from 0 to 9. */
function digit(one: string): string {
  const code = one.codePointAt(0) ?? 0;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return String((code - first) % 10);
}

// Marks of direction and breaks that come along when something is copied.
const UNSEEN = /[\u061c\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]/gu;

/** A text with the digits and signs of ASCII, and nothing that cannot be seen. */
function signed(answer: Value): string {
  const text = typed(answer);
  if (points(text).length > 1000) return text;
  const ascii = text
    .replace(UNSEEN, "")
    .replace(/[\uff01-\uff5e]/gu, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0))
    .replace(/\u2212/gu, "-")
    .replace(/\u066b/gu, ".")
    .replace(/\u3000/gu, " ");
  return trimmed(ascii.replace(/\p{Nd}/gu, digit));
}

/** A text without what may stand behind an answer. */
const unended = (text: string): string => trimmed(text.replace(BEHIND, ""));

const plain = (answer: Value): string => unended(signed(answer));

/** A folded word without the signs around it, and with the digits of ASCII. */
const bare = (word: string): string => plain(word).replace(BEFORE, "");

const found = (text: string, pattern: RegExp): Optional => (pattern.test(text) ? some(text) : none);

/** Any text that is more than blanks, and characters that cannot be seen. */
export function answerText(answer: Value): Optional {
  const text = typed(answer);
  return trimmed(text.replace(UNSEEN, "")) === "" ? none : some(text);
}

function finite(text: string): Optional {
  const spelled = /^[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})$/.test(text);
  return spelled && Number.isFinite(Number(text)) ? some(double(Number(text) + 0)) : none;
}

function whole(number: number): Optional {
  return Number.isSafeInteger(number) ? some(number + 0) : none;
}

export function answerNumber(answer: Value): Optional {
  if (isNumber(answer)) return Number.isFinite(numberOf(answer)) ? some(double(numberOf(answer) + 0)) : none;
  return finite(plain(answer));
}

const INTEGER = /^[+-]?[0-9]{1,30}$/;

export function answerInteger(answer: Value): Optional {
  const text = plain(answer);
  return whole(isNumber(answer) ? numberOf(answer) : INTEGER.test(text) ? Number(text) : NaN);
}

export function answerNumberIn(answer: Value, language: Value): Optional {
  return typeof answer === "string"
    ? finite(readNumber(answer, textOf(language, "answer.numberIn")))
    : answerNumber(answer);
}

export function answerIntegerIn(answer: Value, language: Value): Optional {
  if (typeof answer !== "string") return answerInteger(answer);
  const text = readNumber(answer, textOf(language, "answer.integerIn"));
  return whole(INTEGER.test(text) ? Number(text) : NaN);
}

/** The decimal sign, the sign between groups of digits, and whether groups may have two digits. */
type Signs = readonly [string, string, boolean];

function signsOf(language: string): readonly Signs[] {
  const known = knownLanguage(language);
  const names = known === undefined ? ["en", "de"] : known === "es" ? ["es-ES", "es-MX"] : [known];
  return names.map((name) => {
    const parts = new Intl.NumberFormat(name, { numberingSystem: "latn", useGrouping: true }).formatToParts(
      1234567.5,
    );
    const sign = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
    const sizes = parts.filter((one) => one.type === "integer").map((one) => one.value.length);
    return [sign("decimal"), sign("group"), sizes.slice(1, -1).includes(2)];
  });
}

/** The nearest language that there are tables for. */
function knownLanguage(language: string): string | undefined {
  const parts = language.slice(0, 60).replace(/-/g, "_").split("_");
  for (; parts.length > 0; parts.pop()) {
    try {
      const [found] = Intl.NumberFormat.supportedLocalesOf([parts.join("-")]);
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return undefined;
}

const POINT = "\ue000";
const APOSTROPHES = "'’‘´`ʼ";
const GAPS = " \t\xa0\u2000-\u200a\u202f\u205f";

/** A number as programs write it; "" for what is none, or may be one or another. */
function readNumber(answer: string, language: string): string {
  const text = unended(signed(answer.replace(/٫/gu, POINT)));
  if (points(text).length > 400) return "";
  const read = new Set(signsOf(language).map((signs) => numberWith(text, signs)));
  read.delete("");
  const [only] = read;
  return read.size === 1 && only !== undefined ? only : "";
}

function numberWith(text: string, signs: Signs): string {
  const minus = /^[-‐‑‒–—]\s?/u;
  const sign = minus.test(text) ? "-" : "";
  const digits = sign ? text.replace(minus, "") : trimmed(text.replace(/^\+/, ""));
  const at = digits.indexOf(POINT);
  const [before, behind] = at >= 0 ? [digits.slice(0, at), digits.slice(at + 1)] : halves(digits, signs);
  if (!/^[0-9]*$/.test(behind) || before + behind === "") return "";
  const ungrouped = withoutGroups(before, signs);
  return ungrouped === undefined ? "" : `${sign}${ungrouped || "0"}${behind && "."}${behind}`;
}

/** What stands before and behind the decimal sign. */
function halves(digits: string, [decimal, group]: Signs): readonly [string, string] {
  const foreign = [".", ","].filter((one) => {
    if (one === decimal || one === group || digits.split(one).length !== 2) return false;
    const [before, behind] = digits.split(one);
    return behind?.length !== 3 || before === "0";
  });
  for (const sign of [decimal, ...foreign]) {
    const at = digits.lastIndexOf(sign);
    if (sign !== "" && at >= 0) return [digits.slice(0, at), digits.slice(at + sign.length)];
  }
  return [digits, ""];
}

/** Digits without the signs between their groups. */
function withoutGroups(text: string, [, group, pairs]: Signs): string | undefined {
  if (/^[0-9]*$/.test(text)) return text;
  const escaped = group.replace(/[.]/g, "\\.");
  for (const signs of [escaped, `[${GAPS}]`, `[${APOSTROPHES}]`, "٬"]) {
    const between = new RegExp(signs, "u");
    if (signs === "" || !between.test(text)) continue;
    const groups = text.split(between);
    const [first, ...others] = groups;
    const middle = others.slice(0, -1);
    const good =
      groups.every((one) => /^[0-9]+$/.test(one)) &&
      others.at(-1)?.length === 3 &&
      middle.every((one) => one.length === middle[0]?.length && (one.length === 3 || (pairs && one.length === 2))) &&
      first !== undefined &&
      /^[1-9][0-9]{0,2}$/.test(first);
    return good ? groups.join("") : undefined;
  }
  return undefined;
}

const YES = (
  "1|absolutely|auf jeden fall|bien sur|certamente|certo|claro|claro que si|claro si|" +
  "com certeza|d'accord|gerne|graag|isso|j|ja|ja bitte|ja danke|ja gerne|ja graag|ja klar|" +
  "jawohl|jazeker|jep|jo|klar|na klar|naturlich|natuurlijk|of course|ok|okay|ouais|oui|" +
  "oui merci|oui s'il te plait|oui s'il vous plait|oui volontiers|please do|por supuesto|s|" +
  "si|si certo|si claro|si gracias|si grazie|si por favor|si vale|sim|sim obrigada|" +
  "sim obrigado|sim por favor|sure|true|va bene|vale|volentieri|volontiers|y|yea|yeah|yep|" +
  "yes|yes please|yes thank you|yes thanks|yup|☑|✅|✔|🆗|👌|👍"
).split("|");
const NO = (
  "0|auf keinen fall|false|lieber nicht|liever niet|n|nah|nao|nao obrigada|nao obrigado|ne|" +
  "ne danke|nee|nee bedankt|nee dank je|nee dank u|neen|nein|nein danke|never|no|no danke|" +
  "no gracias|no grazie|no thank you|no thanks|no way|non|non merci|nope|not now|para nada|" +
  "pas du tout|pas maintenant|rather not|⛔|✖|❌|👎|🚫"
).split("|");
const APART = /[\s,.!;…]+/gu;

export function answerBoolean(answer: Value): Optional {
  if (typeof answer === "boolean") return some(answer);
  if (typeof answer !== "string") return none;
  const said = bare(word(answer)).replace(/’/gu, "'");
  for (const one of [said, said.replace(APART, " ")]) {
    if (YES.includes(one)) return some(true);
    if (NO.includes(one)) return some(false);
  }
  return none;
}

/** A text without the angle brackets around it, and a scheme before it. */
function unwrapped(text: string, scheme: string): string {
  const inner = text.startsWith("<") && text.endsWith(">") ? trimmed(text.slice(1, -1)) : text;
  return inner.toLowerCase().startsWith(scheme) ? trimmed(inner.slice(scheme.length)) : inner;
}

const EMAIL =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}){0,16}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,16}[A-Za-z]{2,63}$/;

export function answerEmail(answer: Value): Optional {
  const text = plain(unwrapped(plain(answer), "mailto:"));
  return text.length <= 254 ? found(text, EMAIL) : none;
}

const TRUNK = /\([ ]?0[ ]?\)/;
const digitsOf = (text: string): string => text.replace(/[^0-9]/g, "");

const DATE =
  /^(?:([0-9]{1,2})([ ./-])([0-9]{1,2})\2(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}([ ./-])([0-9]{1,2})\4([0-9]{1,2}))$/;

/** Whether a text may be a day: two numbers, and a year before or behind them. */
function isDay(text: string): boolean {
  const [, a, , b, , c, d] = DATE.exec(text) ?? [];
  const [one = 0, other = 0] = [Number(a ?? c), Number(b ?? d)].sort((x, y) => x - y);
  return one >= 1 && one <= 12 && other <= 31;
}

/** Whether there may be more numbers than one: a slash stands behind the code of a town only. */
function areSeveral(text: string): boolean {
  const [before = "", ...behind] = text.split("/");
  const code = digitsOf(before);
  const longest = before.includes("+") || code.startsWith("00") ? 8 : code.startsWith("0") ? 6 : 4;
  const fits = (part: string): boolean =>
    behind.length > 1 ? /^[0-9]{2,3}$/.test(part) : digitsOf(part).length >= 3;
  if (behind.length > 0 && (code.length > longest || !behind.every(fits))) return true;
  const whole = text.split(/ *[/-] +| +[/-]? */).filter((part) => digitsOf(part).length >= 7);
  return whole.length > 1 && !before.includes("+");
}

export function answerPhone(answer: Value): Optional {
  const dashed = plain(answer).replace(/[\u2010-\u2015]/gu, "-").replace(/[\xa0\u202f]/gu, " ");
  let text = unwrapped(dashed, "tel:");
  if (!/^\(?\+?[0-9 .()/-]{5,40}$/.test(text) || isDay(text) || areSeveral(text)) return none;
  let digits = digitsOf(text);
  let abroad = /^[( ]*\+/.test(text);
  if (!abroad && /^00(?:[2-9]|1[2-9])/.test(digits)) {
    abroad = true;
    text = text.replace("0", "").replace("0", "");
    digits = digits.slice(2);
  }
  if (abroad && TRUNK.test(text) && !/^(?:39|378|379)/.test(digits)) {
    digits = digitsOf(text.replace(TRUNK, ""));
  }
  if (digits.length < 7 || digits.length > 15 || (abroad && digits.startsWith("0"))) return none;
  return some(abroad ? `+${digits}` : digits);
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function answerDate(answer: Value): Optional {
  const text = plain(answer);
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  const [year, month, day] = (parts ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined || year < 1) return none;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
  return day >= 1 && day <= last ? some(text) : none;
}

// The accents of Latin, Greek, Cyrillic, Hebrew and Arabic.
const ACCENTS =
  /[\u0300-\u034e\u0350-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1abd\u1abf-\u1ace\u1dc0-\u1dff\u20d0-\u20dc\u20e1\u20e5-\u20f0\u302a-\u302f\ufb1e\ufe20-\ufe2f]/gu;

// Letters of Cyrillic that have keys of their own, although they come apart.
const LETTERS = /[иу]\u0306|і\u0308|[гк]\u0301/gu;

// Letters that do not come apart into one without an accent and the accent.
const SIMPLE: Fields = { ł: "l", ø: "o", đ: "d", ħ: "h", ŧ: "t", æ: "ae", œ: "oe" };

// What says how something looks, and not what it means.
const LOOKS = /[\u0640\u20e3\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}]/gu;

/** A text without case, accents and outer blanks. */
export const folded = (text: string): string =>
  trimmed(text)
    .normalize("NFKD") // some letters have a case only once they are decomposed
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replace(/ς/gu, "σ")
    .replace(/[łøđħŧæœ]/gu, (letter) => String(SIMPLE[letter]))
    .normalize("NFKD")
    .replace(LETTERS, (letter) => letter.normalize("NFC"))
    .replace(ACCENTS, "")
    .replace(LOOKS, "")
    .normalize("NFC");

/** How a value is compared: a text without case and accents, a number as its digits. */
function word(value: Value): string {
  if (typeof value === "boolean") return String(value);
  if (isNumber(value)) {
    const number = numberOf(value);
    return Number.isInteger(number) ? String(number) : textFromDouble(number);
  }
  if (typeof value !== "string" || points(value).length > 1000) return "";
  return folded(value);
}

/** What a choice is called: its value, its label, and whatever else means it. */
function namesOf(choice: Fields): readonly (readonly Value[])[] {
  const synonyms = choice["synonyms"] ?? null;
  return [[choice["value"] ?? null], [choice["label"] ?? null], isList(synonyms) ? synonyms : []];
}

const KEYS = ["value", "id", "payload", "title", "label"];

function named(answer: Value, choices: readonly Value[]): Value | undefined {
  const key = isMap(answer) ? KEYS.find((one) => one in answer) : undefined;
  const given = isMap(answer) ? (key === undefined ? null : (answer[key] ?? null)) : answer;
  const offered = choices.filter(isMap);
  const whole = isMap(answer) ? offered.find((one) => eq(one["value"] ?? null, answer)) : undefined;
  if (whole !== undefined) return whole;
  const exact = (value: Value): string => (typeof value === "string" ? trimmed(value).normalize("NFC") : "");
  const loose = (value: Value): string => bare(word(value));
  for (const [compare, kinds] of [[exact, 2], [word, 3], [loose, 3]] as const) {
    const wanted = compare(given);
    for (let kind = 0; kind < kinds && wanted !== ""; kind++) {
      const fitting = offered.filter((one) => namesOf(one)[kind]?.some((it) => compare(it) === wanted));
      const [choice] = fitting;
      const meant = choice?.["value"] ?? null;
      if (fitting.some((one) => !eq(one["value"] ?? null, meant))) return undefined;
      if (choice !== undefined) return choice;
    }
  }
  const number = loose(given);
  return /^[1-9][0-9]{0,5}$/.test(number) ? placed(Number(number), offered) : undefined;
}

const AMOUNT = /^[+-]?[0-9]+(?:[.,][0-9]+)?$/;
const BOUNDED = "(?<![\\p{L}\\p{N}_.,:/-])";
const RANGE = new RegExp(
  `${BOUNDED}[0-9]+ *(?:[-–—]|to|bis|ate|al|a|tot) *[0-9]+(?![\\p{L}\\p{N}_:/-]|[.,][0-9])`,
  "u",
);

/** The choice with a number from 1; none where the number may mean what stands in a label. */
function placed(number: number, offered: readonly Fields[]): Value | undefined {
  const shown = offered.map((one) => plain(word((holds(one, "label") ? one["label"] : one["value"]) ?? null)));
  if (shown.filter((text) => AMOUNT.test(text)).length > 1) return undefined;
  if (shown.some((text) => RANGE.test(text))) return undefined;
  const held = new RegExp(`${BOUNDED}${number}(?![0-9]|[.,:/-][0-9])`, "u");
  const elsewhere = shown.some((text, at) => at !== number - 1 && held.test(text));
  return elsewhere ? undefined : offered[number - 1];
}

/** Whether a text is one of some words, but for case, accents and the signs around it. */
export function answerSays(answer: Value, words: Value): boolean {
  const said = word(answer);
  const ours = listOf(words, "answer.says").map(word);
  return said !== "" && (ours.includes(said) || (bare(said) !== "" && ours.map(bare).includes(bare(said))));
}

export function answerChoice(answer: Value, choices: Value): Optional {
  const only = isList(answer) && answer.length === 1 ? (answer[0] ?? null) : answer;
  const choice = named(only, listOf(choices, "answer.choice"));
  return choice === undefined ? none : some(choice);
}

export function answerChoices(answer: Value, choices: Value): Optional {
  const offered = listOf(choices, "answer.choices");
  const whole = typeof answer === "string" ? named(answer, offered) : undefined;
  let all: readonly (Value | undefined)[] | undefined;
  if (whole !== undefined) all = [whole];
  else if (typeof answer === "string") all = allIn(answer, offered);
  else all = (isList(answer) ? answer : [answer]).map((part) => named(part, offered));
  if (all === undefined || all.length === 0) return none;
  const picked: Value[] = [];
  for (const choice of all) {
    if (choice === undefined) return none;
    if (!picked.includes(choice)) picked.push(choice);
  }
  // Where a name begins with such a sign, what is named twice may have been meant otherwise.
  const twice = typeof answer === "string" && picked.length < all.length;
  return twice && spokenNames(offered).some((name) => /^[,;\n&+、，；]/u.test(name)) ? none : some(picked);
}

const AND = (
  "ainsi que|and|as well as|e|ed|en|et|plus|sowie|und|y"
).split("|");
const GAP = STRIPPED.slice(0, -1);

/** What choices are called, as it is spelled and without case and accents. */
function spokenNames(offered: readonly Value[]): readonly string[] {
  const maps = offered.filter(isMap);
  const spelled = maps.flatMap((one) => namesOf(one).slice(0, 2).flat()).filter((one) => typeof one === "string");
  return [...maps.flatMap((one) => namesOf(one).flat()).map(word), ...spelled.map(trimmed)];
}

/** The choices that a text names one after the other; longer names are looked for first. */
function allIn(answer: string, offered: readonly Value[]): readonly Value[] | undefined {
  const names = offered.filter(isMap).flatMap((one) => namesOf(one).flat()).map(word);
  const bares = names.map(bare);
  const words = AND.filter((one) => !bares.includes(one)).join("|") || "(?!)";
  const separator = new RegExp(`[,;\\n&+、，；]|(?<=${GAP})(?:${words})(?=${GAP})`, "giu");
  const tokens: (readonly [number, number, boolean])[] = [];
  const rest = (from: number, to: number): void => {
    if (to > from) tokens.push([from, to, trimmed(answer.slice(from, to)) === ""]);
  };
  let end = 0;
  for (const match of answer.matchAll(separator)) {
    rest(end, match.index);
    end = match.index + match[0].length;
    tokens.push([match.index, end, true]);
  }
  rest(end, answer.length);
  if (tokens.length > 600) return undefined;
  const inside = spokenNames(offered).map((one) => [...` ${one} `.matchAll(separator)].length);
  const most = 2 * Math.min(Math.max(0, ...inside), 8) + 1;
  const from: (readonly Value[] | undefined)[] = [...tokens.map(() => undefined), [], []];
  for (let first = tokens.length - 1; first >= 0; first--) {
    const [start, , between] = tokens[first] ?? [0, 0, false];
    let unsure = false;
    for (let last = Math.min(tokens.length, first + most) - 1; last >= first; last--) {
      const next = tokens[last + 1];
      const more = next !== undefined && !next[2] ? undefined : from[last + 2];
      if (more === undefined && (last === first || !tokens[last]?.[2])) continue;
      const own = namedIn(answer.slice(start, tokens[last]?.[1]), offered);
      if (own === undefined) continue;
      if (last > first && tokens[last]?.[2]) {
        // A sign that ends no name stands before the next one.
        const shorter = namedIn(answer.slice(start, tokens[last]?.[0]), offered) ?? [];
        if (own.length === shorter.length && own.every((one, at) => one === shorter[at])) continue;
      }
      if (more !== undefined) from[first] = [...own, ...more];
      // Else, in `C++ tea`, nobody knows whether the sign ends a name or stands between two.
      else unsure = true;
      break;
    }
    if (from[first] === undefined && between && !unsure) from[first] = from[first + 1];
  }
  return from[0];
}

const BULLETS = /^[-*•· \t]/u;

/** What a part of a text names: one choice, or several by their numbers. */
function namedIn(text: string, offered: readonly Value[]): readonly Value[] | undefined {
  const inner = trimmed(text);
  let left = text;
  let choice: Value | undefined;
  for (let strip = 0; strip < 4; strip++) {
    choice = named(left, offered);
    left = left.replace(new RegExp(`^${STRIPPED}`), "");
    if (choice !== undefined || !BULLETS.test(left)) break;
    left = left.slice(1);
  }
  if (choice !== undefined) return [choice];
  if (!/^[1-9][0-9]{0,5}(?:\s+[1-9][0-9]{0,5})+$/.test(inner)) return undefined;
  const all = inner.split(/\s+/).map((number) => named(number, offered));
  return all.every((one) => one !== undefined) ? (all as readonly Value[]) : undefined;
}

// What becomes of a value where it is kept

const CONVERSIONS: Readonly<Record<string, readonly [Kind, readonly Kind[], (v: Value) => Value]>> = {
  bool: ["bool", ["string"], toBool],
  int: ["int", ["double", "string"], toInt],
  double: ["double", ["int", "string"], toDouble],
  string: ["string", ["bool", "int", "double"], toText],
  list: ["list", [], fail.bind(null, "no list")],
  map: ["map", [], fail.bind(null, "no map")],
};

/** A value as it can be kept: what JSON has. */
export function kept(value: Value): Value {
  if (value instanceof Double) return value.number;
  if (value instanceof Optional || value instanceof TypeName) {
    return fail(`a ${kindOf(value)} cannot be kept`);
  }
  if (Array.isArray(value)) return (value as readonly Value[]).map(kept);
  if (kindOf(value) !== "map") return value;
  const entries = Object.entries(value as Fields).filter((entry) => entry[1] !== undefined);
  return Object.fromEntries(entries.map(([key, part]) => [key, kept(part ?? null)]));
}

/** Whether a conversion has lost nothing. */
function isSame(before: Value, after: Value): boolean {
  if (typeof after === "boolean") return /^(?:true|false)$/i.test(printed(before));
  if (typeof before === "string" || typeof after === "string") return true;
  return kept(before) === kept(after);
}

/** A value as one of the declared type, if that loses nothing. */
export function converted(value: Value, type: string): Value {
  const conversion = CONVERSIONS[type];
  if (!conversion || kindOf(value) === conversion[0]) return value;
  if (!conversion[1].includes(kindOf(value))) return fail(`a ${kindOf(value)} is no ${type}`);
  const made = conversion[2](value);
  return isSame(value, made) ? made : fail(`${printed(value)} is no ${type}`);
}

export function answerBecomes(value: Value, type: Value): boolean {
  try {
    converted(value, textOf(type, "answer.becomes"));
    return true;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return false;
  }
}
