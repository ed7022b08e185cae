/** People in calls on a small internet: a server, and terminals at hosts of their own. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Certificate, createHash } from "node:crypto";

import { registerGuest } from "../browser.ts";
import type { Guest } from "../browser.ts";
import { RunningCommand, runCommand } from "../command-line.ts";
import type { Ended } from "../command-line.ts";
import { writeServerCertificate } from "../server-certificate.ts";
import type { ServerCertificateFiles } from "../server-certificate.ts";
import { ServedSignet } from "../served.ts";
import { writeVoice } from "../voice.ts";
import { WrittenHearing, pageHearing } from "./heard.ts";
import type { Hearing } from "./heard.ts";
import { Network } from "./network.ts";
import type { Addresses, Host } from "./network.ts";
import { installPageHearing } from "./page-hearing.ts";

const serverName = "signet.test";
export const webPort = 8443;
const origin = `https://${serverName}:${webPort}`;
export const mediaPort = 40_000;

export interface Terminal {
  readonly userId: string;
  readonly host: Host;
  readonly hertz: number;
  readonly hearing: Hearing;
}

export interface PageTerminal extends Terminal {
  readonly guest: Guest;
}

export interface CommandLineTerminal extends Terminal {
  readonly command: RunningCommand;
}

export interface WorldOptions {
  /** Where the server stands, and with which options more; default at the router in the middle. */
  readonly place?: (network: Network) => { readonly host: Host; readonly serve?: readonly string[] };
}

const passphrase = { env: { SIGNET_PASSPHRASE: "correct horse" } } as const;

export class World {
  readonly network: Network;
  readonly server: Host;
  readonly #folder: string;
  readonly #certificate: string;
  readonly #key: string;
  readonly #closing: (() => unknown)[];
  readonly #voices: number[] = [];
  #served: ServedSignet | undefined;

  private constructor(
    network: Network,
    server: Host,
    folder: string,
    { tlsCert, tlsKey }: ServerCertificateFiles,
  ) {
    this.network = network;
    this.server = server;
    this.#folder = folder;
    this.#certificate = tlsCert;
    this.#key = tlsKey;
    this.#closing = [() => rmSync(folder, { recursive: true, force: true }), () => network.close()];
  }

  /** @param voices that will be heard in it, Hz; multiples of 50 */
  static async open(voices: readonly number[], options: WorldOptions = {}): Promise<World> {
    const network = new Network();
    const { host: server, serve } = options.place?.(network) ?? { host: network.router.host("server") };
    const folder = mkdtempSync(join(tmpdir(), "signet-world-"));
    const world = new World(network, server, folder, await writeServerCertificate(folder, 30, serverName));
    world.#voices.push(...voices);
    try {
      world.#served = await ServedSignet.start({
        origin,
        through: server.through,
        options: world.#serveWords(serve),
      });
    } catch (error) {
      await world.close();
      throw error;
    }
    world.#closing.push(() => world.served.stop());
    return world;
  }

  /** The server is killed, and started with these options more. */
  async restart(serve: readonly string[] = []): Promise<void> {
    await this.served.kill();
    await this.served.start({ options: this.#serveWords(serve) });
  }

  get served(): ServedSignet {
    return this.#served!;
  }

  /** @param at under which addresses the server is known there */
  async page(
    userId: string,
    hertz: number,
    host: Host = this.network.router.host(userId),
    at: Addresses = this.server.addresses,
  ): Promise<PageTerminal> {
    tellOfServer(host, at);
    const guest = await registerGuest(this.served.origin, userId, {
      hertz,
      through: host.through,
      switches: [`--ignore-certificate-errors-spki-list=${keyDigest(this.#certificate)}`],
      initScript: installPageHearing,
    });
    this.#closing.push(() => guest.close());
    return { userId, host, hertz, guest, hearing: pageHearing(guest) };
  }

  /** Answers every call, and says its tone in it. */
  async commandLine(
    userId: string,
    hertz: number,
    host: Host = this.network.router.host(userId),
    at: Addresses = this.server.addresses,
  ): Promise<CommandLineTerminal> {
    tellOfServer(host, at);
    const { code, err } = await this.run(userId, host, ["register", "--display-name", userId.toUpperCase()]);
    if (code !== 0) throw new Error(`${userId} could not register: ${err}`);
    const voice = join(this.#folder, `${userId}.wav`);
    writeVoice(voice, hertz);
    const command = new RunningCommand(
      this.#words(userId, [
        ...words("listen --auto-answer-from anyone --json"),
        ...words(`--in ${voice} --loop --out ${join(this.#folder, `heard-by-${userId}.wav`)}`),
      ]),
      this.#options(host),
    );
    const hearing = new WrittenHearing(
      command,
      this.#voices.filter((voice) => voice !== hertz),
    );
    this.#closing.push(async () => {
      hearing.close();
      command.signal("SIGKILL");
      await command.ended;
    });
    await command.event("signedIn");
    return { userId, host, hertz, hearing, command };
  }

  /** A command of `signet` for this person, to its end. */
  run(userId: string, host: Host, args: readonly string[]): Promise<Ended> {
    return runCommand(this.#words(userId, args), this.#options(host));
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).toReversed()) await close();
  }

  #serveWords(more: readonly string[] = []): readonly string[] {
    return [
      ...words(`--origin ${origin} --host :: --port ${webPort} --media-port ${mediaPort}`),
      ...words(`--tls-cert ${this.#certificate} --tls-key ${this.#key} --registration open`),
      ...more,
    ];
  }

  #words(userId: string, [command = "", ...args]: readonly string[]): readonly string[] {
    const who = ["--user", userId, "--server", this.served.origin, "--profile", join(this.#folder, userId)];
    return [command, ...who, ...args];
  }

  #options(host: Host) {
    const env = { ...passphrase.env, HOME: this.#folder, NODE_EXTRA_CA_CERTS: this.#certificate };
    return { env, through: host.through };
  }
}

/** Under which addresses the server is known there. */
export const tellOfServer = (host: Host, at: Addresses): void => host.knows({ [serverName]: at });

/** None of them holds a blank. */
const words = (line: string): readonly string[] => line.split(" ");

/** By which Chromium takes this certificate, and no other. */
function keyDigest(certificate: string): string {
  const { publicKey } = new X509Certificate(readFileSync(certificate));
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64");
}
