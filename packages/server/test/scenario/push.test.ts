/** Closed pages are woken: by real notifications over TLS, to whom they belong, and to no address that is not a push service's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { readPushed, readVapid } from "@signet/e2e/support/push-reading.ts";
import type { Browser, PushService } from "@signet/e2e/support/push-service.ts";
import { toBase64Url } from "@signet/protocol";

import {
  browsersMost,
  unusedMostMs,
  wakesPerCallerPerMinute,
  wakesPerMinute,
} from "../../src/push/pushes.ts";
import type { PushOptions } from "../../src/push/pushes.ts";
import { commitFor, inviting, people } from "../support/group.ts";
import { addSoftwareKey, revoke } from "../support/own-history.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";
import { TestTerminal } from "../support/test-terminal.ts";
import { reaching, serviceFor, subscribed } from "../support/waking.ts";

async function open(t: TestContext, more: Partial<PushOptions> = {}) {
  const service = await serviceFor(t);
  const dataDir = tempDir(t);
  const server = await startTestServer(t, { push: reaching(service, more), dataDir });
  const [alice, bob] = await people(server, "alice", "bob");
  return { alice, bob, dataDir, server, service };
}

const stateOf = (call: Awaited<ReturnType<TestTerminal["call"]>>, userId: string): string | undefined =>
  call.members.find((member) => member.userId === userId)?.state;

/** Ends what rings, so that the same people can be called again. */
const hangUp = async (alice: TestTerminal, callId: Parameters<TestTerminal["statement"]>[1]): Promise<void> =>
  void (await alice.request("call.end", { proof: await alice.statement("end", callId, "cancelled") }));

test("who has no terminal is woken, rings, and answers at the terminal that comes; nothing is said of who or what", async (t) => {
  const { alice, bob, server, service } = await open(t);
  const browser = await subscribed(bob, service);
  const { key } = await alice.request("push.key", {});
  await bob.close();
  const called = await alice.call(["bob"]);
  assert.equal(stateOf(called, "bob"), "ringing");
  await service.cameTo(1);
  const [pushed] = service.pushed;
  assert.ok(pushed);
  assert.equal(`https://${service.host}${pushed.path}`, browser.endpoint);
  assert.equal(pushed.headers["content-encoding"], "aes128gcm");
  assert.equal(pushed.headers["urgency"], "high");
  assert.equal(pushed.headers["topic"], "call");
  const ttl = Number(pushed.headers["ttl"]);
  assert.ok(ttl > 0 && ttl <= 45, `it is worth nothing when it rings no more: ${ttl} s`);
  assert.deepEqual(await readPushed(new Uint8Array(pushed.body), browser), { text: "call", padding: 1_024 });
  const vapid = readVapid(pushed.headers.authorization ?? "");
  assert.deepEqual(new Uint8Array(vapid.key), key);
  const { aud, exp, sub } = vapid.claims;
  assert.deepEqual([aud, sub], [`https://${service.host}`, "mailto:it@example.org"]);
  const lastsMs = Number(exp) * 1_000 - Date.now();
  assert.ok(lastsMs > 0 && lastsMs <= 24 * 3_600_000);
  await bob.connectAgain();
  await bob.resume();
  const ring = await bob.event("call.ring", ({ callId }) => callId === called.callId);
  await bob.join(ring);
  await alice.request("call.commit", commitFor(await alice.event("call.commitNeeded"), 1));
  await bob.event("call.welcome");
  for (const secret of [browser.endpoint.slice(-20), toBase64Url(browser.auth)])
    assert.equal(server.log().includes(secret), false, "nothing secret in the log");
});

test("what reads notifications here reads the example of RFC 8291", async () => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));
  const p256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
  const [x, y] = [bytes(p256dh).slice(1, 33), bytes(p256dh).slice(33)].map((part) =>
    Buffer.from(part).toString("base64url"),
  );
  const jwk = {
    kty: "EC",
    crv: "P-256",
    d: "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",
    x: x ?? "",
    y: y ?? "",
  };
  const privateKey = await crypto.subtle.importKey("jwk", jwk, { name: "ECDH", namedCurve: "P-256" }, false, [
    "deriveBits",
  ]);
  const keys = { p256dh: bytes(p256dh), auth: bytes("BTBZMqHH6r4Tts7J_aSIgg"), privateKey };
  const body = bytes(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
  );
  assert.equal((await readPushed(body, keys)).text, "When I grow up, I want to be a watermelon");
  const last = body.length - 1;
  await assert.rejects(readPushed(body.with(last, (body[last] ?? 0) ^ 1), keys));
});

