/** The interface on a terminal that does what a test says: for how the views look and read, not for how calls work. */
import { mount } from "../../../src/mount.tsx";
import { administeredAt } from "./administration.ts";
import { HarnessTerminal } from "./harness-terminal.ts";
import { usesAt } from "./own-devices.ts";
import { ownPeople } from "./own-people.ts";
import { placeOfScene, scenes } from "./scenes.ts";
import type { SceneName } from "./scenes.ts";

export interface Harness {
  readonly terminal: HarnessTerminal;
  show(name: SceneName): void;
}

const keptHere = { status: "keptHere", code: "document.otherKey" } as const;
const terminal = new HarnessTerminal();
const harness: Harness = {
  terminal,
  show: (name) => {
    terminal.administered =
      name === "administration" ? administeredAt(Date.now()) : { people: [], recoveries: [] };
    terminal.uses = usesAt(Date.now());
    if (name === "people" || name === "peopleKeptHere") {
      terminal.document = ownPeople(Date.now());
      terminal.carrying = { carrying: name === "people" ? { status: "carried" } : keptHere };
    }
    terminal.set(scenes[name](Date.now()));
    history.replaceState(null, "", location.pathname + (placeOfScene[name] ?? ""));
    dispatchEvent(new PopStateEvent("popstate"));
  },
};
Object.assign(globalThis, { harness });

const root = document.getElementById("app");
if (root === null) throw new Error("no #app");
mount(terminal, root);
