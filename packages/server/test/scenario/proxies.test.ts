/**
 * The relay behind nginx and HAProxy, as docs/self-hosting.md says: a proxy that speaks HTTP does not pass it, one that passes TCP does, on a port of its own, and with
 * TLS that ends there.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { connect as connectTls } from "node:tls";

import { writeServerCertificate } from "@signet/e2e/support/server-certificate.ts";
import { TurnClient } from "@signet/e2e/support/turn-client.ts";

import { answered } from "../support/answered.ts";
import { callOfTwo, people } from "../support/group.ts";
import { freePort, startProgram } from "../support/programs.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";

interface Ports {
  /** Of the proxy. */
  readonly web: number;
  readonly relay: number;
  /** Of the server behind it. */
  readonly ownWeb: number;
  readonly ownRelay: number;
}

function fileOf(t: TestContext, name: string, text: string): string {
  const path = join(tempDir(t), name);
  writeFileSync(path, text);
  return path;
}

const proxies: Readonly<Record<string, (t: TestContext, ports: Ports) => Promise<void>>> = {
  nginx: (t, { ownRelay, ownWeb, relay, web }) => {
    const dir = tempDir(t);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((kind) => `  ${kind}_temp_path ${dir}/${kind};`)
      .join("\n");
    const path = fileOf(
      t,
      "nginx.conf",
      `load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
pid ${dir}/pid;
error_log ${dir}/error;
events {}
http {
  access_log off;
${temporary}
  server {
    listen 127.0.0.1:${web};
    location / {
      proxy_pass http://127.0.0.1:${ownWeb};
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
    }
  }
}
stream { server { listen 127.0.0.1:${relay}; proxy_pass 127.0.0.1:${ownRelay}; } }
`,
    );
    return startProgram(t, "nginx", ["-c", path, "-e", `${dir}/start`], web);
  },
  haproxy: async (t, { ownRelay, ownWeb, relay, web }) => {
    const { tlsCert, tlsKey } = await writeServerCertificate(tempDir(t), 30);
    const both = fileOf(
      t,
      "relay.pem",
      [tlsCert, tlsKey].map((path) => readFileSync(path, "utf8")).join("\n"),
    );
    const path = fileOf(
      t,
      "haproxy.cfg",
      `defaults
  timeout connect 5s
  timeout client 120s
  timeout server 120s
listen web
  mode http
  option forwardfor
  bind 127.0.0.1:${web}
  server own 127.0.0.1:${ownWeb}
listen relay
  mode tcp
  bind 127.0.0.1:${relay} ssl crt ${both}
  server own 127.0.0.1:${ownRelay}
`,
    );
    return startProgram(t, "haproxy", ["-f", path], web);
  },
};

for (const [name, start] of Object.entries(proxies))
  test(
    `behind ${name} pages and signalling go by HTTP, and the relay by TCP as it is`,
    { timeout: 60_000 },
    async (t) => {
      const [web, relay, ownRelay] = [await freePort(), await freePort(), await freePort()];
      const isSecure = name === "haproxy";
      const relayUrl = `turn${isSecure ? "s" : ""}:localhost:${relay}?transport=tcp`;
      const server = await startTestServer(t, {
        origin: "http://localhost",
        trustProxy: true,
        relay: { port: ownRelay },
        relayUrl,
      });
      await start(t, { web, relay, ownWeb: server.port, ownRelay });
      const page = await fetch(`http://127.0.0.1:${web}/healthz`);
      assert.deepEqual([page.status, await page.json()], [200, { status: "ok" }]);
      const [alice, bob] = await people({ port: web }, "alice", "bob");
      const callId = await callOfTwo(alice, bob);
      const { relays } = await alice.request("media.relays", { callId });
      assert.deepEqual(
        relays.flatMap(({ urls }) => urls),
        [relayUrl],
      );
      const at = { host: "127.0.0.1", port: relay };
      const socket = isSecure ? connectTls({ ...at, rejectUnauthorized: false }) : connect(at);
      await once(socket, isSecure ? "secureConnect" : "connect");
      const client = new TurnClient(socket, relays[0] ?? assert.fail());
      t.after(() => void client.socket.destroy());
      assert.equal(await client.allocate(), 0);
      assert.equal(await client.check(0x4000, await answered(t, alice, callId, client)), 0);

      const wrong = connect(web, "127.0.0.1");
      t.after(() => void wrong.destroy());
      wrong.write(Buffer.from("000300002112a4420000000000000000000000000d0a0d0a", "hex"));
      const [answer] = (await once(wrong, "data")) as [Buffer];
      assert.match(answer.toString("latin1"), /400 Bad [Rr]equest/);
      alice.socket.terminate();
      bob.socket.terminate();
    },
  );
