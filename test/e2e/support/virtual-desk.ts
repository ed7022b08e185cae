/** Terminals of one person, each with a device of its own, at the real server, in virtual time. */
// First: it counts what the others do.
import { settled } from "./settled.ts";

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";

import { createSoftwareKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { startMedia } from "@signet/media";
import type { MediaEngine } from "@signet/media";
import { MemoryDocumentPlace } from "@signet/terminal";
import type { PersonalState } from "@signet/terminal";

import { MemoryPlace } from "./memory-place.ts";
import { VirtualServer } from "./virtual-server.ts";
import { VirtualTerminal } from "./virtual-terminal.ts";
import { VirtualWorld } from "./virtual-world.ts";

const names = ["desk", "phone", "spare"] as const;

export interface Desk {
  readonly world: VirtualWorld;
  readonly server: VirtualServer;
  /** Registered and signed in. */
  readonly desk: VirtualTerminal;
  /** Signed in with a device that was added; not let in to the document. */
  readonly phone: VirtualTerminal;
  readonly devices: readonly SignatureDevice[];
  /** One more terminal of ada's, nobody signed in; with the places of an earlier one where `as` is given. */
  readonly another: (name: (typeof names)[number], isAgain?: "again") => Promise<VirtualTerminal>;
  /** Somebody else, registered. */
  readonly other: (userId: string) => Promise<VirtualTerminal>;
}

/** For the tests of one file. */
export function virtualDesks(): (run: (desk: Desk) => Promise<void>, seed?: number) => Promise<void> {
  let media: MediaEngine;
  let folder: string;
  let devices: readonly SignatureDevice[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "signet-"));
    media = await startMedia({ runtimeDir: folder });
    devices = await Promise.all(names.map(() => createSoftwareKey({ algorithm: "EdDSA" })));
  });
  after(async () => {
    await media.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return async (run, seed = 1) => {
    const world = new VirtualWorld(seed, settled);
    const server = await VirtualServer.open(world, media);
    const places = new Map(names.map((name) => [name as string, newPlaces()]));
    const people: VirtualTerminal[] = [];
    const another = async (name: (typeof names)[number], isAgain?: "again"): Promise<VirtualTerminal> => {
      if (isAgain === undefined) places.set(name, newPlaces());
      const device = devices[names.indexOf(name)];
      const spare = devices[(names.indexOf(name) + 1) % names.length];
      assert.ok(device && spare);
      const terminal = await VirtualTerminal.open(world, server, {
        user: "ada",
        name,
        device,
        spare,
        ...places.get(name),
      });
      people.push(terminal);
      return terminal;
    };
    const other = async (userId: string): Promise<VirtualTerminal> => {
      const device = await createSoftwareKey({ algorithm: "EdDSA" });
      const terminal = await VirtualTerminal.open(world, server, { user: userId, name: userId, device });
      people.push(terminal);
      await world.runFor(1_000);
      await done(world, terminal.terminal.register({ userId: terminal.userId, displayName: userId }));
      return terminal;
    };
    const desk = await another("desk");
    await world.runFor(1_000);
    await done(world, desk.terminal.register({ userId: desk.userId, displayName: "Ada" }));
    await done(world, desk.terminal.addDevice({ name: "phone" }));
    const phone = await another("phone");
    await world.runFor(1_000);
    await done(world, phone.terminal.signIn({ userId: phone.userId }));
    await run({ world, server, desk, phone, devices, another, other });
    for (const { terminal } of people) terminal.close();
    await world.runFor(5_000);
    await server.close();
  };
}

const newPlaces = () => ({ bindingPlace: new MemoryPlace(), documentPlace: new MemoryDocumentPlace() });

/** Lets time pass until it is done. */
export async function done<T>(world: VirtualWorld, work: Promise<T>): Promise<T> {
  let isOver = false;
  const over = (): void => void (isOver = true);
  work.then(over, over);
  for (let i = 0; i < 600 && !isOver; i++) await world.runFor(100);
  assert.equal(isOver, true, "it takes more than a minute");
  return work;
}

/** The key goes from one terminal to the other. */
export async function letIn(world: VirtualWorld, from: VirtualTerminal, to: VirtualTerminal): Promise<void> {
  let onCode: (code: string) => void = () => undefined;
  const shown = new Promise<string>((resolve) => (onCode = resolve));
  const given = from.terminal.personal.letIn({ onCode, approve: () => Promise.resolve(true) });
  const asked = shown.then((code) => to.terminal.personal.askIn({ code }));
  await done(world, Promise.all([given, asked]));
}

export const personal = ({ terminal }: VirtualTerminal): PersonalState => {
  const { personal: state } = terminal.state;
  assert.ok(state);
  return state;
};
