/** Two servers of one origin and one log's key, that were one: what a dishonest server keeps to show different people different directories. */
import { createPrivateKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { databasePath } from "@signet/server";
import type { RunningServer, ServerOptions } from "@signet/server";
import { deviceAtHand } from "@signet/terminal";

import type { DishonestServer } from "./dishonest.ts";
import { newDevice } from "./forgery.ts";
import { openHeadless } from "./headless.ts";
import { Rogue } from "./rogue.ts";
import { Scene } from "./scene.ts";
import type { Deceived } from "./scene.ts";
import { startTestServer } from "./server.ts";

type Options = Partial<ServerOptions>;

/** What people sign for; it listens elsewhere. */
const origin = "http://localhost:48211";
const addressOf = ({ port }: RunningServer): string => `http://127.0.0.1:${port}`;

/** Whoever registered before the fork. */
export type Registered = Pick<Deceived, "device" | "pins" | "userId">;

/** Who says what somebody is told of the directory. */
export type Asking = Pick<Rogue, "ask">;

/** From now on whoever is behind `server` is shown the directory that this one sees. */
export function showElsewhere(server: DishonestServer, asking: Asking): void {
  for (const type of ["directory.prove", "directory.consistency", "directory.lookup"] as const)
    server.answerLater(type, (body) => asking.ask(type, body));
}

export class ForkedServer {
  readonly #folder: string;
  readonly #options: Options;
  readonly #asking: Rogue[] = [];
  #main: RunningServer;
  #fork: RunningServer | undefined;
  /** At the server that everybody believes. */
  readonly scene: Scene;

  private constructor(folder: string, options: Options, main: RunningServer) {
    this.#folder = folder;
    this.#options = options;
    this.#main = main;
    this.scene = new Scene(() => addressOf(this.#main));
  }

  static async start(options: Options = {}): Promise<ForkedServer> {
    const folder = await mkdtemp(join(tmpdir(), "signet-fork-"));
    const main = await startTestServer({ ...options, origin, dataDir: join(folder, "main") });
    return new ForkedServer(folder, options, main);
  }

  get address(): string {
    return addressOf(this.#main);
  }

  get forkAddress(): string {
    if (this.#fork === undefined) throw new Error("not forked yet");
    return addressOf(this.#fork);
  }

  /** Registered, and gone until they {@link come}: what their terminal remembers is kept. */
  async registered(userId: string): Promise<Registered> {
    return this.gone(await this.scene.deceived(userId));
  }

  async gone({ device, pins, terminal, userId: id }: Deceived): Promise<Registered> {
    await terminal.release();
    terminal.close();
    return { device, pins, userId: id };
  }

  /** The data are copied while nothing runs: the same log, by the same key, or by one of its own. */
  async fork(by: "sameKey" | "otherKey" = "sameKey"): Promise<void> {
    await this.#main.close();
    const dataDir = join(this.#folder, "fork");
    await cp(join(this.#folder, "main"), dataDir, { recursive: true });
    if (by === "otherKey") {
      const database = new DatabaseSync(databasePath(dataDir));
      database.exec("DELETE FROM meta WHERE name IN ('logKey', 'checkpoint')");
      database.close();
    }
    this.#main = await this.#start(join(this.#folder, "main"));
    this.#fork = await this.#start(dataDir);
  }

  /** The one that everybody believes, with the same data; who is there has to {@link come} again. */
  async restart(): Promise<void> {
    await this.#main.close();
    this.#main = await this.#start(join(this.#folder, "main"));
  }

  /**
   * Somebody signs in who registered before.
   * @param shown what says what they are told of the directory: somebody who is signed in at the fork, and by which key the log is said to be; else nobody
   *   lies to them
   */
  async come(
    { device, pins, userId }: Registered,
    shown?: { readonly asking: Asking; readonly logKey?: string },
  ): Promise<Deceived> {
    const lies = (server: DishonestServer): void => {
      if (shown === undefined) return;
      const { asking, logKey } = shown;
      showElsewhere(server, asking);
      if (logKey !== undefined) server.onReply("session.hello", (body) => [{ ...body, logKey }]);
    };
    const person = await this.scene.visitor(userId, { device, environment: { pins }, lies });
    await person.terminal.signIn({ userId });
    return person;
  }

  /** The log of one of the two gets what that of the other has not. */
  async growsAt(address: string, userId: string): Promise<Rogue> {
    return this.#kept(await Rogue.register(address, userId));
  }

  /** A device of somebody's, signed by theirs, as whoever stole that can: it is in no log but that of this address. */
  async addsDeviceAt(address: string, { device, userId }: Registered): Promise<void> {
    const added = await newDevice();
    const devices = { ...deviceAtHand(device), create: () => Promise.resolve({ device: added }) };
    const { terminal } = await openHeadless(address, userId, { device, environment: { devices } });
    await terminal.signIn({ userId });
    await terminal.addDevice({ name: "Another" });
    await terminal.release();
    terminal.close();
  }

  /** What signs the log: whoever runs the server has it. */
  logKey(): KeyObject {
    const database = new DatabaseSync(databasePath(join(this.#folder, "main")), { readOnly: true });
    try {
      const kept = database.prepare("SELECT value FROM meta WHERE name = 'logKey'").get();
      return createPrivateKey(String(kept?.["value"]));
    } finally {
      database.close();
    }
  }

  /** Nothing grows by it. */
  async asksAt(address: string, registered: Registered): Promise<Rogue> {
    return this.#kept(await Rogue.signIn(address, registered));
  }

  #kept(rogue: Rogue): Rogue {
    this.#asking.push(rogue);
    return rogue;
  }

  async close(): Promise<void> {
    for (const rogue of this.#asking) rogue.close();
    await this.scene.close();
    await this.#main.close();
    await this.#fork?.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #start(dataDir: string): Promise<RunningServer> {
    return startTestServer({ ...this.#options, origin, dataDir });
  }
}
