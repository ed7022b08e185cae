import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { allocationMs, relayRealm } from "../../src/relay/allocation-state.ts";
import {
  attributeOf,
  hasIntegrity,
  longTermKey,
  parseStun,
  readAddress,
  stunAttributes,
  stunMethods,
} from "../../src/turn/stun-message.ts";
import type { StunAttribute } from "../../src/turn/stun-message.ts";
import { TurnStream } from "../../src/turn/turn-stream.ts";
import {
  Machine,
  announced,
  attribute,
  client,
  codeIn,
  helloMs,
  id,
  lifetime,
  numberOf,
  other,
  own,
  peerOf,
  replyIn,
  sfu,
  udp,
} from "../allocation-machine.ts";

test("an allocation is asked for twice: without credentials for the nonce, then with them", () => {
  const machine = new Machine();
  assert.equal(machine.ask(stunMethods.allocate, [udp], { as: false }), 401);
  const { message } = replyIn(machine.effects);
  assert.equal(attributeOf(message, stunAttributes.realm)?.toString(), relayRealm);
  assert.equal(attributeOf(message, stunAttributes.nonce)?.toString(), "nonce-0");
  machine.ask(stunMethods.allocate, [udp]);
  const success = replyIn(machine.step({ type: "opened", port: 60_000 }));
  assert.ok(hasIntegrity(success.bytes, own.key));
  const address = (type: number) => readAddress(attributeOf(success.message, type)!, id);
  assert.deepEqual(address(stunAttributes.xorRelayedAddress), { address: "127.0.0.1", port: 60_000 });
  assert.deepEqual(address(stunAttributes.xorMappedAddress), client);
  assert.equal(attributeOf(success.message, stunAttributes.lifetime)?.readUInt32BE(0), 600);
});

test("credentials that nobody has, of somebody else, or sealed with another password get 401", () => {
  for (const asking of [
    { known: undefined },
    { as: other, known: own },
    { key: other.key },
    { key: longTermKey("own", relayRealm, "Sesame") },
    { realm: "other" },
  ]) {
    const machine = new Machine();
    assert.equal(machine.ask(stunMethods.allocate, [udp], asking), 401);
    assert.equal(machine.state.phase, "waiting");
  }
});

test("credentials without their nonce, realm or user name get 400", () => {
  for (const missing of [stunAttributes.username, stunAttributes.realm, stunAttributes.nonce]) {
    const machine = new Machine();
    const attributes = [
      udp,
      attribute(stunAttributes.username, own.username),
      attribute(stunAttributes.realm, relayRealm),
      attribute(stunAttributes.nonce, "nonce-0"),
    ].filter(({ type }) => type !== missing);
    assert.equal(machine.ask(stunMethods.allocate, attributes, { as: false, known: own }), 400);
  }
});

test("a nonce counts for ten minutes; with an old or invented one there is another, and the same may go on", () => {
  const machine = new Machine().open();
  machine.later(599_999);
  assert.equal(machine.ask(stunMethods.refresh), 0);
  machine.later(1);
  assert.equal(machine.ask(stunMethods.refresh), 438);
  assert.notEqual(machine.state.nonce.of, "nonce-0");
  assert.equal(machine.ask(stunMethods.refresh), 0);
  assert.equal(machine.ask(stunMethods.refresh, [], { nonce: "nonce-0" }), 438);
  assert.equal(machine.ask(stunMethods.refresh), 0);
});

test("what an allocation must be for is UDP, in the family of the media processes, with nothing that is not known here", () => {
  const asked = (...attributes: StunAttribute[]) => new Machine().ask(stunMethods.allocate, attributes);
  const family = (number: number) =>
    attribute(stunAttributes.requestedAddressFamily, Buffer.from([number, 0, 0, 0]));
  assert.equal(asked(), 400);
  assert.equal(asked(attribute(stunAttributes.requestedTransport, Buffer.from([17]))), 400);
  assert.equal(asked(attribute(stunAttributes.requestedTransport, Buffer.from([6, 0, 0, 0]))), 442);
  assert.equal(asked(udp, family(1)), undefined);
  assert.equal(asked(udp, family(2)), 440);
  assert.equal(asked(udp, family(9)), 440);
  const machine = new Machine();
  assert.equal(machine.ask(stunMethods.allocate, [udp, attribute(0x0018, Buffer.alloc(4))]), 420);
  const unknown = attributeOf(replyIn(machine.effects).message, stunAttributes.unknownAttributes);
  assert.equal(unknown?.readUInt16BE(0), 0x0018);
  assert.equal(new Machine("::1").ask(stunMethods.allocate, [udp, family(2)]), undefined);
});

test("no more allocations than there may be", () => {
  assert.equal(new Machine().ask(stunMethods.allocate, [udp], { room: "quota" }), 486);
  assert.equal(new Machine().ask(stunMethods.allocate, [udp], { room: "capacity" }), 508);
  const machine = new Machine();
  machine.ask(stunMethods.allocate, [udp]);
  assert.equal(codeIn(machine.step({ type: "opened", port: undefined })), 508);
  machine.open();
  assert.equal(machine.ask(stunMethods.allocate, [udp]), 437);
});

