/** Settings, and what stands of them at home. */
import type { PersonalState, Settings, TerminalState } from "@signet/terminal";

import { id } from "./people.ts";
import { incoming, serverAt, signedIn, signedOut } from "./scene-parts.ts";

/** The server names an echo that nobody runs. */
const echoAway = (nowMs: number): TerminalState => ({
  ...signedIn(nowMs),
  server: { ...serverAt(nowMs), echo: id("quiet-echo") },
});

export const settingsScenes = {
  settings: signedIn,
  settingsSignedOut: signedOut,
  carryingPending: signedIn,
  keptHere: signedIn,
  keptHereOld: signedIn,
  phraseGone: signedIn,
  onlyHere: signedIn,
  quietHours: signedIn,
  doNotDisturb: signedIn,
  incomingQuiet: (nowMs) => ({ ...signedIn(nowMs), ringing: [incoming(nowMs)] }),
  help: signedOut,
  linked: signedIn,
  linkedSeveral: signedIn,
  linkedOdd: signedIn,
  linkedSignedOut: signedOut,
  asApp: signedIn,
  firstSteps: (nowMs) => ({ ...signedIn(nowMs), server: { ...serverAt(nowMs), echo: id("echo") } }),
  firstStepsEchoAway: echoAway,
  soundEchoAway: echoAway,
  aboutEchoAway: echoAway,
  welcomeWithGuests: (nowMs) => ({
    ...signedOut(nowMs),
    server: { ...serverAt(nowMs), features: ["guests"] },
  }),
  linkedInvite: (nowMs) => ({ ...signedOut(nowMs), server: serverAt(nowMs, "invite") }),
  linkedClosed: (nowMs) => ({ ...signedOut(nowMs), server: serverAt(nowMs, "closed") }),
  aboutServer: (nowMs) => ({
    ...signedIn(nowMs),
    administrators: [id("carol")],
    server: {
      ...serverAt(nowMs),
      echo: id("echo"),
      about: { software: "signet 0.1.0", keepMissedDays: 7, wakes: true, relays: true },
    },
  }),
  aboutSparse: (nowMs) => ({
    ...signedIn(nowMs),
    server: {
      ...serverAt(nowMs),
      about: { software: "signet 0.1.0", keepMissedDays: 0, wakes: false, relays: false },
    },
  }),
} as const satisfies Record<string, (nowMs: number) => TerminalState>;

/** How far what belongs to the person is carried; where nothing is said, all of it is. */
export const carryingOfScene: Readonly<
  Partial<Record<string, Partial<Pick<PersonalState, "carrying" | "isInMemory" | "phrase">>>>
> = {
  carryingPending: { carrying: { status: "pending" }, isInMemory: true },
  keptHere: { carrying: { status: "keptHere", code: "document.otherKey" } },
  keptHereOld: { carrying: { status: "keptHere", code: "document.old" } },
  peopleKeptHere: { carrying: { status: "keptHere", code: "document.otherKey" } },
  onlyHere: { carrying: { status: "keptHere", code: "document.otherKey" } },
  phraseGone: { phrase: "gone" },
};

export const nothingSet: Partial<Settings> = {
  doNotDisturb: false,
  quietHours: { isOn: false, fromMinute: 0, toMinute: 0 },
  exceptions: { favourites: false, userIds: [] },
};

export const settingsOfScene: Readonly<Partial<Record<string, Partial<Settings>>>> = {
  quietHours: {
    quietHours: { isOn: true, fromMinute: 22 * 60, toMinute: 22 * 60 },
    exceptions: { favourites: true, userIds: [id("bob"), id("carol")] },
  },
  doNotDisturb: { doNotDisturb: true },
  incomingQuiet: { doNotDisturb: true },
};

/** Where in the page a scene is, as its address says it; the others are at the beginning. */
export const placeOfScene: Readonly<Partial<Record<string, string>>> = {
  settings: "#settings",
  settingsSignedOut: "#settings",
  soundSettings: "#settings/sound",
  carryingPending: "#settings/everywhere",
  keptHere: "#settings/everywhere",
  keptHereOld: "#settings/everywhere",
  phraseGone: "#settings/everywhere",
  severalDevices: "#settings/devices",
  quietHours: "#settings/notifications",
  help: "#help/changedKey",
  linked: "/call/greta",
  linkedSeveral: "/call/web%2Bsignet%3Abob,nobody",
  linkedOdd: "/call/Call%20this%20number",
  linkedSignedOut: "/call/bob",
  linkedInvite: "/call/bob",
  linkedClosed: "/call/bob",
  soundEchoAway: "#settings/sound",
  aboutEchoAway: "#settings/server",
  asApp: "#settings/app",
  aboutServer: "#settings/server",
  aboutSparse: "#settings/server",
};
