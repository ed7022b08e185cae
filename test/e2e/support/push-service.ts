/** A push service: speaks RFC 8030 over TLS. */
import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { makeBrowserKeys } from "./push-reading.ts";
import type { BrowserKeys } from "./push-reading.ts";
import { writeServerCertificate } from "./server-certificate.ts";

/** A browser that is subscribed here. */
export interface Browser extends BrowserKeys {
  readonly endpoint: string;
}

export interface Pushed {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface PushService {
  /** With its port. */
  readonly host: string;
  /** PEM, of what signed its certificate. */
  readonly authority: string;
  readonly pushed: readonly Pushed[];
  /** How it answers; 201 while nobody says otherwise. */
  answer: (pushed: Pushed, response: ServerResponse) => void;
  browser(): Promise<Browser>;
  close(): void;
  /** Resolves when so many came. */
  cameTo(count: number): Promise<void>;
}

export async function startPushService(): Promise<PushService> {
  const folder = mkdtempSync(join(tmpdir(), "signet-push-"));
  const { tlsCert, tlsKey } = await writeServerCertificate(folder, 30);
  const authority = readFileSync(tlsCert, "utf8");
  const pushed: Pushed[] = [];
  const news = new EventEmitter();
  const server = createServer({ cert: authority, key: readFileSync(tlsKey) }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) };
      pushed.push(one);
      service.answer(one, response);
      news.emit("pushed");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const service: PushService = {
    host,
    authority,
    pushed,
    answer: (_pushed, response) => void response.writeHead(201, { location: `https://${host}/m/1` }).end(),
    browser: async () => ({
      ...(await makeBrowserKeys()),
      endpoint: `https://${host}/send/${randomBytes(24).toString("base64url")}`,
    }),
    close: () => {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
    cameTo: async (count) => {
      while (pushed.length < count) await once(news, "pushed");
    },
  };
  return service;
}
