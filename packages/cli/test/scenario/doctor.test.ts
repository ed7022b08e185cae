/** `signet doctor` on this machine, the server, the key and the audio, each in a real situation. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { connect as connectTcp, createServer as createTcpServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import { DishonestServer } from "@signet/e2e/support/dishonest.ts";
import { registerHeadless } from "@signet/e2e/support/headless.ts";
import { LossyWay } from "@signet/e2e/support/lossy-way.ts";
import { writeServerCertificate } from "@signet/e2e/support/server-certificate.ts";
import { MemoryPinStore, SignetTerminal, UserId, deviceAtHand, silentMedia } from "@signet/terminal";
import { until } from "@signet/terminal/node";
import { makeTestToken } from "@signet/test-token";

import { checkNode, checkProfile } from "../../src/checks/machine.ts";
import { checkMedia } from "../../src/checks/signing.ts";
import {
  healthy,
  hello,
  machine,
  plainHttp,
  says,
  serverWith,
  way,
  withoutSound,
} from "../support/doctor.ts";
import { passphrase, Scene } from "../support/script.ts";

const scene = await Scene.open();
const noSound = withoutSound(scene);
await scene.register("anna");

scene.script("all is well: every check is made, and somebody is signed in for a moment only", {
  run: "doctor --profile anna",
  env: noSound,
  out: [
    ...machine,
    ...way,
    plainHttp,
    healthy,
    hello,
    /^ok {7}clock {9}(agrees with the server's|\d s off, signatures bear 120 s)$/,
    ...says,
    /^ok {7}key {11}software key, ES256, signs \(.*anna\.key\)$/,
    "ok       sign-in       anna can sign in",
    /^ok {7}audio {9}audio connects over UDP, after \d+ ms; round trip \d+ ms, 0 % lost, jitter \d+ ms$/,
    /^ok {7}relay {9}audio connects over the relay, by TCP, after \d+ ms; round trip \d+ ms, 0 % lost, jitter \d+ ms$/,
    "",
    "nothing failed; 2 warnings",
  ],
});

scene.script("without a server, without a user ID, without the wish to sign in: what needs them is skipped", {
  run: "doctor --profile nobody",
  env: noSound,
  out: [
    ...machine.slice(0, 2),
    /^ok {7}profile {7}.*nobody is not there yet; `signet register` makes it$/,
    ...machine.slice(3),
    "skipped  server        no server is known yet",
    "         hint:         give its address with --server",
    "",
    "nothing failed; 2 warnings, 12 skipped",
  ],
});

test("JSON has the same, one object for each check", async () => {
  const command = scene.start("doctor --profile anna --sign-in no --json", { env: noSound });
  assert.equal((await command.ended).code, 0);
  const { events } = command;
  assert.deepEqual(
    events.map(({ event, name, status }) => `${event} ${String(name)} ${String(status)}`).slice(0, 4),
    ["check node ok", "check libraries ok", "check profile ok", "check microphone warning"],
  );
  assert.deepEqual(events.at(-1), {
    event: "checked",
    ok: 11,
    warnings: 2,
    failed: 0,
    skipped: 4,
    exitCode: 0,
  });
});

scene.script("a port at which nothing listens: unreachable, exit code 3", {
  run: "doctor --profile nobody --server http://localhost:1",
  env: noSound,
  code: 3,
  out: [
    ...machine,
    /^ok {7}name {10}localhost is /,
    "failed   port          port 1 is closed: nothing listens there",
    "         hint:         check the port, that the server runs, and that no firewall is in between",
    "",
    "1 failed, 2 warnings, 10 skipped: mend what failed first, from top to bottom",
  ],
});

test("a server of another name is told apart, and nobody is signed in there", async () => {
  const server = await serverWith({ origin: "http://calls.localhost" });
  await scene.play({
    run: `doctor --profile anna --server ${server}`,
    env: noSound,
    code: 3,
    out: [
      ...machine,
      ...way,
      plainHttp,
      healthy,
      "failed   websocket     the server calls itself http://calls.localhost, and signatures would name that",
      /^ {9}hint: {9}use that address with --server; if it is wrong, start the server with --origin http:/,
      /^ok {7}clock /,
      /^ok {7}registration /,
      ...says.slice(1),
      /^ok {7}key /,
      "skipped  sign-in       not tested, nor audio, which needs it",
      "         hint:         mend what failed above",
      "",
      "1 failed, 2 warnings, 3 skipped: mend what failed first, from top to bottom",
    ],
  });
});

test("a wrong passphrase, and a key file that is not there: the device, exit code 4", async () => {
  for (const [more, line] of [
    ["", /^failed {3}key {11}the passphrase is wrong, or the key file was altered$/],
    [" --key-file none.key", /^failed {3}key {11}there is no key file /],
  ] as const) {
    const command = scene.start(`doctor --profile anna${more}`, {
      env: { ...noSound, SIGNET_PASSPHRASE: "wrong" },
    });
    const { code, out } = await command.ended;
    assert.equal(code, 4, out);
    assert.ok(
      out.split("\n").some((text) => line.test(text)),
      out,
    );
    // Nothing after it was tried.
    assert.doesNotMatch(out, /sign-in|audio/);
  }
});

test("a token signs while it is there, and is missed when it is pulled", async (t) => {
  const token = makeTestToken({ keys: [{ label: "signing", id: "01", kind: "p256" }] });
  t.after(() => token.remove());
  const command = `doctor --profile tok --server $SERVER --user tok --module ${token.modulePath}`;
  const env = { ...noSound, SIGNET_PIN: token.pin };
  await scene.play({
    run: `register --profile tok --server $SERVER --user tok --module ${token.modulePath}`,
    env,
  });
  const there = await scene.start(command, { env }).ended;
  assert.equal(there.code, 0, there.out);
  assert.match(there.out, /^ok {7}key {11}smart card or token, ES256, signs \(/m);
  assert.match(there.out, /^ok {7}audio /m);
  token.pull();
  const pulled = await scene.start(command, { env }).ended;
  assert.equal(pulled.code, 4, pulled.out);
  assert.match(pulled.out, /^failed {3}key {11}no token/m);
});

test("UDP that does not get through is told with the address that was tried, and a relay that does not help", async (t) => {
  const network = await DishonestServer.before(scene.server.origin);
  t.after(() => network.close());
  // Nothing answers at the discard port: as if a firewall stood in between.
  const blockUdp = () =>
    network.onReply("media.probe", ({ sdp }) => [{ sdp: sdp.replaceAll(/ \d+ typ host/g, " 9 typ host") }]);
  blockUdp();
  const device = await createSoftwareKey({ algorithm: "ES256", passphrase });
  const terminal = await SignetTerminal.create({
    url: `${network.origin.replace(/^http/, "ws")}/ws`,
    serverOrigin: scene.server.origin,
    pins: new MemoryPinStore(),
    devices: deviceAtHand(device),
    media: silentMedia,
    nowMs: Date.now,
  });
  t.after(() => terminal.close());
  terminal.start();
  await until(terminal, ({ connection }) => connection.status === "online");
  await terminal.register({ userId: UserId.parse("udp"), displayName: "udp" });
  // Nor does the relay lead to where the SFU is not.
  const { hint, ...blocked } = (await checkMedia(terminal, 1_000)).audio;
  assert.deepEqual(blocked, {
    status: "failed",
    message: "audio does not connect over UDP: tried 127.0.0.1:9",
    exitCode: 7,
  });
  assert.match(hint ?? "", /^let UDP to these addresses through every firewall/);
  const passAll = () => network.onReply("media.probe", (body) => [body]);
  // The first probe is the one by UDP.
  let probes = 0;
  network.onReply("media.probe", ({ sdp }) => [
    { sdp: probes++ === 0 ? sdp.replaceAll(/ \d+ typ host/g, " 9 typ host") : sdp },
  ]);
  const relayed = await checkMedia(terminal, 5_000);
  assert.equal(relayed.audio.status, "warning");
  assert.match(relayed.audio.hint ?? "", /^it goes over the relay instead/);
  assert.equal(relayed.relay.status, "ok");
  passAll();
  network.onReply("media.relays", ({ relays }) => [
    { relays: relays.map((relay) => ({ ...relay, credential: "wrong" })) },
  ]);
  const { audio, relay } = await checkMedia(terminal, 2_000);
  assert.equal(audio.status, "ok");
  assert.deepEqual(
    [relay.status, relay.message],
    ["warning", "audio does not connect over the relay: it refuses this terminal"],
  );
  network.onReply("media.relays", () => [{ relays: [] }]);
  assert.equal((await checkMedia(terminal)).relay.status, "skipped");
});

test("audio that gets lost on the way to the server is told, and what to do", async (t) => {
  const { terminal } = await registerHeadless(scene.server.origin, "lona");
  t.after(() => terminal.close());
  const lossy = new LossyWay();
  t.after(() => lossy.close());
  let sent = 0;
  lossy.dropSent = (packet) => !isRtcp(packet) && sent++ % 5 === 2;
  const { audio, relay } = await checkMedia({
    probeMedia: async (offer) => lossy.redirect(await terminal.probeMedia(offer)),
    endMediaProbe: terminal.endMediaProbe,
    probeRelays: () => Promise.resolve([]),
  });
  assert.equal(audio.status, "warning");
  assert.match(
    audio.message,
    /^audio connects over UDP, after \d+ ms; round trip \d+ ms, 20 % lost, jitter \d+ ms$/,
  );
  assert.match(audio.hint ?? "", /^much is lost on the way: /);
  assert.equal(relay.status, "skipped");
});

/** By the type of packet, which no payload type of RTP looks like (RFC 5761 section 4). */
const isRtcp = (packet: Buffer): boolean => packet.readUInt8(1) >= 192 && packet.readUInt8(1) < 224;

