import assert from "node:assert/strict";
import { after, before } from "node:test";

import type { SignatureDevice } from "@signet/device";
import type { UserId } from "@signet/protocol";
import type { RunningServer } from "@signet/server";
import type { Participant, TerminalEnvironment, TerminalState } from "@signet/terminal";

import { DishonestServer } from "./dishonest.ts";
import { openHeadless } from "./headless.ts";
import type { Headless } from "./headless.ts";
import { Rogue } from "./rogue.ts";
import { startTestServer } from "./server.ts";
import { patienceMs } from "./wait.ts";

/** A person whose terminal reaches the real server only through a dishonest one. */
export interface Deceived extends Headless {
  readonly server: DishonestServer;
}

/** The people of one test file, and what has to be closed after it. */
export class Scene {
  readonly #close: (() => unknown)[] = [];
  readonly #origin: () => string;
  readonly #log: { readonly keepsLog?: boolean };

  /** @param log as of `DishonestServer.before` */
  constructor(origin: () => string, log: { readonly keepsLog?: boolean } = {}) {
    this.#origin = origin;
    this.#log = log;
  }

  /** Of the real server. */
  get origin(): string {
    return this.#origin();
  }

  /** Registered and signed in, behind a server of their own that can lie. */
  async deceived(
    userId: string,
    options: {
      readonly device?: SignatureDevice;
      readonly environment?: Partial<TerminalEnvironment>;
      /** What the server lies about from the beginning. */
      readonly lies?: (server: DishonestServer) => void;
    } = {},
  ): Promise<Deceived> {
    const person = await this.visitor(userId, options);
    await person.terminal.register({ userId: person.userId, displayName: userId.toUpperCase() });
    return person;
  }

  /** The same, not registered. */
  async visitor(userId: string, options: Parameters<Scene["deceived"]>[1] = {}): Promise<Deceived> {
    const server = await DishonestServer.before(this.#origin(), this.#log);
    this.#close.push(() => server.close());
    options.lies?.(server);
    const headless = await openHeadless(server.origin, userId, options);
    this.#close.push(() => headless.terminal.close());
    return { ...headless, server };
  }

  /** A dishonest member, registered and signed in at the real server. */
  async rogue(userId: string, nowMs?: () => number): Promise<Rogue> {
    const rogue = await Rogue.register(this.#origin(), userId, nowMs);
    this.#close.push(() => rogue.close());
    return rogue;
  }

  async people<const T extends readonly string[]>(
    ...userIds: T
  ): Promise<{ readonly [K in keyof T]: Deceived }> {
    return (await Promise.all(userIds.map((userId) => this.deceived(userId)))) as {
      readonly [K in keyof T]: Deceived;
    };
  }

  async close(): Promise<void> {
    for (const close of this.#close.toReversed()) await close();
  }
}

/** For the tests of one file, at a server of their own. */
export function sceneWithServer(log: { readonly keepsLog?: boolean } = {}): Scene {
  let server: RunningServer;
  const scene = new Scene(() => server.origin, log);
  before(async () => {
    server = await startTestServer();
  });
  after(async () => {
    await scene.close();
    await server.close();
  });
  return scene;
}

export const rings = (state: TerminalState): boolean => state.ringing.length > 0;

export async function answer(person: Headless): Promise<void> {
  const state = await person.until(rings, "ringing");
  await person.terminal.answer(state.ringing[0]!.callId);
}

/** Calls everybody; all of them answer. */
export async function callAll(initiator: Headless, ...members: readonly Headless[]): Promise<void> {
  await initiator.terminal.call(members.map(({ userId }) => userId));
  await Promise.all(members.map(answer));
  await agree(initiator, ...members);
}

export function participant(state: TerminalState, userId: UserId): Participant {
  const found = state.call?.participants.find((person) => person.userId === userId);
  assert.ok(found, `${userId} is not listed`);
  return found;
}

const holders = (state: TerminalState) =>
  state.call?.participants.filter((person) => person.state === "joined").map(({ userId }) => userId) ?? [];

/** All of these, and nobody else, hold the key of one epoch: same members, same epoch, same safety code for each. */
export function agree(...people: readonly Headless[]): Promise<string> {
  return agreeOn(people, people);
}

/** `people` hold the key of one epoch, and see that `everybody` does; the others may lag behind. @returns the safety code */
export function agreeOn(
  everybody: readonly Pick<Headless, "userId">[],
  people: readonly Headless[],
): Promise<string> {
  const expected = everybody
    .map(({ userId }) => userId)
    .toSorted()
    .join(" ");
  const seen = ({ terminal: { state } }: Headless) => {
    const { phase, epoch, safetyCode } = state.call ?? {};
    const isComplete =
      phase === "active" && safetyCode !== undefined && holders(state).toSorted().join(" ") === expected;
    return isComplete ? `${epoch} ${safetyCode}` : `${phase} ${epoch}: ${holders(state).join(" ")}`;
  };
  return new Promise((resolve, reject) => {
    const stops = people.map(({ terminal }) => terminal.subscribe(check));
    const finish = (): void => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
    const timer = setTimeout(() => {
      finish();
      reject(
        new Error(
          `${people.map(({ userId }) => userId).join(", ")} do not agree that ${expected} hold the key: ${people.map(seen).join("; ")}`,
        ),
      );
    }, patienceMs);
    function check(): void {
      const [first] = people;
      const safetyCode = first?.terminal.state.call?.safetyCode;
      const isSame = new Set(people.map(seen)).size === 1;
      if (first === undefined || safetyCode === undefined || !isSame || !seen(first).endsWith(safetyCode))
        return;
      finish();
      resolve(safetyCode);
    }
    check();
  });
}