test("nobody comes: it rings until the time is over, and ends as not answered", async (t) => {
  const service = await serviceFor(t);
  const server = await startTestServer(t, { push: reaching(service), limits: { ringMs: 300 } });
  const [alice, bob] = await people(server, "alice", "bob");
  await subscribed(bob, service);
  await bob.close();
  await alice.call(["bob"]);
  const { member } = await alice.event("call.member", ({ member: { userId } }) => userId === "bob");
  assert.equal(member.state, "noAnswer");
});

test("where a terminal is there it rings by itself, and the others of the person are woken", async (t) => {
  const { alice, bob, service } = await open(t);
  await subscribed(bob, service);
  const { callId } = await alice.call(["bob"]);
  await bob.event("call.ring");
  await hangUp(alice, callId);
  assert.equal(service.pushed.length, 0);
  // Another browser, where nobody is connected now.
  const phone = await TestTerminal.connect({ port: Number(new URL(alice.origin).port) });
  await phone.signIn("bob", bob.device!);
  const browser = await subscribed(phone, service);
  await phone.close();
  await bob.signIn("bob", bob.device!);
  await alice.call(["bob"]);
  await service.cameTo(1);
  assert.equal(`https://${service.host}${service.pushed[0]?.path}`, browser.endpoint);
  await bob.event("call.ring");
});

test("who is brought into a call later is woken as well", async (t) => {
  const { alice, bob, server, service } = await open(t);
  const [carol] = await people(server, "carol");
  await subscribed(bob, service);
  await bob.close();
  const { callId } = await alice.call(["carol"]);
  const ring = await carol.event("call.ring");
  await carol.join(ring);
  await alice.request("call.commit", commitFor(await alice.event("call.commitNeeded"), 1));
  await carol.event("call.welcome");
  assert.equal(service.pushed.length, 0);
  const { members } = await alice.request("call.invite", {
    proof: await inviting(alice, callId, ring.proof, ["bob"]),
  });
  assert.equal(members.find(({ userId }) => userId === "bob")?.state, "ringing");
  await service.cameTo(1);
});

test("who unsubscribed, signed out, or whose device was revoked, is woken no more", async (t) => {
  const { alice, bob, server: place, service } = await open(t);
  const isWoken = async (): Promise<boolean> => {
    await bob.close();
    const called = await alice.call(["bob"]);
    if (stateOf(called, "bob") === "ringing") await hangUp(alice, called.callId);
    return stateOf(called, "bob") === "ringing";
  };
  const { endpoint } = await subscribed(bob, service);
  await bob.request("push.unsubscribe", { endpoint });
  assert.equal(await isWoken(), false);
  await bob.connectAgain();
  await bob.resume();
  await subscribed(bob, service);
  assert.equal(await isWoken(), true);
  await bob.connectAgain();
  await bob.resume();
  await bob.request("binding.release", { proof: await bob.releaseProof() });
  assert.equal(await isWoken(), false);
  // With one device subscribed, and with the other one revoked.
  await bob.connectAgain();
  await bob.signIn("bob", bob.device!);
  const other = await addSoftwareKey(bob);
  await subscribed(bob, service);
  const first = bob.device!;
  assert.equal(await isWoken(), true);
  const elsewhere = await TestTerminal.connect(place);
  await elsewhere.signIn("bob", other);
  await revoke(elsewhere, first);
  await elsewhere.close();
  assert.equal(await isWoken(), false);
});

test("a browser that the service knows no more is forgotten, and one that it lets wait gets a second try", async (t) => {
  const { alice, bob, service } = await open(t);
  const gone = await subscribed(bob, service);
  const busy = await subscribed(bob, service);
  await bob.close();
  const busyPath = new URL(busy.endpoint).pathname;
  service.answer = ({ path }, response) => {
    const tries = service.pushed.filter((one) => one.path === path).length;
    if (path !== busyPath) response.writeHead(410).end();
    else if (tries === 1) response.writeHead(429, { "retry-after": "1" }).end();
    else response.writeHead(201).end();
  };
  await hangUp(alice, (await alice.call(["bob"])).callId);
  await service.cameTo(3);
  const paths = service.pushed.map(({ path }) => path);
  assert.deepEqual(paths.toSorted(), [busyPath, busyPath, new URL(gone.endpoint).pathname].toSorted());
  await alice.call(["bob"]);
  await service.cameTo(4);
  assert.equal(service.pushed[3]?.path, busyPath);
});

