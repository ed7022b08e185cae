/** Approvals with a signature of the document itself: whose it is, of what, and what its certificate rests on. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { createSoftwareKey, withCertificates } from "@signet/device";
import { Authority } from "@signet/e2e/support/authority.ts";
import { utf8 } from "@signet/protocol";
import type { Bytes, Decision, ResolutionSubject, UserId } from "@signet/protocol";

import { formatRecord, verifyFile } from "../../src/index.ts";
import { seededDevice, seededLog, sha256 } from "../support/seeded-keys.ts";
import { WrittenCall } from "../support/written-call.ts";
import { WrittenLog } from "../support/written-log.ts";
import { WrittenPerson } from "../support/written-person.ts";

const hourMs = 3_600_000;
// The authority is of now.
const callMs = Date.now() - hourMs;
const signedAtMs = callMs + 5_500;
const root = await Authority.create();
const text = "Pay 4,000 to the roofer.";
const document = utf8("%PDF");
const file = { type: "file", name: "plan.pdf", sha256: sha256(document), sizeBytes: 4 } as const;

interface Wish {
  readonly subject?: ResolutionSubject;
  readonly decision?: Decision;
  readonly signed?: Bytes;
  readonly cmsAtMs?: number;
  readonly byOther?: boolean;
}

async function said(wish: Wish = {}, anchors: readonly Bytes[] = [root.certificate]) {
  const { byOther = false, cmsAtMs = signedAtMs, decision = "approve", signed = utf8(text) } = wish;
  const { subject = { type: "text", text } } = wish;
  const certified = async () => {
    const key = await createSoftwareKey({ algorithm: "ES256" });
    return withCertificates(key, [(await root.issue(key, "anna", { commonName: "Anna Aalto" })).certificate]);
  };
  const device = await certified();
  const log = new WrittenLog(seededLog("signet.example/log"));
  const anna = await WrittenPerson.register("anna", "Anna", callMs - hourMs, { device });
  const ben = await WrittenPerson.register("ben", "Ben", callMs, { device: await seededDevice("ben") });
  for (const { history } of [anna, ben]) log.append(history);
  const call = await WrittenCall.begin(anna, anna.asRegistered, ["ben"], callMs, { log });
  const rule = { type: "named", userIds: ["anna" as UserId], needed: 1 } as const;
  const resolution = call.resolve(call.call, { number: 1, epoch: 1, rule, subject }, callMs);
  const signer = byOther ? await certified() : device;
  const cms = await signer.signCms?.(signed, { signedAtMs: cmsAtMs });
  await resolution.decide(call.call, decision, signedAtMs, cms);
  const verified = await verifyFile(formatRecord(await call.record([anna, ben])), { anchors });
  if (verified.kind === "refused") return [verified.code, verified.at];
  assert.ok(verified.kind === "record");
  return verified.report.resolutions[0]?.decisions[0]?.cms;
}

const names = { subject: "Anna Aalto", issuer: "Republic Root" };
const place = "resolutions[0].said[0].cms";

describe("a document's signature beside an approval", () => {
  test("is of the text, or of the file whose SHA-256 is approved", async () => {
    assert.deepEqual(await said(), { ...names, trusted: true });
    assert.deepEqual(await said({}, []), { ...names, trusted: false });
    assert.deepEqual(await said({ subject: file, signed: document }), { ...names, trusted: true });
  });

  test("refuses the record where it is of another document, key or second, or beside a rejection", async () => {
    const otherText = { signed: utf8("Pay 9,000 to the roofer.") };
    assert.deepEqual(await said(otherText), ["cms.otherDocument", place]);
    assert.deepEqual(await said({ subject: file, signed: utf8("%PDf") }), ["cms.otherDocument", place]);
    assert.deepEqual(await said({ byOther: true }), ["resolution.otherKey", place]);
    assert.deepEqual(await said({ cmsAtMs: signedAtMs + 1_000 }), ["resolution.otherKey", place]);
    assert.deepEqual(await said({ decision: "reject" }), ["resolution.malformed", place]);
  });
});
