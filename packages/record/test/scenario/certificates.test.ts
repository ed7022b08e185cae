/** What is said of the certificate of a device: that it leads to an authority which the verifier knows, or only what it says itself. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { createSoftwareKey, withCertificates } from "@signet/device";
import { Authority } from "@signet/e2e/support/authority.ts";
import type { Bytes } from "@signet/protocol";

import { formatRecord, verifyFile } from "../../src/index.ts";
import { seededLog } from "../support/seeded-keys.ts";
import { WrittenCall } from "../support/written-call.ts";
import { WrittenLog } from "../support/written-log.ts";
import { WrittenPerson } from "../support/written-person.ts";

const hourMs = 3_600_000;
// The authority is of now.
const callMs = Date.now() - hourMs;

async function recordBy(issuer: Authority, dates: { readonly notAfterMs?: number } = {}): Promise<string> {
  const key = await createSoftwareKey({ algorithm: "ES256" });
  const { certificate } = await issuer.issue(key, "anna", { commonName: "Anna Aalto", ...dates });
  const device = withCertificates(key, [certificate]);
  const anna = await WrittenPerson.register("anna", "Anna", callMs - hourMs, { device });
  const log = new WrittenLog(seededLog("signet.example/log"));
  log.append(anna.history);
  const call = await WrittenCall.begin(anna, anna.asRegistered, ["ben"], callMs, { log });
  return formatRecord(await call.record([anna]));
}

describe("the certificate of who answered", () => {
  const certificateIn = async (text: string, anchors?: readonly Bytes[]) => {
    const verified = await verifyFile(text, anchors === undefined ? {} : { anchors });
    assert.ok(verified.kind === "record", JSON.stringify(verified));
    return verified.report.people[0]?.stays[0]?.certificate;
  };
  const said = { subject: "Anna Aalto", issuer: "Republic Root" };

  test("is trusted where it leads to an authority that is known, and held when they answered", async () => {
    const [root, other] = await Promise.all([Authority.create(), Authority.create("Other Root")]);
    const text = await recordBy(root);
    assert.deepEqual(await certificateIn(text, [root.certificate]), { ...said, trusted: true });
    assert.deepEqual(await certificateIn(text, [other.certificate]), { ...said, trusted: false });
    assert.deepEqual(await certificateIn(text), { ...said, trusted: false });
    const expired = await recordBy(root, { notAfterMs: callMs - 60_000 });
    assert.deepEqual(await certificateIn(expired, [root.certificate]), { ...said, trusted: false });
    // It ran out since.
    const since = await recordBy(root, { notAfterMs: callMs + 60_000 });
    assert.deepEqual(await certificateIn(since, [root.certificate]), { ...said, trusted: true });
  });

  test("of another key is none of theirs", async () => {
    const root = await Authority.create();
    const key = await createSoftwareKey({ algorithm: "ES256" });
    const { certificate } = await root.issue(key, "anna");
    const text = await recordBy(root);
    const { people } = JSON.parse(text) as { people: { entry: { certificates: string[] } }[] };
    const [own] = people[0]?.entry.certificates ?? [];
    const other = text.replace(String(own), Buffer.from(certificate).toString("base64url"));
    assert.equal(await certificateIn(other, [root.certificate]), undefined);
  });
});