test("a service that answers nothing, much, or leads elsewhere does no harm", async (t) => {
  const { alice, bob, server, service } = await open(t);
  const other = await serviceFor(t);
  await subscribed(bob, service);
  await bob.close();
  const answers: PushService["answer"][] = [
    (_one, response) => void response.socket?.destroy(),
    (_one, response) => void response.writeHead(307, { location: `https://${other.host}/elsewhere` }).end(),
    (_one, response) => void response.writeHead(201).end(Buffer.alloc(1024 * 1024)),
  ];
  const callers = [alice, ...(await people(server, "carol", "dora"))];
  for (const [i, answer] of answers.entries()) {
    service.answer = answer;
    const before = service.pushed.length;
    const caller = callers[i]!;
    const { callId } = await caller.call(["bob"]);
    await service.cameTo(before + 1);
    await hangUp(caller, callId);
  }
  assert.equal(other.pushed.length, 0, "no redirect is followed");
  await alice.request("session.ping", {});
  assert.equal(/request failed|sweep failed|could not be/.test(server.log()), false);
});

test("a name that leads to an address of this machine or of a private network is not called", async (t) => {
  const service = await serviceFor(t);
  const { authority, host } = service;
  const server = await startTestServer(t, { push: { services: [host], authority } });
  const [alice, bob] = await people(server, "alice", "bob");
  await subscribed(bob, service);
  await bob.close();
  await alice.call(["bob"]);
  const isRefused = (): boolean => server.log().includes("a push service took no notification");
  while (!isRefused() && service.pushed.length === 0) await delay(20);
  assert.equal(service.pushed.length, 0);
});

test("what does not fit is refused before anything is kept", async (t) => {
  const { bob, service } = await open(t);
  const { auth, endpoint, p256dh } = await service.browser();
  const fits = { auth, endpoint, p256dh };
  const longest = `https://${service.host}/`.padEnd(1_024, "x");
  await bob.request("push.subscribe", { ...fits, endpoint: longest });
  for (const wrong of [
    { ...fits, endpoint: `${longest}x` },
    { ...fits, endpoint: "http://push.example.org/abc" },
    { ...fits, endpoint: `https://${service.host}/ü` },
    { ...fits, auth: auth.slice(1) },
    { ...fits, auth: new Uint8Array(17) },
    { ...fits, p256dh: p256dh.slice(1) },
    { ...fits, p256dh: new Uint8Array(66) },
  ])
    assert.equal(await bob.refusal("push.subscribe", wrong), "protocol.badMessage");
  const notOnCurve = new Uint8Array(65).fill(4);
  assert.equal(await bob.refusal("push.subscribe", { ...fits, p256dh: notOnCurve }), "push.badEndpoint");
  const elsewhere = { ...fits, endpoint: "https://push.example.org/abc" };
  assert.equal(await bob.refusal("push.subscribe", elsewhere), "push.unknownService");
  const stranger = await TestTerminal.connect({ port: Number(new URL(bob.origin).port) });
  for (const type of ["push.subscribe", "push.unsubscribe", "push.key"] as const)
    assert.equal(
      await stranger.refusal(
        type,
        type === "push.key" ? {} : type === "push.subscribe" ? fits : { endpoint },
      ),
      "auth.signInRequired",
    );
});

test("a server without push services wakes nobody, and says so", async (t) => {
  const service = await serviceFor(t);
  const server = await startTestServer(t, { push: { services: [] } });
  const [bob] = await people(server, "bob");
  const { auth, endpoint, p256dh } = await service.browser();
  assert.equal(await bob.refusal("push.key", {}), "push.off");
  assert.equal(await bob.refusal("push.subscribe", { auth, endpoint, p256dh }), "push.off");
});

