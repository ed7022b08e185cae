/** Who is where, with several devices: each at a terminal of its own, beside the others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { TestContext } from "node:test";

import type { Binding } from "@signet/device";
import { DeviceId, TerminalId, toBase64Url, utf8 } from "@signet/protocol";
import type { BindingEndReason, Bytes, ServerEvent, UserId } from "@signet/protocol";

import type { Store, StoredBinding } from "../../src/index.ts";
import { Directory } from "../../src/registry/directory.ts";
import type { Endpoint } from "../../src/registry/endpoint.ts";
import { Sessions } from "../../src/registry/sessions.ts";
import { registration, statement } from "../contract/store-fixtures.ts";
import { openLoggedStore } from "../support/logged-store.ts";
import { user } from "../support/test-terminal.ts";

const sized = (text: string, length: number): Bytes => {
  const bytes = new Uint8Array(length);
  bytes.set(utf8(text).subarray(0, length));
  return bytes;
};
const terminal = (name: string): TerminalId => TerminalId.parse(toBase64Url(sized(name, 16)));
const device = (name: string): DeviceId => DeviceId.parse(toBase64Url(sized(`device ${name}`, 16)));

class TestEndpoint implements Endpoint {
  readonly heard: string[] = [];
  isOpen = true;
  hasFeature(): boolean {
    return true;
  }
  send({ type, body }: ServerEvent): void {
    if (type === "presence.changed") this.heard.push(body.reachable ? "reachable" : "away");
    else this.heard.push(type === "binding.ended" ? body.reason : type);
  }
  sendText(): void {
    assert.fail("nobody continued a history");
  }
  close(): void {
    this.heard.push("replaced");
    this.isOpen = false;
  }
}

class World {
  readonly said: string[] = [];
  readonly store: Store;
  readonly sessions: Sessions;
  readonly watcher = new TestEndpoint();

  constructor(store: Store) {
    this.store = store;
    const originOf = (): string => "http://localhost:1";
    const directory = new Directory(store, originOf, () => false);
    this.sessions = new Sessions({ store, directory, originOf, clock: () => 0 });
    const say =
      (what: string) =>
      (userId: UserId, at: TerminalId, reason?: BindingEndReason): void =>
        void this.said.push([what, userId, nameOf(at), ...(reason === undefined ? [] : [reason])].join(" "));
    this.sessions.listen({
      connected: say("connected"),
      disconnected: say("disconnected"),
      unbound: ({ userId, terminalId }, reason) => say("unbound")(userId, terminalId, reason),
      gaveWay: ({ userId, terminalId }) => say("gave way")(userId, terminalId),
      deviceEnded: (userId, deviceId, reason) =>
        void this.said.push(`ended ${userId} ${deviceNameOf(deviceId)} ${reason}`),
    });
    this.sessions.bound(this.#storedAt(bob, "watch", "hall of bob", 1_000_000), {} as Binding, this.watcher);
    this.sessions.watch(this.watcher, [ann]);
  }

  #storedAt(userId: UserId, deviceName: string, at: string, expiresAtMs = 1_000): StoredBinding {
    return {
      userId,
      deviceId: device(deviceName),
      terminalId: terminal(at),
      terminalKey: sized(`key of ${at}`, 32),
      expiresAtMs,
      proof: registration(userId).entry.proof,
    };
  }

  /** As the sign-in of this device at this terminal does it. */
  async signIn(deviceName: string, at: string, expiresAtMs = 1_000): Promise<TestEndpoint> {
    const stored = this.#storedAt(ann, deviceName, at, expiresAtMs);
    const endClaim = this.sessions.claim(stored) ?? assert.fail("claimed");
    assert.equal(await this.store.bind(stored), "bound");
    const endpoint = new TestEndpoint();
    this.sessions.bound(stored, {} as Binding, endpoint);
    endClaim();
    this.sessions.announceConnected(this.sessions.atTerminal(terminal(at)) ?? assert.fail());
    return endpoint;
  }

  /** Where ann's devices are, by the registry and by the store. */
  async places(): Promise<readonly string[]> {
    const named = (stored: StoredBinding): string =>
      `${["one", "two", "three"].find((name) => device(name) === stored.deviceId)} at ${nameOf(stored.terminalId)}`;
    const places = this.sessions.of(ann).map(({ stored }) => named(stored));
    assert.deepEqual((await this.store.bindings()).map(named).toSorted(), places.toSorted());
    // And bob, who watches.
    assert.equal(this.sessions.size, places.length + 1);
    return places.toSorted();
  }

  async heard(): Promise<readonly string[]> {
    // Whom ann blocked is asked first.
    await nextTurn();
    return [...this.said.splice(0), ...this.watcher.heard.splice(0)];
  }
}

