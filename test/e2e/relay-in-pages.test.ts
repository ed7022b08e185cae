/** The relay in a browser that may send no UDP: over TLS, by a certificate that it takes and by one that it does not, and with credentials that do not count. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

import type { RunningServer, ServerOptions } from "@signet/server";
import { nodeMedia, toneSource } from "@signet/terminal/node";

import { call, hearsOnly, registerGuest, sees, withoutUdpAtAll } from "./support/browser.ts";
import type { Guest, GuestOptions } from "./support/browser.ts";
import { Ear } from "./support/ear.ts";
import { registerHeadless } from "./support/headless.ts";
import { answer as answerHeadless } from "./support/scene.ts";
import { trustInBrowser, writeServerCertificate } from "./support/server-certificate.ts";
import { startTestServer } from "./support/server.ts";

const voices = [440, 660];
const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing.toReversed()) await close();
});

async function serve(options: Partial<ServerOptions>): Promise<RunningServer> {
  const server = await startTestServer(options);
  closing.push(() => server.close());
  return server;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "signet-relay-"));
  closing.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function withoutUdp(server: RunningServer, userId: string, options: GuestOptions = {}): Promise<Guest> {
  const guest = await registerGuest(server.origin, userId, {
    hertz: 440,
    ...withoutUdpAtAll,
    ...options,
  });
  closing.push(() => guest.close());
  return guest;
}

/** By UDP. */
async function answering(server: RunningServer, guest: Guest, userId: string): Promise<Ear> {
  const ear = new Ear();
  const media = nodeMedia({ source: () => toneSource(660), sink: () => ear, localAddress: "127.0.0.1" });
  const headless = await registerHeadless(server.origin, userId, { environment: { media } });
  closing.push(() => headless.terminal.close());
  await call(guest, [userId]);
  await answerHeadless(headless);
  await sees(guest, userId, /in the call/i);
  return ear;
}

/** Runs in the page: its first connection has credentials that the relay does not know any more. */
function spoilFirst(): void {
  const Original = RTCPeerConnection;
  let isFirst = true;
  globalThis.RTCPeerConnection = class extends Original {
    constructor(configuration: RTCConfiguration = {}) {
      const expired = { username: "1780000000:gone", credential: "gone" };
      const iceServers = (configuration.iceServers ?? []).map((server) => ({ ...server, ...expired }));
      super(isFirst ? { ...configuration, iceServers } : configuration);
      isFirst = false;
    }
  };
}

// At once, since they wait for most of their time until a browser gives up.
describe("the relay in pages", { concurrency: true }, () => {
  test("a page over HTTPS hears and is heard over the relay, by TLS", async () => {
    const home = folder();
    const files = await writeServerCertificate(home, 30);
    trustInBrowser(home, files);
    setDefaultCACertificates([...getCACertificates(), readFileSync(files.tlsCert, "utf8")]);
    const server = await serve(files);
    const alice = await withoutUdp(server, "alice", { home });
    const ear = await answering(server, alice, "bobby");
    await hearsOnly(alice, voices, [660]);
    await ear.hearsOnly(voices, [440]);
    await alice.page.getByRole("button", { name: "Call details" }).click();
    await alice.page.getByText(/It goes over a relay, by TLS: round trip \d+ ms, \d+ % lost/).waitFor();
    assert.deepEqual(alice.consoleErrors, []);
  });

  test("a relay whose certificate the browser does not take is told as what it may be", async () => {
    const elsewhere = await serve(await writeServerCertificate(folder(), 30));
    const turnSecretFile = join(folder(), "turn-secret");
    writeFileSync(turnSecretFile, "north\n");
    const turnUrls = [`turns:localhost:${elsewhere.port}?transport=tcp`];
    const server = await serve({ relay: "off", turnUrls, turnSecretFile });
    const dora = await withoutUdp(server, "dora");
    await answering(server, dora, "emil");
    const region = dora.page.getByRole("region", { name: "Call", exact: true });
    await region.getByText("no connection by TLS to its relay").waitFor();
  });

  test("credentials that ended are told, and the next ones mend it", async () => {
    const server = await serve({});
    const finn = await withoutUdp(server, "finn", { initScript: spoilFirst });
    const ear = await answering(server, finn, "gwen");
    const region = finn.page.getByRole("region", { name: "Call", exact: true });
    await region.getByText("its relay refuses this terminal").waitFor();
    await hearsOnly(finn, voices, [660]);
    await ear.hearsOnly(voices, [440]);
    assert.equal(await region.getByText("its relay refuses this terminal").count(), 0);
  });
});