test("the relay is reached over TLS, by a certificate of one's own authority", async () => {
  const files = await writeServerCertificate(scene.folder, 30);
  const server = await serverWith(files);
  const env = { ...noSound, NODE_EXTRA_CA_CERTS: files.tlsCert };
  const { path } = scene.putKey("tess");
  const registered = scene.start(
    `register --profile tess --user tess --key-file ${path} --server ${server}`,
    {
      env,
    },
  );
  assert.equal((await registered.ended).code, 0);
  const { code, out } = await scene.start("doctor --profile tess", { env }).ended;
  assert.equal(code, 0, out);
  assert.match(out, /^ok {7}relay {9}audio connects over the relay, by TLS, after \d+ ms/m);
});

test("a relay that is far away is waited for", async (t) => {
  const onWayMs = 480;
  let serverPort = 0;
  const passOn = (from: Socket, to: Socket): void => {
    from.on("data", (chunk) => void setTimeout(() => to.write(chunk), onWayMs));
    from.on("close", () => to.destroy());
    from.on("error", () => to.destroy());
  };
  const proxy = createTcpServer((near) => {
    const far = connectTcp(serverPort, "127.0.0.1");
    passOn(near, far);
    passOn(far, near);
  }).listen(0, "127.0.0.1");
  t.after(() => proxy.close());
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const server = await serverWith({ relayUrl: `turn:127.0.0.1:${port}?transport=tcp` });
  serverPort = Number(new URL(server).port);
  const { terminal } = await registerHeadless(server, "fern");
  t.after(() => terminal.close());
  const { audio, relay } = await checkMedia(terminal);
  assert.equal(audio.status, "ok");
  assert.match(relay.message, /^audio connects over the relay, by TCP, after \d+ ms/);
  const [, afterMs] = /after (\d+) ms/.exec(relay.message) ?? [];
  assert.ok(Number(afterMs) > 5 * onWayMs, relay.message);
});

