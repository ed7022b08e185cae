/** The log of the directory as others' tools read it (C2SP tlog-tiles; docs/directory.md). */
import {
  encodeEntryBundle,
  encodeTile,
  formatVerifierKey,
  parseTilePath,
  tileHeight,
  tileWidth,
} from "@signet/directory";
import type { TilePlace } from "@signet/directory";
import type { Bytes } from "@signet/protocol";
import type { FastifyInstance, FastifyReply } from "fastify";

import { logPath } from "../registry/directory-log.ts";
import type { DirectoryLog } from "../registry/directory-log.ts";
import type { LogStore } from "../store/log-store.ts";

/** Who may read what people signed of their devices: `public` whoever can reach the server, `hidden` nobody. */
export type LogEntries = "public" | "hidden";

export interface DirectoryLogPages {
  readonly originOf: () => string;
  readonly directoryLog: DirectoryLog;
  readonly showsEntries: boolean;
  /** Keys of those who are asked to cosign it. */
  readonly witnesses: readonly string[];
}

/** What was read of the log once never changes; a partial tile is read as it was when it was asked for. */
const forEver = "public, max-age=31536000, immutable";

export function serveDirectoryLog(app: FastifyInstance, pages: DirectoryLogPages): void {
  const { directoryLog, originOf, showsEntries, witnesses } = pages;
  app.get("/.well-known/signet-log", async (_request, reply) => {
    const { key } = directoryLog;
    if (key === undefined) return notYet(reply);
    return reply.header("cache-control", "no-cache").send({
      origin: key.name,
      verifierKey: formatVerifierKey(key),
      url: originOf() + logPath,
      entries: showsEntries ? "public" : "hidden",
      witnesses,
    });
  });
  app.get(`${logPath}/checkpoint`, async (_request, reply) => {
    if (directoryLog.key === undefined) return notYet(reply);
    return reply
      .header("cache-control", "no-cache")
      .type("text/plain; charset=utf-8")
      .send(await directoryLog.stored.checkpoint());
  });
  app.get<{ Params: { "*": string } }>(`${logPath}/tile/*`, async (request, reply) => {
    const place = parseTilePath(`tile/${request.params["*"]}`);
    if (place === undefined) return reply.callNotFound();
    if (place.level === "entries" && !showsEntries) return refuseEntries(reply);
    const tile = await tileAt(directoryLog.stored, place);
    if (tile === undefined) return reply.callNotFound();
    return reply.header("cache-control", forEver).type("application/octet-stream").send(Buffer.from(tile));
  });
}

/** A server that is about to listen: whoever watches its log would take it for one that has none any more. */
const notYet = (reply: FastifyReply): FastifyReply =>
  reply.code(503).header("cache-control", "no-store").type("text/plain; charset=utf-8").send("starting\n");

const refuseEntries = (reply: FastifyReply): FastifyReply =>
  reply
    .code(403)
    .type("text/plain; charset=utf-8")
    .send("whoever runs this server shows the entries of its log to nobody\n");

/** @returns undefined where the log does not reach so far */
async function tileAt(stored: LogStore, { index, level, width }: TilePlace): Promise<Bytes | undefined> {
  const from = index * tileWidth;
  const to = from + width;
  if (!Number.isSafeInteger(to)) return undefined;
  const isEntries = level === "entries";
  const found = isEntries
    ? await stored.entries(from, to)
    : await stored.hashes(level * tileHeight, from, to);
  if (found.length < width) return undefined;
  return isEntries ? encodeEntryBundle(found) : encodeTile(found);
}
