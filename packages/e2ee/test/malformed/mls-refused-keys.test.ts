/** A group that is refused on the way into it leaves no keys behind. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { CallGroup } from "../../src/index.ts";
import type { MembershipOptions } from "../../src/index.ts";
import { enterByCommit, enterByCreating, enterByWelcome } from "../../src/mls/enter.ts";
import { makeMembership } from "../../src/mls/held-state.ts";
import { makeKeyPackage } from "../../src/mls/key-package.ts";
import { encodeKeyPackage } from "../../src/mls/wire.ts";
import { mustCommit, optionsFor, randomCallId } from "../mls-world.ts";

/** What becomes of the exporter secret of each epoch that the library makes. */
async function watched(options: MembershipOptions) {
  const membership = await makeMembership(options);
  const { suite } = membership.signing;
  const secrets: Uint8Array[] = [];
  const expand: typeof suite.kdf.expand = async (key, info, length) => {
    const secret = await suite.kdf.expand(key, info, length);
    const isExporter = Buffer.from(info).includes("MLS 1.0 exporter");
    if (isExporter) secrets.push(secret);
    return secret;
  };
  const signing = { ...membership.signing, suite: { ...suite, kdf: { ...suite.kdf, expand } } };
  const areZero = (): boolean =>
    secrets.length > 0 && secrets.every((secret) => secret.every((b) => b === 0));
  return { membership: { ...membership, signing }, areZero };
}

test("made, welcomed into or entered by an external Commit: where the list refuses it, its secrets are zero", async () => {
  const callId = randomCallId();
  const refusing = { listRefusal: () => "callList.removed" as const };
  const code = { code: "callList.removed" };
  const options = await optionsFor(callId, "ben");
  const { leafKey, identity } = options;
  const ann = await CallGroup.create(await optionsFor(callId, "ann"));

  const made = await watched({ ...options, ...refusing });
  await assert.rejects(enterByCreating(made.membership, leafKey, identity), code);
  assert.ok(made.areZero());

  const entered = await watched({ ...options, ...refusing });
  const groupInfo = await ann.groupInfo();
  await assert.rejects(enterByCommit(entered.membership, leafKey, identity, groupInfo, undefined), code);
  assert.ok(entered.areZero());

  const welcomed = await watched({ ...options, ...refusing });
  const own = await makeKeyPackage(identity, leafKey, welcomed.membership.signing, Date.now());
  const { welcome } = await mustCommit(ann, { add: [encodeKeyPackage(own.publicPackage)] });
  assert.ok(welcome !== undefined);
  await assert.rejects(enterByWelcome(welcomed.membership, own, welcome), code);
  assert.ok(welcomed.areZero());
  // The KeyPackage is not spent by that.
  assert.ok(own.privatePackage.hpkePrivateKey.some((byte) => byte !== 0));
  const { membership } = await watched(options);
  const held = await enterByWelcome({ ...membership, signing: welcomed.membership.signing }, own, welcome);
  assert.equal(held.roster.members.length, 2);
  assert.ok(!welcomed.areZero());
});
