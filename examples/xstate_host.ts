// Talks to the machine that `statewright compile examples/lead-capture.yaml --to xstate` writes.

import { createActor } from "xstate";
import { machine } from "./lead-capture.js";

const actor = createActor(
  machine.provide({
    actions: {
      say: (_, { content }) => console.log("bot: ", (content as { text: string }).text),
      send: (_, { event, target }) => console.log("send:", event, "to", target),
    },
  }),
);
actor.subscribe({ complete: () => console.log("over:", actor.getSnapshot().output?.outcome) });
actor.start();
for (const text of ["Ada", "demo", "60", "ada@example.com"]) {
  console.log("user:", text);
  actor.send({ type: "message", data: { text } });
}