const [ann, bob] = [user("ann"), user("bob")];
const nameOf = (id: TerminalId): string =>
  ["desk", "phone", "hall"].find((name) => terminal(name) === id) ?? assert.fail();
const deviceNameOf = (id: DeviceId): string =>
  ["one", "two", "three"].find((name) => device(name) === id) ?? assert.fail();

async function open(t: TestContext): Promise<World> {
  const store = await openLoggedStore(":memory:");
  t.after(() => store.close());
  await store.register(registration("ann", { deviceId: device("one") }));
  for (const { userId, terminalId } of await store.bindings()) await store.unbind(userId, terminalId);
  return new World(store);
}

test("another device of a person stands beside the first one; the same one elsewhere takes over", async (t) => {
  const world = await open(t);
  const desk = await world.signIn("one", "desk");
  const phone = await world.signIn("two", "phone");
  assert.deepEqual(await world.places(), ["one at desk", "two at phone"]);
  assert.deepEqual(await world.heard(), ["connected ann desk", "connected ann phone", "reachable"]);
  const hall = await world.signIn("one", "hall");
  assert.deepEqual(await world.places(), ["one at hall", "two at phone"]);
  assert.deepEqual(await world.heard(), ["unbound ann desk takenOver", "connected ann hall"]);
  assert.deepEqual([desk.heard, phone.heard, hall.heard], [["takenOver"], [], []]);
  assert.equal(world.sessions.atTerminal(terminal("desk")), undefined);
  assert.equal(world.sessions.at(phone)?.stored.deviceId, device("two"));
});

test("a person is there while one of their terminals is, and others hear only when that changes", async (t) => {
  const world = await open(t);
  const desk = await world.signIn("one", "desk");
  const phone = await world.signIn("two", "phone");
  await world.heard();
  world.sessions.detach(desk, terminal("desk"));
  assert.ok(world.sessions.isReachable(ann));
  assert.deepEqual(await world.heard(), ["disconnected ann desk"]);
  world.sessions.attach(world.sessions.atTerminal(terminal("desk")) ?? assert.fail(), new TestEndpoint());
  assert.deepEqual(await world.heard(), []);
  await world.sessions.release(world.sessions.at(phone) ?? assert.fail(), "released");
  assert.deepEqual(await world.heard(), ["unbound ann phone released", "ended ann two released"]);
  assert.deepEqual(await world.places(), ["one at desk"]);
  assert.ok(world.sessions.isReachable(ann));
  await world.sessions.release(world.sessions.of(ann)[0] ?? assert.fail(), "released");
  assert.deepEqual(await world.heard(), ["unbound ann desk released", "ended ann one released", "away"]);
  assert.ok(!world.sessions.isReachable(ann));
  assert.deepEqual(await world.places(), []);
  // Who is away comes and goes to nobody by blocking them.
  for (const isBlocked of [true, false]) {
    if (isBlocked) await world.store.blocks.add(ann, bob, 9, 0);
    else await world.store.blocks.remove(ann, bob);
    await world.sessions.ruleChanged(ann);
  }
  assert.deepEqual(await world.heard(), []);
});