test("what comes before an allocation and is none ends the connection, as silence and many refusals do", () => {
  for (const method of [
    stunMethods.binding,
    stunMethods.refresh,
    stunMethods.createPermission,
    stunMethods.channelBind,
  ]) {
    const machine = new Machine();
    assert.deepEqual(machine.message(method, "request", []), [{ type: "end" }]);
  }
  assert.deepEqual(new Machine().message(stunMethods.send, "indication", []), [{ type: "end" }]);
  assert.deepEqual(new Machine().message(stunMethods.allocate, "success", []), [{ type: "end" }]);
  assert.deepEqual(new Machine().step({ type: "channel", channel: 0x4000, data: id, reachable: [] }), [
    { type: "end" },
  ]);

  const silent = new Machine();
  silent.later(helloMs - 1);
  assert.equal(silent.state.phase, "waiting");
  silent.later(1);
  assert.deepEqual([silent.state.phase, silent.effects], ["over", [{ type: "end" }]]);

  const tries = new Machine();
  for (let i = 0; i < 6; i++) {
    assert.equal(tries.ask(stunMethods.allocate, [udp], { known: undefined }), 401);
    assert.equal(tries.state.phase, "waiting");
  }
  assert.equal(tries.ask(stunMethods.allocate, [udp], { known: undefined }), 401);
  assert.equal(tries.state.phase, "over");
  assert.equal(tries.ask(stunMethods.allocate, [udp]), undefined);
});

test("an allocation lasts ten minutes from each Refresh, and ends with one for none", () => {
  const machine = new Machine().open();
  machine.later(allocationMs - 1);
  assert.equal(machine.ask(stunMethods.refresh, [lifetime(60)]), 0);
  assert.equal(
    attributeOf(replyIn(machine.effects).message, stunAttributes.lifetime)?.readUInt32BE(0),
    allocationMs / 1000,
  );
  machine.later(allocationMs - 1);
  assert.equal(machine.state.phase, "open");
  machine.later(1);
  assert.equal(machine.state.phase, "over");
  const ended = new Machine().open();
  assert.equal(ended.ask(stunMethods.refresh, [attribute(stunAttributes.lifetime, "x")]), 400);
  assert.equal(ended.ask(stunMethods.refresh, [lifetime(0)]), 0);
  assert.deepEqual([ended.state.phase, ended.effects.at(-1)], ["over", { type: "end" }]);
});

test("an allocation is for whoever made it", () => {
  const machine = new Machine().open();
  assert.equal(machine.ask(stunMethods.refresh, [], { as: other }), 441);
  assert.equal(machine.ask(stunMethods.refresh, [], { key: other.key }), 401);
  assert.equal(machine.ask(stunMethods.refresh, [], { as: false }), 401);
  assert.equal(
    machine.ask(stunMethods.refresh, [], { known: undefined }),
    0,
    "it goes on when it has expired",
  );
  assert.equal(machine.state.phase, "open");
});

test("the SFU's end of the own connection is a peer, and nothing else", () => {
  const machine = new Machine().open();
  assert.equal(machine.permit(sfu, announced), 0);
  assert.equal(machine.permit(), 400);
  assert.equal(machine.permit({ address: "10.0.0.6", port: 40_000 }), 403);
  assert.equal(machine.permit({ address: "127.0.0.1", port: 40_000 }), 403);
  assert.equal(machine.permit(sfu, { address: "8.8.8.8", port: 53 }), 403);
  assert.equal(machine.permit({ address: "2001:db8::1", port: 40_000 }), 443);
  assert.equal(machine.bind(0x4000, { ...sfu, port: 22 }), 403);
  assert.equal(machine.bind(0x4000, sfu, { reachable: [] }), 403);
  assert.equal(machine.send({ ...sfu, port: 22 }), undefined);
  assert.equal(machine.send(sfu), sfu.port);
  assert.equal(machine.ask(stunMethods.binding), 400);
});

test("data goes by an indication where it is permitted, and comes back as one", () => {
  const machine = new Machine().open();
  assert.equal(machine.send(sfu), undefined);
  assert.deepEqual(machine.receive(sfu.port), []);
  assert.equal(machine.permit(sfu), 0);
  assert.equal(machine.send(sfu, [attribute(0x001a, "")]), undefined, "DONT-FRAGMENT is not known");
  assert.equal(machine.send(sfu), sfu.port);
  const [delivered] = machine.receive(sfu.port);
  assert.ok(delivered?.type === "deliver");
  const message = parseStun(delivered.bytes)!;
  assert.deepEqual([message.method, message.class], [stunMethods.data, "indication"]);
  const from = attributeOf(message, stunAttributes.xorPeerAddress)!;
  assert.deepEqual(readAddress(from, message.transactionId), sfu);
  assert.equal(attributeOf(message, stunAttributes.data)?.toString(), "voice");
  assert.deepEqual(machine.receive(sfu.port + 1), []);
  machine.later(299_999);
  assert.equal(machine.send(sfu), sfu.port);
  machine.later(1);
  assert.equal(machine.send(sfu), undefined, "a permission lasts five minutes");
  assert.deepEqual(machine.receive(sfu.port), []);
});

