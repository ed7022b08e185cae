import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { test } from "node:test";

import { startTestServer, tempDir } from "../support/test-server.ts";
import { people } from "../support/group.ts";
import { TestTerminal } from "../support/test-terminal.ts";

test("every page comes with a policy that lets nothing else in", async (t) => {
  const webRoot = tempDir(t);
  mkdirSync(join(webRoot, "assets"));
  writeFileSync(join(webRoot, "index.html"), "<title>Signet</title>");
  writeFileSync(join(webRoot, "assets/app-abc123.js"), "export {};");
  const server = await startTestServer(t, { webRoot });
  const page = await fetch(`${server.origin}/`);
  assert.equal(await page.text(), "<title>Signet</title>");
  const policy = page.headers.get("content-security-policy") ?? "";
  assert.deepEqual(policy.split("; "), [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ws://localhost:${server.port}`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "worker-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  assert.match(page.headers.get("permissions-policy") ?? "", /microphone=\(self\).*camera=\(\)/);
  assert.equal(page.headers.get("x-content-type-options"), "nosniff");
  assert.equal(page.headers.get("referrer-policy"), "no-referrer");
  assert.equal(page.headers.get("cross-origin-opener-policy"), "same-origin");
  assert.equal(page.headers.get("strict-transport-security"), null);
  assert.equal(page.headers.get("cache-control"), "no-cache");
  const asset = await fetch(`${server.origin}/assets/app-abc123.js`);
  assert.equal(asset.headers.get("cache-control"), "public, max-age=31536000, immutable");
  const missing = await fetch(`${server.origin}/../signet.db`);
  assert.equal(missing.status, 404);
  assert.match(missing.headers.get("content-security-policy") ?? "", /default-src 'none'/);
});

/** As it stands there: `fetch` tidies up before it sends. */
const rawly = (port: number, path: string): Promise<{ status: number; location?: string; body: string }> =>
  new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path, headers: { host: `127.0.0.1:${port}` } }, (response) => {
      const { statusCode = 0, headers } = response;
      let body = "";
      response.setEncoding("utf8").on("data", (part: string) => (body += part));
      response.on("end", () =>
        resolve({
          status: statusCode,
          body,
          ...(headers.location === undefined ? {} : { location: headers.location }),
        }),
      );
    }).on("error", reject);
  });

test("a link to somebody opens the page, under its policy, and nothing that only looks like one does; an address leads to the name, and never elsewhere", async (t) => {
  const webRoot = tempDir(t);
  writeFileSync(join(webRoot, "index.html"), "<title>Signet</title>");
  const server = await startTestServer(t, { webRoot });
  for (const path of ["/call/bob", "/call/web%2Bsignet%3Abob", "/call/nobody,bob?from=mail", "/call/"]) {
    const page = await fetch(`${server.origin}${path}`);
    assert.equal(page.status, 200, path);
    assert.equal(await page.text(), "<title>Signet</title>");
    assert.match(page.headers.get("content-security-policy") ?? "", /script-src 'self'.*base-uri 'none'/);
    assert.equal(page.headers.get("cache-control"), "no-cache");
    const led = await rawly(server.port, path);
    assert.deepEqual([led.status, led.location], [308, `${server.origin}${path.split("?", 1)[0]}`]);
  }
  for (const path of [
    "/call",
    "/call/bob/",
    "/call/bob/ann",
    "/call/../signet.db",
    "/call//example.org",
    `/call/${"a".repeat(3_000)}`,
  ]) {
    const { body, location, status } = await rawly(server.port, path);
    assert.deepEqual([status, location], [404, undefined], path);
    assert.ok(!body.includes("<title>"), path);
  }
  // Where it has this name, an address is no other one.
  const named = await startTestServer(t, { webRoot, origin: "https://calls.example.org" });
  assert.equal((await rawly(named.port, "/call/bob")).status, 200);
});

