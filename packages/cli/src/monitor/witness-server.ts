/** A witness over HTTP (C2SP tlog-witness), for logs that ask. Bounded in size, time and number: anybody may ask. */
import { mostAddCheckpointCharacters } from "@signet/directory";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";

import type { Cosigned, Witness } from "./witness.ts";

/** UTF-8. */
const mostBodyBytes = 2 * mostAddCheckpointCharacters;
/** For a whole request (ms). */
const requestMostMs = 20_000;
const mostConnections = 256;

/** @param onCosigned hears of each answer @returns when it listens @throws what the system says */
export async function serveWitness(
  witness: Witness,
  { host, port }: { readonly host: string; readonly port: number },
  onAnswer: (answer: Cosigned) => void,
): Promise<Server> {
  const server = createServer(
    {
      requestTimeout: requestMostMs,
      headersTimeout: requestMostMs,
      connectionsCheckingInterval: requestMostMs / 4,
      maxHeaderSize: 8_192,
    },
    (request, response) => {
      answer(witness, request, response, onAnswer).catch(() => response.destroy());
    },
  );
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return server;
}

async function answer(
  witness: Witness,
  request: IncomingMessage,
  response: ServerResponse,
  onAnswer: (answer: Cosigned) => void,
): Promise<void> {
  const { method = "", url = "" } = request;
  const [, originHash] = /^\/([0-9a-f]{64})\/checkpoint$/.exec(url) ?? [];
  if (originHash !== undefined) {
    if (method !== "GET") return end(response, 405, "only GET\n");
    const note = witness.cosignedOf(originHash);
    return note === undefined ? end(response, 404, "nothing of it was cosigned\n") : end(response, 200, note);
  }
  if (url !== "/add-checkpoint") return end(response, 404, "not found\n");
  if (method !== "POST") return end(response, 405, "only POST\n");
  const body = await readBody(request);
  if (body === undefined) {
    // What still comes is not read.
    response.setHeader("connection", "close");
    return end(response, 413, "too large\n");
  }
  const said = await witness.add(body);
  onAnswer(said);
  if (said.status === 200) return end(response, 200, said.lines);
  if (said.status === 409) return end(response, 409, `${said.size}\n`, "text/x.tlog.size");
  return end(response, said.status, `${reasons[said.status]}\n`);
}

const reasons = {
  400: "no such request",
  403: "not signed by the key of this log",
  404: "a log that is not known here",
  422: "this does not go on from what was cosigned last",
  503: "this could not be verified yet",
} as const;

function end(
  response: ServerResponse,
  status: number,
  text: string,
  type = "text/plain; charset=utf-8",
): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(text);
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > mostBodyBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