test("the same terminal with another device keeps what it is connected with, and has that one alone", async (t) => {
  const world = await open(t);
  const first = await world.signIn("one", "desk");
  await world.heard();
  const second = await world.signIn("two", "desk");
  assert.deepEqual(await world.places(), ["two at desk"]);
  // It is the same terminal in its call: nobody left.
  assert.deepEqual(await world.heard(), ["connected ann desk"]);
  assert.deepEqual([first.heard, second.heard], [["replaced"], []]);
  // And with a device that was at another terminal, which is over there.
  const phone = await world.signIn("one", "phone");
  await world.heard();
  await world.signIn("one", "desk");
  assert.deepEqual(await world.places(), ["one at desk"]);
  assert.deepEqual(await world.heard(), ["unbound ann phone takenOver", "connected ann desk"]);
  assert.deepEqual(phone.heard, ["takenOver"]);
});

test("a revoked device is out where it is, and does not come in by a sign-in that was being written", async (t) => {
  const world = await open(t);
  const desk = await world.signIn("one", "desk");
  const phone = await world.signIn("two", "phone");
  await world.heard();
  const stored = world.sessions.at(phone)?.stored ?? assert.fail();
  const hall: StoredBinding = {
    ...stored,
    terminalId: terminal("hall"),
    terminalKey: sized("key of hall", 32),
  };
  const endClaim = world.sessions.claim(hall) ?? assert.fail();
  // The store has it, and drops it with the statement that revokes the device.
  await world.store.bind(hall);
  await world.store.unbind(ann, hall.terminalId);
  world.sessions.revoked(ann, [device("two")]);
  world.sessions.revoked(ann, [device("three")]);
  world.sessions.bound(hall, {} as Binding, new TestEndpoint());
  endClaim();
  assert.deepEqual(await world.places(), ["one at desk"]);
  assert.deepEqual(await world.heard(), [
    "unbound ann phone revoked",
    "ended ann two revoked",
    "ended ann three revoked",
  ]);
  assert.deepEqual([desk.heard, phone.heard], [[], ["revoked"]]);
  // Another one of the same terminal, later, is another matter.
  await world.signIn("three", "hall");
  assert.deepEqual(await world.places(), ["one at desk", "three at hall"]);
  // Until somebody signs in there again: whoever is told that their device was revoked has to be the one.
  assert.ok(world.sessions.wasRevokedAt(terminal("phone")) && !world.sessions.wasRevokedAt(terminal("desk")));
  await world.signIn("three", "phone");
  assert.ok(!world.sessions.wasRevokedAt(terminal("phone")));
});

test("each is taken up after a restart and ends at its own time; a statement that ends its device leaves the others", async (t) => {
  const world = await open(t);
  await world.signIn("one", "desk", 1_000);
  await world.signIn("two", "phone", 2_000);
  await world.signIn("three", "hall", 3_000);
  const later = new World(world.store);
  await later.sessions.load();
  assert.deepEqual(await later.places(), ["one at desk", "three at hall", "two at phone"]);
  assert.ok(!later.sessions.isReachable(ann));
  const expired = later.sessions.expired(1_000);
  assert.deepEqual(
    expired.map(({ stored }) => stored.deviceId),
    [device("one")],
  );
  for (const session of expired) await later.sessions.release(session, "expired");
  assert.deepEqual(await later.heard(), ["unbound ann desk expired", "ended ann one expired"]);
  assert.deepEqual(await later.places(), ["three at hall", "two at phone"]);
  await world.store.appendStatement({
    userId: ann,
    sequence: 1,
    statement: statement(),
    newDeviceId: device("two"),
    endedDeviceIds: [],
  });
  await world.store.appendStatement({
    userId: ann,
    sequence: 2,
    statement: statement(),
    endedDeviceIds: [device("two")],
  });
  const last = new World(world.store);
  await last.sessions.load();
  assert.deepEqual(await last.places(), ["three at hall"]);
});
