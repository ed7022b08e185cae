/** What speaks against a history to whoever may not have all others: nothing that one of those could make right. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { breaksRule, createSoftwareKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import type { DirectoryEntryIn } from "@signet/protocol";

import { HistoryWriter, ownRevocation } from "../support/history.ts";
import { serverOrigin } from "../support/people.ts";

let first: SignatureDevice;
let ada: HistoryWriter;
beforeEach(async () => {
  first = await createSoftwareKey({ algorithm: "EdDSA" });
  ada = await HistoryWriter.begin(await createSoftwareKey({ algorithm: "EdDSA" }), "ada");
});

const others =
  (...histories: readonly DirectoryEntryIn[]) =>
  (userId: string) =>
    histories.find((one) => one.userId === userId);

async function revoked(): Promise<DirectoryEntryIn> {
  const alice = await HistoryWriter.begin(first);
  const own = { ...ownRevocation(first), ...(await ada.signature()) };
  return (await alice.write("revoke-device", own, { by: ada.first })).history;
}

/** With the last signature changed. */
function broken(history: DirectoryEntryIn): DirectoryEntryIn {
  const [statement, ...more] = history.statements.toReversed();
  const [proof, ...rest] = statement?.proofs ?? [];
  assert.ok(proof !== undefined);
  const signature = proof.signature.signature.map((byte, at) => (at === 7 ? byte ^ 1 : byte));
  const changed = { ...proof, signature: { ...proof.signature, signature } };
  return { ...history, statements: [...more.toReversed(), { proofs: [changed, ...rest] }] };
}

test("a history that holds breaks no rule, nor one that rests on somebody's whose history is not at hand, or only its beginning", async () => {
  const history = await revoked();
  assert.equal(await breaksRule(history, serverOrigin, others(ada.history)), false);
  assert.equal(await breaksRule(history, serverOrigin, others()), false);
  const later = await ada.rename("Ada B");
  const alice = await HistoryWriter.begin(first);
  const own = { ...ownRevocation(first), ...(await later.signature()) };
  const { history: since } = await alice.write("revoke-device", own, { by: later.first });
  assert.equal(await breaksRule(since, serverOrigin, others(later.history)), false);
  assert.equal(await breaksRule(since, serverOrigin, others({ ...later.history, statements: [] })), false);
});

test("a signature that does not hold breaks one, of the person and of whoever signed for them", async () => {
  const history = await revoked();
  assert.equal(await breaksRule(broken(history), serverOrigin, others(ada.history)), true);
  assert.equal(await breaksRule(history, "https://elsewhere.example", others(ada.history)), true);
  const own = await (await HistoryWriter.begin(first)).rename("Alice B");
  assert.equal(await breaksRule(own.history, serverOrigin, others()), false);
  assert.equal(await breaksRule(broken(own.history), serverOrigin, others()), true);
});
