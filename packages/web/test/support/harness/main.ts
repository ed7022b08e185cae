/** The interface on a terminal that does what a test says: for how the views look and read, not for how calls work. */
import { addCall, changeSettings, emptyDocument, UserId } from "@signet/protocol";
import { isGuestPath } from "@signet/terminal";
import type { IncomingCall } from "@signet/terminal";

import { mount, mountGuest } from "../../../src/mount.tsx";
import { administeredAt } from "./administration.ts";
import { documentWithGuest, guestNames } from "./guest-scenes.ts";
import { HarnessTerminal } from "./harness-terminal.ts";
import { usesAt } from "./own-devices.ts";
import { ownPeople, pastCalls } from "./own-people.ts";
import { carriedState, writer } from "./personal.ts";
import { incoming } from "./scene-parts.ts";
import { scenes } from "./scenes.ts";
import type { SceneName } from "./scenes.ts";
import { carryingOfScene, nothingSet, placeOfScene, settingsOfScene } from "./settings-scenes.ts";

export interface Harness {
  readonly terminal: HarnessTerminal;
  show(name: SceneName): void;
  /** A call with these is over. */
  talked(userIds: readonly string[]): void;
  /** A call that begins to ring now. */
  ring(): IncomingCall;
  /** In what is kept of calls. */
  renameGuests(name: string): void;
}

const terminal = new HarnessTerminal();
let last: SceneName = "firstVisit";
const harness: Harness = {
  terminal,
  ring: () => incoming(Date.now()),
  talked: (others) => {
    const userIds = others.map((one) => UserId.parse(one));
    const past = pastCalls(Date.now()).find(({ outcome }) => outcome === "talked");
    if (past !== undefined) terminal.document = addCall(terminal.document, { ...past, userIds });
    terminal.set(terminal.state);
  },
  renameGuests: (name) => {
    guestNames.now = name;
    if (last === "historyWithGuest") terminal.document = documentWithGuest(Date.now());
  },
  show: (name) => {
    // One time for all of it: a message is known by that of its call.
    const nowMs = Date.now();
    terminal.administered =
      name === "administration" ? administeredAt(nowMs) : { people: [], recoveries: [] };
    terminal.uses = usesAt(nowMs);
    if (name === "people" || name === "peopleKeptHere" || name === "messageInHistory")
      terminal.document = ownPeople(nowMs);
    if (last === "historyWithGuest") terminal.document = emptyDocument;
    if (name === "historyWithGuest") terminal.document = documentWithGuest(nowMs);
    // What a test set stays for the scenes that say nothing of it.
    if (name in carryingOfScene || last in carryingOfScene)
      terminal.carrying = { ...carriedState, ...carryingOfScene[name] };
    if (name in settingsOfScene || last in settingsOfScene)
      terminal.document = changeSettings(
        terminal.document,
        { ...nothingSet, ...settingsOfScene[name] },
        writer(),
      );
    last = name;
    terminal.set(scenes[name](nowMs));
    // Half of a code stands in the address of a guest.
    if (isGuestPath(location.pathname)) return;
    history.replaceState(null, "", new URL(placeOfScene[name] ?? "", location.origin + "/"));
    dispatchEvent(new PopStateEvent("popstate"));
  },
};
Object.assign(globalThis, { harness });

const root = document.getElementById("app");
if (root === null) throw new Error("no #app");
if (isGuestPath(location.pathname)) mountGuest(terminal, root, location.hash);
else mount(terminal, root);
