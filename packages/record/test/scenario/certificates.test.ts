/** What is said of the certificate of a device: that it leads to an authority which the verifier knows, or only what it says itself. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { createSoftwareKey, withCertificates } from "@signet/device";
import { Authority } from "@signet/e2e/support/authority.ts";
import type { Bytes } from "@signet/protocol";

import { formatRecord, verifyFile } from "../../src/index.ts";
import { certifiedCalls } from "../support/certified-calls.ts";
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

  test("is trusted by the rules of a path alone, and shown by those of names", async () => {
    const calls = (await certifiedCalls()).filter(({ name }) => !name.startsWith("cms-"));
    const all = await Promise.all(
      calls.map(async ({ anchors, name, text }) => {
        const verified = await verifyFile(text, { anchors });
        const { people: [anna] = [] } = verified.kind === "record" ? verified.report : {};
        return [name, anna?.stays[0]?.certificate] as const;
      }),
    );
    const untrusted = all.filter(([, certificate]) => certificate?.trusted === false).map(([name]) => name);
    assert.deepEqual(
      untrusted,
      [
        ["other-anchor", "of-one-name", "ran-out", "not-yet", "anchor-ran-out", "no-usage", "usage-of-law"],
        ["of-authority", "for-servers", "authority-for-servers", "anchor-no-authority", "anchor-other-usage"],
        ["unknown-critical", "points-critical", "middle-missing", "middle-twice", "middle-no-authority"],
        ["middle-other-usage", "middle-ran-out", "middle-of-other", "path-too-long", "with-anchor"],
        ["four-other-order", "mail-not-below", "mail-other", "mail-excluded", "mail-none", "name-other"],
        ["name-excluded"],
      ]
        .flat()
        .map((name) => `path-${name}`)
        .concat("name-issuer-other", "name-issuer-whole", "issuer-dotless-i")
        .concat("authority-rsa-short", "authority-rsa-sha-1"),
    );
    // Of another key, or one of them cannot be read.
    const none = all.filter(([, certificate]) => certificate === undefined).map(([name]) => name);
    assert.deepEqual(
      none,
      ["other-key", "no-day", "no-seconds", "extension-twice", "broken-usage", "version-1", "padded-serial"]
        .concat("other-inner", "too-large")
        .map((name) => `path-${name}`)
        .concat("name-issuer-nobody", "name-no-pair"),
    );
    const subjects = Object.fromEntries(all.map(([name, certificate]) => [name, certificate?.subject]));
    assert.equal(subjects["name-utf16"], "Ännä 😀");
    assert.equal(subjects["name-upn-alone"], "anna@corp");
    assert.equal(subjects["name-whole"], "C=FI, O=Aalto Oy, OU=Roofs, serialNumber=7, 1.2.3=x");
    assert.equal(subjects["name-long-type"], "2.25.329800735698586629295641978511506172918=y");
    assert.equal(subjects["name-unseen"], "An\ufffdna\ufffd\ufffdAalto B C \ufffd\ufffd");
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
