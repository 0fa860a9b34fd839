// Takes steps with XState 5 for `benchmarks.step`: `node step_xstate.mjs NODE_MODULES WAY SIZE DATA`
// builds the machine, prints the milliseconds that took, and then, for every number of steps that
// it reads, the microseconds of CPU per step.

import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";

const require = createRequire(path.join(path.resolve(process.argv[2]), "here.js"));
const { assign, createActor, createMachine, initialTransition, transition } = require("xstate");

const size = Number(process.argv[4]);
const { data, message } = JSON.parse(process.argv[5]);
const event = { type: "message", ...message };
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

const count = assign({ n: ({ context }) => context.n + 1 });
const patient = ({ context }) => context.retries > 3;
const states = {};
const began = cpu();
for (let i = 0; i < size; i++) {
  const least = i % 4;
  const accepted = ({ context, event }) => event.choice === "yes" && context.score >= least;
  states[`s${i}`] = {
    on: {
      message: [
        { guard: patient, target: `s${(i + 7) % size}` },
        { guard: accepted, target: `s${(i + 1) % size}`, actions: count },
        { target: `s${(i + 2) % size}` },
      ],
      cancel: { guard: ({ context }) => context.score >= 0, target: "s0" },
    },
  };
}
const machine = createMachine({ id: "flow", initial: "s0", context: data, states });
const persisted = createActor(machine).start().getPersistedSnapshot();
const build = (cpu() - began) / 1000;

const restored = (snapshot) => {
  const actor = createActor(machine, { snapshot });
  actor.start();
  actor.send(event);
  const next = actor.getPersistedSnapshot();
  actor.stop();
  return next;
};
const ways = {
  transition: [initialTransition(machine)[0], (session) => transition(machine, session, event)[0]],
  persisted: [persisted, restored],
  json: [JSON.stringify(persisted), (session) => JSON.stringify(restored(JSON.parse(session)))],
};
const [first, step] = ways[process.argv[3]];

let session = first;
for (let n = 1; n < 3; n++) {
  session = step(session);
  const { value, context } = typeof session === "string" ? JSON.parse(session) : session;
  if (value !== `s${n % size}` || context.n !== n) throw new Error(`it is in ${value}`);
}

console.log(build);
for await (const steps of readline.createInterface({ input: process.stdin })) {
  session = first;
  const began = cpu();
  for (let n = 0; n < Number(steps); n++) session = step(session);
  console.log((cpu() - began) / Number(steps));
}
