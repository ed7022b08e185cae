/** A word that somebody is in a call counts only where each of these holds; each is refused with its own code. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createTerminalKey } from "@signet/device";
import type { CallId, ErrorCode, Transcript } from "@signet/protocol";

import { presentWordRefusal } from "../../src/incoming/present-word.ts";
import type { PresentWord } from "../../src/incoming/present-word.ts";
import { offlineDirectory } from "../support/directory.ts";
import { person, randomBytes, randomId, known } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";
import { atTerminal, presentBy } from "../support/present.ts";
import { serverInfo } from "../support/scripted-server.ts";

const [ada, bob, cleo, eve] = (await Promise.all(
  ["ada", "bob", "cleo", "eve"].map((name) => person(name)),
)) as [TestPerson, TestPerson, TestPerson, TestPerson];
const own = await createTerminalKey();
const ownKnown = await known(ada.entry);
const callId = randomId() as CallId;
const nonce = randomBytes(32);
const asked = {
  invitation: { invite: { callId } as never, people: new Set(["ada", "bob", "cleo"]) },
  nonce,
};

/** What ada's terminal makes of it. */
async function judge(word: PresentWord, met: readonly TestPerson[] = []) {
  const refused: string[] = [];
  const directory = offlineDirectory({ onRefused: (userId, code) => refused.push(`${userId} ${code}`) });
  for (const { entry } of met) directory.hold(await known(entry));
  const session = {
    requirePerson: () => ({
      userId: ada.userId,
      deviceId: ada.device.deviceId,
      known: ownKnown,
      device: ada.device,
      binding: ada.entry.proof,
    }),
    server: serverInfo(),
    terminalId: own.terminalId,
  };
  const code = await presentWordRefusal(word, asked, { session, directory, nowMs: Date.now() });
  return { code, refused };
}

const bobThere = await atTerminal(bob);
const good = await presentBy(bobThere, { callId, nonce });

const refusedAs = (what: string, code: ErrorCode, make: () => Promise<PresentWord>): void => {
  test(`${what}: ${code}`, async () => {
    assert.equal((await judge(good)).code, undefined);
    assert.equal((await judge(await make())).code, code);
  });
};
const signed = (what: string, code: ErrorCode, change: Partial<Transcript<"present">>): void =>
  refusedAs(what, code, () => presentBy(bobThere, { callId, nonce }, change));

test("a word of anybody whom the call lists counts", async () => {
  for (const one of [bob, cleo])
    assert.deepEqual(await judge(await presentBy(await atTerminal(one), { callId, nonce })), {
      code: undefined,
      refused: [],
    });
});

signed("of before, for another nonce", "proof.challenge", { nonce: randomBytes(32) });
signed("for a nonce that only begins like it", "proof.challenge", { nonce: nonce.subarray(0, 31) });
signed("for another call", "proof.call", { callId: randomId() });
signed("for another server", "proof.origin", { serverOrigin: "https://elsewhere.example" });
signed("ten minutes old", "proof.time", { issuedAtMs: Date.now() - 600_000 });
signed("of ten minutes from now", "proof.time", { issuedAtMs: Date.now() + 600_000 });
signed("in another's name", "proof.user", { userId: "cleo" });
signed("under another device", "proof.device", { deviceId: randomId() });

refusedAs("of somebody who is not invited", "call.notInvited", async () =>
  presentBy(await atTerminal(eve), { callId, nonce }),
);
refusedAs("of the person at this terminal", "proof.user", async () =>
  presentBy(await atTerminal(ada), { callId, nonce }),
);
refusedAs("signed by this very terminal, bound to another person", "proof.terminal", async () =>
  presentBy(await atTerminal(bob, {}, own), { callId, nonce }),
);
refusedAs("by a terminal key that the device does not vouch for", "proof.signature", async () => {
  const { binding } = bobThere;
  return { ...(await presentBy({ ...(await atTerminal(bob)) }, { callId, nonce })), binding };
});
refusedAs("by the device itself", "proof.signer", async () =>
  presentBy(
    { ...bobThere, key: { ...bobThere.key, sign: (transcript) => bob.device.sign(transcript) } },
    { callId, nonce },
  ),
);
refusedAs("with the binding of another", "proof.user", async () => ({
  ...good,
  binding: (await atTerminal(cleo)).binding,
}));
refusedAs("with a binding that is over", "proof.expired", async () =>
  presentBy(await atTerminal(bob, { issuedAtMs: Date.now() - 3_600_000, expiresAtMs: Date.now() - 1 }), {
    callId,
    nonce,
  }),
);
refusedAs("that is a leave", "proof.purpose", async () => {
  const { device, key, userId } = bobThere;
  const common = {
    serverOrigin: "https://signet.example",
    userId,
    deviceId: device.deviceId,
    issuedAtMs: Date.now(),
  };
  return { ...good, proof: await key.sign({ purpose: "leave", ...common, callId, reason: "left" }) };
});
refusedAs("that cannot be read", "proof.malformed", () =>
  Promise.resolve({ ...good, proof: { ...good.proof, transcript: randomBytes(64) } }),
);
refusedAs("with an altered signature", "proof.signature", () =>
  Promise.resolve({
    ...good,
    proof: { ...good.proof, signature: { kind: "terminal", signature: randomBytes(64) } },
  }),
);
refusedAs("with an entry that nobody signed", "directory.badEntry", () =>
  Promise.resolve({ ...good, entry: { ...good.entry, displayName: "Somebody" } }),
);
refusedAs("with another's entry", "call.notInvited", () => Promise.resolve({ ...good, entry: eve.entry }));

test("by a key that is not the person's, as far as this terminal knows: refused, and told", async () => {
  const impostor = await person("bob");
  const word = await presentBy(await atTerminal(impostor), { callId, nonce });
  assert.deepEqual(await judge(word, [bob]), {
    code: "directory.keyChanged",
    refused: ["bob directory.keyChanged"],
  });
});

test("what does not count holds no key", async () => {
  const impostor = await person("bob");
  const word = await presentBy(await atTerminal(impostor), { callId, nonce }, { nonce: randomBytes(32) });
  const directory = offlineDirectory();
  const session = {
    requirePerson: () => ({
      userId: ada.userId,
      deviceId: ada.device.deviceId,
      known: ownKnown,
      device: ada.device,
      binding: ada.entry.proof,
    }),
    server: serverInfo(),
    terminalId: own.terminalId,
  };
  const context = { session, directory, nowMs: Date.now() };
  assert.equal(await presentWordRefusal(word, asked, context), "proof.challenge");
  assert.equal(await presentWordRefusal(good, asked, context), undefined);
  const fresh = await presentBy(await atTerminal(impostor), { callId, nonce });
  assert.equal(await presentWordRefusal(fresh, asked, context), "directory.keyChanged", "what counts does");
});