test("data goes by a channel, for ten minutes from each ChannelBind", () => {
  const machine = new Machine().open();
  assert.equal(machine.sendChannel(0x4000), undefined);
  assert.equal(machine.bind(0x4000, sfu), 0);
  assert.equal(machine.sendChannel(0x4000), sfu.port);
  assert.equal(machine.sendChannel(0x4001), undefined);
  const [delivered] = machine.receive(sfu.port);
  assert.ok(delivered?.type === "deliver");
  assert.deepEqual(new TurnStream().push(delivered.bytes), [
    { type: "channel", channel: 0x4000, data: Buffer.from("voice") },
  ]);
  machine.later(299_000);
  assert.equal(machine.ask(stunMethods.refresh), 0);
  assert.equal(machine.permit(sfu), 0);
  machine.later(300_999);
  assert.equal(machine.sendChannel(0x4000), sfu.port);
  machine.later(1);
  assert.equal(machine.sendChannel(0x4000), undefined);
});

test("a channel has one peer, and a peer one channel and one name", () => {
  const machine = new Machine().open();
  const elsewhere = { address: sfu.address, port: 40_001 };
  const reachable = [sfu, announced, elsewhere];
  for (const channel of [0, 0x3fff, 0x5000, 0xffff]) assert.equal(machine.bind(channel, sfu), 400);
  assert.equal(machine.ask(stunMethods.channelBind, [numberOf(0x4000)]), 400);
  assert.equal(machine.ask(stunMethods.channelBind, [peerOf(sfu)]), 400);
  assert.equal(machine.bind(0x4000, sfu), 0);
  assert.equal(machine.bind(0x4000, sfu), 0);
  assert.equal(machine.bind(0x4001, sfu), 400);
  assert.equal(machine.bind(0x4000, elsewhere, { reachable }), 400);
  assert.equal(machine.bind(0x4fff, elsewhere, { reachable }), 0);
  assert.equal(machine.bind(0x4002, announced), 403, "the same port by another name");
  assert.equal(machine.permit(announced), 0);
  assert.equal(machine.send(announced), undefined);
  assert.equal(new Machine().open().bind(0x4000, announced), 0, "the announced one first");
});

test("a new connection of the terminal takes the place of the one before", () => {
  const machine = new Machine().open();
  const next = [{ address: sfu.address, port: 41_000 }];
  assert.equal(machine.bind(0x4000, sfu), 0);
  assert.equal(machine.bind(0x4001, next[0]!, { reachable: next }), 0);
  assert.equal(machine.bind(0x4000, sfu, { reachable: next }), 403);
  assert.deepEqual(machine.receive(sfu.port, next), []);
  assert.equal(machine.receive(41_000, next).length, 1);
});

test("a channel ends with the connection that it leads to, both ways: its port is somebody else's by now", () => {
  const machine = new Machine().open();
  const next = [{ address: sfu.address, port: 41_000 }];
  assert.equal(machine.bind(0x4000, sfu), 0);
  for (const reachable of [next, [announced], []]) {
    assert.equal(machine.sendChannel(0x4000, reachable), undefined);
    assert.deepEqual(machine.receive(sfu.port, reachable), []);
  }
  assert.equal(machine.sendChannel(0x4000, [...next, sfu]), sfu.port);
  assert.equal(machine.receive(sfu.port, [...next, sfu]).length, 1);
});

test("whatever is asked in whatever order, nothing goes but to the ports that the SFU named, and state stays small", () => {
  const ports = fc.constantFrom(22, 40_000, 40_001, 65_535);
  const peers = fc
    .tuple(fc.constantFrom(sfu.address, announced.address, "8.8.8.8", "::1"), ports)
    .map(([address, port]) => ({ address, port }));
  const channels = fc.constantFrom(0x3fff, 0x4000, 0x4001, 0x4002, 0x4fff, 0x5000);
  const acts = fc.oneof(
    fc.tuple(fc.constant("permit"), peers),
    fc.tuple(fc.constant("bind"), peers, channels),
    fc.tuple(fc.constant("send"), peers),
    fc.tuple(fc.constant("channel"), peers, channels),
    fc.tuple(fc.constant("later"), fc.constant(sfu), fc.nat(700_000)),
  );
  fc.assert(
    fc.property(fc.array(acts, { maxLength: 60 }), (all) => {
      const machine = new Machine().open();
      for (const [act, peer, number = 0] of all) {
        if (act === "permit") machine.permit(peer);
        else if (act === "bind") machine.bind(number, peer);
        else if (act === "send") machine.send(peer);
        else if (act === "channel") machine.sendChannel(number);
        else machine.later(number);
        for (const effect of machine.effects)
          if (effect.type === "forward") assert.equal(effect.port, 40_000);
        const { channels: bound, peers: known, permissions } = machine.state;
        assert.ok(bound.length <= 1 && known.length <= 1 && permissions.length <= 2);
      }
    }),
  );
});