test("key and browsers outlive the server; one that is allowed no more, or not used for long, is not called", async (t) => {
  const { alice, bob, dataDir, server, service } = await open(t);
  const { key } = await bob.request("push.key", {});
  await subscribed(bob, service);
  for (const terminal of [alice, bob]) await terminal.close();
  await server.close();
  const states = async (options: PushOptions, laterMs = 0): Promise<string | undefined> => {
    const again: TestServer = await startTestServer(t, { dataDir, port: server.port, push: options });
    again.setClock(laterMs);
    alice.clock = () => Date.now() + laterMs;
    await alice.connectAgain();
    if (laterMs === 0) await alice.resume();
    else await alice.signIn("alice", alice.device!);
    if (options.services.length > 0) assert.deepEqual((await alice.request("push.key", {})).key, key);
    const called = await alice.call(["bob"]);
    await hangUp(alice, called.callId).catch(() => undefined);
    await alice.close();
    await again.close();
    return stateOf(called, "bob");
  };
  assert.equal(await states(reaching(service)), "ringing");
  assert.equal(await states(reaching(service, { services: ["push.example.org"] })), "offline");
  assert.equal(await states(reaching(service), unusedMostMs - 60_000), "ringing");
  assert.equal(await states(reaching(service), unusedMostMs + 60_000), "offline");
});

test("who signs out while the server calls no push service is not woken when it does again", async (t) => {
  const { alice, bob, dataDir, server, service } = await open(t);
  await subscribed(bob, service);
  await server.close();
  const { port } = server;
  const without = await startTestServer(t, { dataDir, port, push: { services: [] } });
  await bob.close();
  await bob.connectAgain();
  await bob.resume();
  await bob.request("binding.release", { proof: await bob.releaseProof() });
  await without.close();
  await startTestServer(t, { dataDir, port, push: reaching(service) });
  await alice.close();
  await alice.connectAgain();
  await alice.resume();
  assert.equal(stateOf(await alice.call(["bob"]), "bob"), "offline");
});

test("a page that is open is woken once nobody is signed in there any more", async (t) => {
  const { alice, bob, server, service } = await open(t);
  await subscribed(bob, service);
  const laterMs = 12 * 3_600_000;
  server.setClock(laterMs);
  await bob.event("binding.ended");
  alice.clock = () => Date.now() + laterMs;
  await alice.signIn("alice", alice.device!);
  assert.equal(stateOf(await alice.call(["bob"]), "bob"), "ringing");
  await service.cameTo(1);
});

test("who calls and hangs up all the time leaves other callers their way", async (t) => {
  const { alice, bob, server, service } = await open(t);
  const [carol] = await people(server, "carol");
  await subscribed(bob, service);
  await bob.close();
  for (let i = 0; i < wakesPerCallerPerMinute + 3; i++)
    await hangUp(alice, (await alice.call(["bob"])).callId);
  await service.cameTo(wakesPerCallerPerMinute);
  await carol.call(["bob"]);
  await service.cameTo(wakesPerCallerPerMinute + 1);
  await carol.request("session.ping", {});
  assert.equal(service.pushed.length, wakesPerCallerPerMinute + 1);
});

test("of many browsers the newest are woken, and not more often than bounded", async (t) => {
  const { alice, bob, server, service } = await open(t);
  const browsers: Browser[] = [];
  for (let i = 0; i <= browsersMost; i++) browsers.push(await subscribed(bob, service));
  const { auth, endpoint, p256dh } = browsers.at(-1)!;
  for (let i = browsers.length; i < 20; i++) await bob.request("push.subscribe", { auth, endpoint, p256dh });
  assert.equal(await bob.refusal("push.subscribe", { auth, endpoint, p256dh }), "protocol.askedTooMuch");
  await bob.close();
  const others = await people(server, "ben", "cyd", "dan");
  const callers = [alice, ...others].flatMap((caller) =>
    Array.from({ length: wakesPerCallerPerMinute }, () => caller),
  );
  assert.ok(callers.length > wakesPerMinute);
  for (const caller of callers) await hangUp(caller, (await caller.call(["bob"])).callId);
  await service.cameTo(browsersMost * wakesPerMinute);
  await alice.request("session.ping", {});
  const paths = new Set(service.pushed.map(({ path }) => path));
  const [oldest, ...newest] = browsers.map(({ endpoint }) => new URL(endpoint).pathname);
  assert.equal(paths.has(oldest ?? ""), false);
  assert.deepEqual([...paths].toSorted(), newest.toSorted());
  assert.equal(service.pushed.length, browsersMost * wakesPerMinute);
});
