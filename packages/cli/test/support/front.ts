/** A server that may lie of its log: a real one, behind something that changes what it shows. It has the log's own key, as who runs a server has. */
import { createPrivateKey, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { createServer, request } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import {
  appendLeaf,
  decodeEntryBundle,
  decodeLogEntry,
  emptyFrontier,
  encodeEntryBundle,
  encodeMapRootEntry,
  encodeTile,
  formatCheckpoint,
  formatNote,
  frontierRoot,
  leafHash,
  mapKey,
  MapNodesInMemory,
  mapRoot,
  parseTilePath,
  parseVerifierKey,
  setInMap,
  statementDigestOf,
  tileHeight,
  tileWidth,
} from "@signet/directory";
import type { Frontier, VerifierKey } from "@signet/directory";
import { startTestServer } from "@signet/e2e/support/server.ts";
import { databasePath } from "@signet/server";
import type { RunningServer, ServerOptions } from "@signet/server";

export type Bytes = Uint8Array<ArrayBuffer>;

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Bytes;
}

/** What is shown in place of the real answer. */
export type Lie = (path: string, real: Answer) => Answer | undefined;

export class Front {
  readonly origin: string;
  readonly dataDir: string;
  readonly #options: Partial<ServerOptions>;
  readonly #http;
  #server: RunningServer | undefined;
  #lie: Lie = () => undefined;

  private constructor(http: ReturnType<typeof createServer>, options: Partial<ServerOptions>) {
    this.#http = http;
    this.#options = options;
    this.origin = `http://localhost:${(http.address() as AddressInfo).port}`;
    this.dataDir = mkdtempSync(join(tmpdir(), "signet-front-"));
    http.on("request", (asked: IncomingMessage, answer: ServerResponse) => void this.#answer(asked, answer));
    http.on("upgrade", (asked: IncomingMessage, socket) => {
      const { port } = this.#server ?? { port: 1 };
      const there = connect(port, "127.0.0.1");
      const head = Object.entries(asked.headers).map(([name, value]) => `${name}: ${String(value)}`);
      there.write(`GET ${asked.url} HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n`);
      for (const end of [there, socket]) end.on("error", () => socket.destroy());
      there.pipe(socket).pipe(there);
    });
  }

  static async open(options: Partial<ServerOptions> = {}): Promise<Front> {
    const http = createServer();
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const front = new Front(http, options);
    await front.start();
    return front;
  }

  get running(): RunningServer {
    if (this.#server === undefined) throw new Error("stopped");
    return this.#server;
  }

  async start(options: Partial<ServerOptions> = {}): Promise<void> {
    const { dataDir, origin } = this;
    this.#server = await startTestServer({ ...this.#options, ...options, dataDir, origin });
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  async restart(options: Partial<ServerOptions> = {}): Promise<void> {
    await this.stop();
    await this.start(options);
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  lie(lie: Lie): void {
    this.#lie = lie;
  }

  honest(): void {
    this.#lie = () => undefined;
  }

  database(): DatabaseSync {
    return new DatabaseSync(databasePath(this.dataDir));
  }

  /** What signs the log: whoever runs the server has it. */
  key(): { readonly key: VerifierKey; readonly privateKey: KeyObject } {
    const database = this.database();
    const pem = String(database.prepare("SELECT value FROM meta WHERE name = 'logKey'").get()?.["value"]);
    database.close();
    return { key: this.#named as VerifierKey, privateKey: createPrivateKey(pem) };
  }

  #named: VerifierKey | undefined;

  /** To be called while the server is honest. */
  async entries(): Promise<readonly Bytes[]> {
    const named = (await (await fetch(`${this.origin}/.well-known/signet-log`)).json()) as {
      verifierKey: string;
    };
    this.#named = parseVerifierKey(named.verifierKey);
    const note = await (await fetch(`${this.origin}/log/checkpoint`)).text();
    const size = Number(note.split("\n")[1]);
    const path = `${this.origin}/log/tile/entries/000${size === tileWidth ? "" : `.p/${size}`}`;
    return decodeEntryBundle(new Uint8Array(await (await fetch(path)).arrayBuffer()), size) ?? [];
  }

  /** From now on it shows a log of these entries, signed as its own, with hashes that fit. */
  forge(entries: readonly Bytes[], mapOf?: Bytes): void {
    const { key, privateKey } = this.key();
    const log = logOf(entries);
    const root = mapOf ?? mapOver(entries);
    const text = formatCheckpoint({
      origin: key.name,
      size: entries.length,
      root: frontierRoot(log.tree),
      mapRoot: root,
    });
    const signature = new Uint8Array(sign(null, Buffer.from(text), privateKey));
    const note = formatNote({ text, signatures: [{ name: key.name, keyId: key.keyId, signature }] });
    this.lie((path) => {
      if (path === "/log/checkpoint")
        return { status: 200, type: "text/plain; charset=utf-8", body: utf8(note) };
      const place = parseTilePath(path.replace(/^\/log\//, ""));
      if (place === undefined) return undefined;
      const { index, level, width } = place;
      const [from, to] = [index * tileWidth, index * tileWidth + width];
      const body =
        level === "entries"
          ? encodeEntryBundle(entries.slice(from, to))
          : encodeTile(
              Array.from(
                { length: to - from },
                (_, i) => log.hashes.get(`${level * tileHeight} ${from + i}`) as Bytes,
              ),
            );
      return { status: 200, type: "application/octet-stream", body };
    });
  }

  async #answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const server = this.#server;
    const path = asked.url ?? "/";
    const real = server === undefined ? undefined : await ask(server.port, path, asked.headers.host ?? "");
    if (real === undefined) return void answer.destroy();
    const { body, status, type } = this.#lie(path, real) ?? real;
    answer.writeHead(status, { "content-type": type }).end(body);
  }
}

export const utf8 = (text: string): Bytes => new Uint8Array(Buffer.from(text));

export function logOf(entries: readonly Bytes[]): {
  readonly tree: Frontier;
  readonly hashes: ReadonlyMap<string, Bytes>;
} {
  const hashes = new Map<string, Bytes>();
  let tree = emptyFrontier;
  for (const entry of entries) {
    const appended = appendLeaf(tree, leafHash(entry));
    tree = appended.frontier;
    for (const { hash, node } of appended.completed) hashes.set(`${node.level} ${node.index}`, hash);
  }
  return { tree, hashes };
}

/** What an honest log of these would say. */
export function mapOver(entries: readonly Bytes[]): Bytes {
  const nodes = new MapNodesInMemory();
  for (const entry of entries) {
    const statement = decodeLogEntry(entry);
    if (statement !== undefined)
      setInMap(nodes, mapKey(statement.userId), statementDigestOf(statement.proofs));
  }
  return mapRoot(nodes);
}

/** With the map entry that belongs behind them. */
export const closed = (entries: readonly Bytes[]): readonly Bytes[] => [
  ...entries,
  encodeMapRootEntry(mapOver(entries)),
];

function ask(port: number, path: string, host: string): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const asked = request({ port, path, host: "127.0.0.1", headers: { host }, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", () => resolve(undefined));
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          type: answer.headers["content-type"] ?? "",
          body: new Uint8Array(Buffer.concat(parts)),
        }),
      );
    });
    asked.on("error", () => resolve(undefined));
    asked.end();
  });
}
