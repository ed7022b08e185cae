/** A call of four real terminals with a real server, in virtual time. */
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
import type { CallView } from "@signet/terminal";

import { MemoryPlace } from "./memory-place.ts";
import { VirtualServer } from "./virtual-server.ts";
import { VirtualTerminal } from "./virtual-terminal.ts";
import { VirtualWorld } from "./virtual-world.ts";

const users = ["ada", "bob", "cyd", "dan"] as const;

export interface Stage {
  readonly world: VirtualWorld;
  readonly server: VirtualServer;
  readonly ada: VirtualTerminal;
  readonly bob: VirtualTerminal;
  readonly cyd: VirtualTerminal;
  readonly dan: VirtualTerminal;
  /** A terminal that goes on with cyd's binding. */
  readonly cydAgain: () => Promise<VirtualTerminal>;
}

/** For the tests of one file. @returns what runs a test with ada's call to the others, all of them signed in; nobody has answered yet */
export function virtualCalls(): (run: (stage: Stage) => Promise<void>) => Promise<void> {
  let media: MediaEngine;
  let folder: string;
  let devices: readonly SignatureDevice[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "signet-"));
    media = await startMedia({ runtimeDir: folder });
    devices = await Promise.all(users.map(() => createSoftwareKey({ algorithm: "EdDSA" })));
  });
  after(async () => {
    await media.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return async (run) => {
    const world = new VirtualWorld(1, settled);
    const server = await VirtualServer.open(world, media);
    const places = users.map(() => new MemoryPlace());
    const open = (i: number): Promise<VirtualTerminal> =>
      VirtualTerminal.open(world, server, {
        user: users[i]!,
        name: users[i]!,
        device: devices[i]!,
        bindingPlace: places[i]!,
      });
    const people = await Promise.all(users.map((_, i) => open(i)));
    const [ada, bob, cyd, dan] = people;
    assert.ok(ada && bob && cyd && dan);
    await world.runFor(2_000);
    for (const { terminal, userId } of people)
      void terminal.register({ userId, displayName: userId.toUpperCase() });
    await world.runFor(2_000);
    void ada.terminal.call([bob.userId, cyd.userId, dan.userId]);
    await world.runFor(2_000);
    const cydAgain = async (): Promise<VirtualTerminal> => {
      const again = await open(users.indexOf("cyd"));
      people.push(again);
      return again;
    };
    await run({ world, server, ada, bob, cyd, dan, cydAgain });
    for (const { terminal } of people) terminal.close();
    await world.runFor(5_000);
    await server.close();
  };
}

export async function answer(world: VirtualWorld, ...people: readonly VirtualTerminal[]): Promise<void> {
  for (const { terminal } of people) void terminal.answer(terminal.state.ringing[0]!.callId);
  await world.runFor(3_000);
}

/** They have one key, which is the last of each, and see each other. */
export function assertTogether(...people: readonly VirtualTerminal[]): void {
  const ids = people.map(({ userId }) => userId).toSorted();
  for (const { call, name } of people) {
    const there = call?.participants.filter(({ state }) => state === "joined") ?? [];
    assert.deepEqual(there.map(({ userId }) => userId).toSorted(), ids, `as ${name} sees it`);
  }
  assert.equal(new Set(people.map(({ keys }) => keys.at(-1))).size, 1);
  assert.equal(new Set(people.map(({ call }) => call?.safetyCode)).size, 1);
}

export const shown = ({ terminal }: VirtualTerminal): CallView => {
  assert.ok(terminal.state.call);
  return terminal.state.call;
};
