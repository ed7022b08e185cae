/** Recoveries that are asked for: how long they stand, and who makes room where strangers ask without end; by a clock that the test holds. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { UserId, mostRecoveries } from "@signet/protocol";
import type { TerminalId } from "@signet/protocol";

import type { Endpoint } from "../../src/registry/endpoint.ts";
import { Recoveries } from "../../src/registry/recoveries.ts";
import type { Recovery } from "../../src/registry/recoveries.ts";

const quarterMs = 15 * 60_000;

function open(below = (count: number): number => count - 1) {
  let nowMs = 1_000;
  const heard: string[] = [];
  const recoveries = new Recoveries(() => nowMs, below);
  /** `deviceId`: names the terminal, too, unless another one is said. */
  const ask = (
    deviceId: string,
    own: { readonly of?: string; readonly at?: string; readonly by?: string; readonly isOpen?: boolean } = {},
  ) => {
    const { of = "bob", at = "192.0.2.1", by = deviceId, isOpen = true } = own;
    const endpoint: Endpoint = {
      isOpen,
      hasFeature: () => true,
      send: ({ type }) => void heard.push(`${by} ${type}`),
      sendText: () => void heard.push(`${by} approved`),
      close: () => assert.fail(),
    };
    const device = { kind: "software", algorithm: "EdDSA", publicKey: new Uint8Array(44), name: "" } as const;
    return recoveries.ask(
      { userId: UserId.parse(of), ...device },
      { deviceId, terminalId: by as TerminalId, beside: {}, endpoint, address: at },
    );
  };
  const askMany = (count: number, name: string, own: Parameters<typeof ask>[1] = {}): void => {
    for (let i = 0; i < count; i++) ask(`${name}${i}`, own);
  };
  const approve = (deviceId: string): void => {
    const recovery = recoveries.of(deviceId);
    assert.ok(recovery !== undefined);
    recoveries.approve(recovery, {} as NonNullable<Recovery["approved"]>);
  };
  const pass = (ms: number): void => void (nowMs += ms);
  return { approve, ask, askMany, heard, pass, recoveries };
}

test("it stands for its time to the millisecond, and asked again no longer", () => {
  const { ask, pass, recoveries } = open();
  assert.deepEqual(ask("own"), { ok: true, expiresAtMs: 1_000 + quarterMs });
  pass(quarterMs - 1);
  assert.deepEqual(ask("own"), { ok: true, expiresAtMs: 1_000 + quarterMs });
  assert.ok(recoveries.of("own") !== undefined);
  pass(1);
  assert.equal(recoveries.of("own"), undefined);
  assert.deepEqual(recoveries.all, []);
});

test("what is given up goes at once, of that terminal alone", () => {
  const { approve, ask, heard, recoveries } = open();
  ask("own");
  ask("other");
  approve("own");
  assert.equal(recoveries.givenUp("own" as TerminalId), true);
  assert.equal(recoveries.givenUp("own" as TerminalId), false, "nothing is asked for any more");
  assert.deepEqual(
    recoveries.all.map(({ deviceId }) => deviceId),
    ["other"],
  );
  assert.deepEqual(heard, ["own approved"], "who gave up is told nothing");
});

test("a terminal asks for one, and nobody for the device of another terminal, or for somebody else with the same one", () => {
  const { ask, heard, recoveries } = open();
  ask("own");
  for (const other of [{ by: "other" }, { by: "own", of: "cleo" }])
    assert.deepEqual(ask("own", other), { ok: false, code: "registration.deviceTaken" });
  ask("next", { by: "own" });
  assert.deepEqual(
    recoveries.all.map(({ deviceId }) => deviceId),
    ["next"],
  );
  assert.deepEqual(heard, [], "it knows itself");
});

test("as many as there is room for stay; strangers at one address push out each other, who are told, whoever came first and for whomever they ask", () => {
  for (const own of [{}, { of: "ada" }])
    for (const isFirst of [true, false]) {
      const { ask, askMany, heard, recoveries } = open();
      if (isFirst) ask("own", { at: "198.51.100.7" });
      askMany(mostRecoveries - 1, "fake", own);
      if (!isFirst) ask("own", { at: "198.51.100.7" });
      assert.equal(recoveries.all.length, mostRecoveries);
      assert.deepEqual(heard, []);
      askMany(mostRecoveries, "more", own);
      assert.equal(recoveries.all.length, mostRecoveries);
      assert.ok(recoveries.of("own") !== undefined);
      assert.equal(heard.length, mostRecoveries);
      assert.ok(heard.every((line) => /^(fake|more)\d+ recovery\.ended$/.test(line)));
    }
});

test("at one address any of them goes, and not always who came last: who asks there after strangers keeps a place, and so does who asked before", () => {
  for (const [place, out] of [
    [0, "fake0"],
    [mostRecoveries - 2, `fake${mostRecoveries - 2}`],
    [mostRecoveries - 1, "own"],
  ] as const) {
    const asked: number[] = [];
    const { ask, askMany, heard } = open((count) => {
      asked.push(count);
      return place;
    });
    askMany(mostRecoveries - 1, "fake");
    ask("own");
    ask("more");
    assert.deepEqual(asked, [mostRecoveries]);
    assert.deepEqual(heard, [`${out} recovery.ended`]);
  }
});

test("from anywhere, whoever asked before the strangers stays, as do those for others than whom they ask for", () => {
  const { ask, heard, recoveries } = open();
  ask("own");
  for (let i = 0; i < mostRecoveries * 2; i++) {
    ask(`from${i}`, { at: `203.0.113.${i}` });
    if (i === mostRecoveries - 2) ask("other", { of: "cleo", at: "198.51.100.7" });
  }
  assert.ok(recoveries.of("own") !== undefined && recoveries.of("other") !== undefined);
  assert.ok(!heard.some((line) => /^(own|other) /.test(line)));
});

test("whose terminal is gone makes room before anybody who is there, and hears nothing; what an administrator signed stays", () => {
  const { approve, ask, askMany, heard, recoveries } = open();
  ask("gone", { of: "cleo", isOpen: false });
  askMany(mostRecoveries - 1, "fake");
  ask("approved");
  approve("approved");
  assert.equal(recoveries.of("gone"), undefined);
  askMany(mostRecoveries, "more");
  assert.ok(recoveries.of("approved") !== undefined);
  assert.ok(!heard.some((line) => line.startsWith("gone")));
});

test("where all are signed already, there is room all the same", () => {
  const { approve, ask, askMany, heard, recoveries } = open();
  askMany(mostRecoveries, "signed");
  for (const { deviceId } of recoveries.all) approve(deviceId);
  ask("own");
  assert.equal(recoveries.all.length, mostRecoveries);
  assert.ok(recoveries.of("own") !== undefined);
  assert.equal(heard.at(-1), `signed${mostRecoveries - 1} recovery.ended`);
});