test("without the built web terminal the page says what to do; an address leads to the name", async (t) => {
  const server = await startTestServer(t, { webRoot: tempDir(t) });
  const page = await fetch(`${server.origin}/`);
  assert.match(await page.text(), /npm run build/);
  const byAddress = await fetch(`http://127.0.0.1:${server.port}/`, { redirect: "manual" });
  assert.equal(byAddress.status, 308);
  assert.equal(byAddress.headers.get("location"), `${server.origin}/`);
});

test("a server says of itself what it is and what it does, as it was told to", async (t) => {
  const { version } = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../../../package.json"), "utf8"),
  ) as { readonly version: string };
  const said = async (options: Parameters<typeof startTestServer>[1]) =>
    (await (await TestTerminal.open(await startTestServer(t, options))).hello()).about;
  const software = `signet ${version}`;
  const day = 24 * 3_600_000;
  assert.deepEqual(await said({ relay: "web", limits: { keepMissedMs: 30 * day } }), {
    software,
    keepMissedDays: 30,
    wakes: true,
    relays: true,
  });
  assert.deepEqual(await said({ relay: "off", limits: { keepMissedMs: 0 }, push: { services: [] } }), {
    software,
    keepMissedDays: 0,
    wakes: false,
    relays: false,
  });
});

test("a site behind HTTPS tells browsers to stay there", async (t) => {
  const server = await startTestServer(t, { origin: "https://calls.example.org" });
  const page = await fetch(`http://127.0.0.1:${server.port}/`);
  assert.equal(page.headers.get("strict-transport-security"), "max-age=31536000");
  assert.match(
    page.headers.get("content-security-policy") ?? "",
    /connect-src 'self' wss:\/\/calls\.example\.org/,
  );
});

const metricsStatus = (port: number, headers: Record<string, string> = {}): Promise<number> =>
  new Promise((resolve) => {
    get({ host: "127.0.0.1", port, path: "/metrics", headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
  });

test("metrics count what happens, for this machine or for who has the token", async (t) => {
  const server = await startTestServer(t);
  const [alice] = await people(server, "alice", "bob");
  await alice.call(["bob"]);
  const text = await (await fetch(`${server.origin}/metrics`)).text();
  const value = (name: string): string | undefined => new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1];
  assert.equal(value('signet_registrations_total\\{kind="software"\\}'), "2");
  assert.equal(value("signet_connections_signed_in"), "2");
  assert.equal(value("signet_calls_started_total"), "1");
  assert.equal(value("signet_calls"), "1");
  assert.equal(value('signet_requests_total\\{type="call.request"\\}'), "1");
  assert.ok(Number(value("signet_media_cpu_seconds_total")) > 0);
  assert.equal(value("signet_media_restarts_total"), "0");
  for (const name of [
    "packets_received",
    "packets_lost",
    "packets_forwarded",
    "nacks_answered",
    "nacks_unanswered",
  ])
    assert.equal(value(`signet_media_${name}_total`), "0");
  assert.doesNotMatch(text, /alice|bob/);
  assert.equal(await metricsStatus(server.port, { "x-forwarded-for": "203.0.113.9" }), 403);

  const proxied = await startTestServer(t, { trustProxy: true });
  assert.equal(await metricsStatus(proxied.port), 403);
  const guarded = await startTestServer(t, { metricsToken: "open sesame" });
  assert.equal(await metricsStatus(guarded.port), 403);
  assert.equal(await metricsStatus(guarded.port, { authorization: "Bearer wrong" }), 403);
  assert.equal(await metricsStatus(guarded.port, { authorization: "Bearer open sesame" }), 200);

  const file = join(tempDir(t), "token");
  writeFileSync(file, "open sesame\n");
  const byFile = await startTestServer(t, { metricsTokenFile: file });
  assert.equal(await metricsStatus(byFile.port), 403);
  assert.equal(await metricsStatus(byFile.port, { authorization: "Bearer open sesame" }), 200);
  for (const content of ["", "\nsecond line"]) {
    writeFileSync(file, content);
    await assert.rejects(startTestServer(t, { metricsTokenFile: file }), /holds no token/);
  }
  await assert.rejects(startTestServer(t, { metricsTokenFile: `${file}.gone` }), /cannot read/);
});