test("a relay whose certificate does not hold is told, and how to mend it", async (t) => {
  const { host } = new URL(await serverWith(await writeServerCertificate(scene.folder, 20)));
  const turnSecretFile = join(scene.folder, "turn-secret");
  writeFileSync(turnSecretFile, "north\n");
  const turnUrls = [`turns:${host}?transport=tcp`];
  const server = await serverWith({ relay: "off", turnUrls, turnSecretFile });
  const { terminal } = await registerHeadless(server, "vera");
  t.after(() => terminal.close());
  const { relay } = await checkMedia(terminal, 2_000);
  assert.deepEqual(
    [relay.status, relay.message],
    [
      "warning",
      "audio does not connect over the relay: it shows a certificate that does not hold on this machine",
    ],
  );
  assert.match(relay.hint ?? "", /NODE_EXTRA_CA_CERTS/);
});

test("Node that is too old, and a profile that others can read or nobody can write", () => {
  assert.equal(checkNode("v24.0.0").status, "ok");
  assert.equal(checkNode("v22.11.0").status, "failed");
  const folder = join(scene.folder, "open");
  mkdirSync(folder, { mode: 0o700 });
  assert.equal(checkProfile(folder, undefined).status, "ok");
  chmodSync(folder, 0o750);
  assert.deepEqual(checkProfile(folder, undefined), {
    status: "warning",
    message: `${folder} can be read by others on this machine (mode 750)`,
    hint: `chmod 700 ${folder}`,
  });
  const pins = join(scene.folder, "pins.json");
  writeFileSync(pins, "{");
  assert.equal(checkProfile(folder, pins).exitCode, 2);
  assert.equal(checkProfile(pins, undefined).exitCode, 2);
});
