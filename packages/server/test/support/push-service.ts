/** A push service: speaks RFC 8030 over TLS, and reads what comes with other libraries than the server writes with. */
import { createECDH, randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { writeServerCertificate } from "@signet/e2e/support/server-certificate.ts";
import ece from "http_ece";
import { importJWK, jwtVerify } from "jose";

import type { Bytes } from "@signet/protocol";

import { atEnd, tempDir } from "./test-server.ts";
import type { Cleanup } from "./test-server.ts";

/** A browser's subscription, with its private key. */
export interface Browser {
  readonly endpoint: string;
  readonly p256dh: Bytes;
  readonly auth: Bytes;
  read(body: Buffer): string;
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
  browser(): Browser;
  /** Resolves when so many came. */
  cameTo(count: number): Promise<void>;
}

export async function startPushService(test: Cleanup): Promise<PushService> {
  const { tlsCert, tlsKey } = await writeServerCertificate(tempDir(test), 30);
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
  atEnd(test, () => {
    server.closeAllConnections();
    server.close();
  });
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const service: PushService = {
    host,
    authority,
    pushed,
    answer: (_pushed, response) => void response.writeHead(201, { location: `https://${host}/m/1` }).end(),
    browser: () => {
      const keys = createECDH("prime256v1");
      const p256dh = new Uint8Array(keys.generateKeys());
      const auth = randomBytes(16);
      return {
        endpoint: `https://${host}/send/${randomBytes(24).toString("base64url")}`,
        p256dh,
        auth: new Uint8Array(auth),
        read: (body) =>
          ece.decrypt(body, { version: "aes128gcm", privateKey: keys, authSecret: auth }).toString("utf8"),
      };
    },
    cameTo: async (count) => {
      while (pushed.length < count) await once(news, "pushed");
    },
  };
  return service;
}

/** @throws where the signature is not the key's, or the token is for another service or for longer than a day (RFC 8292) */
export async function vapidOf({ headers }: Pushed, audience: string) {
  const found = /^vapid t=([^,]+), k=([\w-]+)$/.exec(headers.authorization ?? "");
  const point = Buffer.from(found?.[2] ?? "", "base64url");
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
  const key = await importJWK({ kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "" }, "ES256");
  const { payload } = await jwtVerify(found?.[1] ?? "", key, { algorithms: ["ES256"], audience });
  return { point, payload };
}
