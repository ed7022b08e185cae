/** Directory entries with certificates: what a terminal believes, and by whose anchors. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey, statedHead } from "@signet/device";
import type { CertificateTrust, SignatureDevice } from "@signet/device";
import { Authority } from "@signet/e2e/support/authority.ts";
import type { Bytes, DirectoryEntryIn } from "@signet/protocol";

import { MemoryPinStore } from "../../src/index.ts";
import { certificateOf } from "../../src/people/devices.ts";
import type { KnownPerson } from "../../src/people/directory.ts";
import { verifyProofOf } from "../../src/people/proofs.ts";
import { trustOf } from "../../src/people/trust.ts";
import { offlineDirectory } from "../support/directory.ts";
import type { OfflineDirectoryOptions } from "../support/directory.ts";
import { withDevice, withoutDevice } from "../support/histories.ts";
import { person, randomBytes, randomId, serverOrigin } from "../support/people.ts";

const minuteMs = 60_000;

let authority: Authority;
let other: Authority;
let device: SignatureDevice;
let plain: DirectoryEntryIn;
let certificate: Bytes;

before(async () => {
  authority = await Authority.create("Republic Root");
  other = await Authority.create("Other Root");
  device = await createSoftwareKey({ algorithm: "ES256" });
  plain = (await person("ann", device)).entry;
  ({ certificate } = await authority.issue(device, "ann"));
});

const trustIn = (...authorities: readonly Authority[]): CertificateTrust => ({
  anchors: authorities.map((one) => one.certificate),
  userIdFrom: "email",
});
/** What the server names in its hello. */
const named = (trust: CertificateTrust) => ({
  anchors: [...trust.anchors],
  userIdFrom: trust.userIdFrom,
});

function open(
  trust: ReturnType<typeof trustOf>,
  { pins = new MemoryPinStore(), ...options }: OfflineDirectoryOptions = {},
) {
  const refusals: string[] = [];
  const onRefused = (userId: string, code: string): void => void refusals.push(`${userId} ${code}`);
  const directory = offlineDirectory({ ...options, pins, onRefused });
  directory.trust = trust;
  return { directory, pins, refusals };
}

/** They were in a call with each other. */
function meet({ directory }: Pick<ReturnType<typeof open>, "directory">, known: KnownPerson): void {
  const { deviceId, userId } = known.person.history;
  const certificate = certificateIn(known);
  directory.met(userId, { deviceId, ...(certificate === undefined ? {} : { certificate }) });
}

const certificateIn = (known: KnownPerson) => certificateOf(known, known.person.history);

const certified = (...certificates: Bytes[]): DirectoryEntryIn => ({ ...plain, certificates });

test("a valid certificate is shown with its names, and by whose anchor", async () => {
  const byServer = open(trustOf(undefined, named(trustIn(other, authority))));
  const met = await byServer.directory.accept(certified(certificate));
  const { validUntilMs, ...names } = certificateIn(met) ?? assert.fail("no certificate");
  assert.deepEqual(names, { subject: "ann", issuer: "Republic Root", anchoredBy: "server" });
  assert.ok(validUntilMs > Date.now());
  assert.equal(met.firstSeen, true);
  const own = open(trustOf(trustIn(authority), named(trustIn(other))));
  const known = await own.directory.accept(certified(certificate));
  assert.equal(certificateIn(known)?.anchoredBy, "terminal");
});

test("what is wrong with a certificate is said with its own code, and nobody is met by it", async () => {
  const stranger = await createSoftwareKey({ algorithm: "ES256" });
  const nowMs = Date.now();
  const issued = async (name: string, dates = {}) => (await authority.issue(device, name, dates)).certificate;
  for (const [code, bytes] of [
    ["certificate.otherKey", (await authority.issue(stranger, "ann")).certificate],
    ["certificate.otherUser", await issued("ben")],
    ["certificate.expired", await issued("ann", { notAfterMs: nowMs - minuteMs })],
    ["certificate.notYetValid", await issued("ann", { notBeforeMs: nowMs + minuteMs })],
    ["certificate.untrusted", (await other.issue(device, "ann")).certificate],
    ["certificate.malformed", Uint8Array.of(0x30, 0)],
  ] as const) {
    const { directory, pins, refusals } = open(trustOf(undefined, named(trustIn(authority))));
    await assert.rejects(directory.accept(certified(bytes)), { code }, code);
    assert.deepEqual(refusals, [`ann ${code}`]);
    assert.equal(pins.get(plain.userId), undefined);
  }
  const nobody = open(trustOf(undefined, undefined));
  await assert.rejects(nobody.directory.accept(certified(certificate)), { code: "certificate.notAccepted" });
});

test("a terminal's own anchors count alone, and so do its revocation lists", async () => {
  const own = open(trustOf(trustIn(other), named(trustIn(authority))));
  await assert.rejects(own.directory.accept(certified(certificate)), { code: "certificate.untrusted" });
  const revoked = await authority.issue(device, "ann");
  const crls = [await authority.revoke(revoked.serial)];
  const strict = open(trustOf({ ...trustIn(authority), crls }, named(trustIn(authority))));
  await assert.rejects(strict.directory.accept(certified(revoked.certificate)), {
    code: "certificate.revoked",
  });
  await strict.directory.accept(certified(certificate));
});

test("who was met with a certificate does not come back without one, also after a restart", async () => {
  const trust = trustOf(undefined, named(trustIn(authority)));
  const first = open(trust);
  meet(first, await first.directory.accept(certified(certificate)));
  await assert.rejects(first.directory.accept(plain), { code: "certificate.missing" });
  const later = open(trust, { pins: first.pins });
  await assert.rejects(later.directory.accept(plain), { code: "certificate.missing" });
  assert.deepEqual(later.refusals, ["ann certificate.missing"]);
  const met = await later.directory.accept(certified(certificate));
  assert.equal(met.firstSeen, false);
  // The other way round it is more than was known, and holds from then on.
  const plainFirst = open(trust);
  await plainFirst.directory.accept(plain);
  const more = await plainFirst.directory.accept(certified(certificate));
  assert.equal(certificateIn(more)?.issuer, "Republic Root");
  await assert.rejects(plainFirst.directory.accept(plain), { code: "certificate.missing" });
});

test("a certificate that only came up binds nobody beyond this run: a server could make one up for anybody's key", async () => {
  const trust = trustOf(undefined, named(trustIn(authority)));
  const first = open(trust);
  const plainly = await first.directory.accept(plain);
  meet(first, plainly);
  // In a ring that is refused, which leaves nothing, or in a list, which counts until the terminal ends.
  await first.directory.verify(certified(certificate));
  await first.directory.accept(plain);
  await first.directory.accept(certified(certificate));
  await assert.rejects(first.directory.accept(plain), { code: "certificate.missing" });
  assert.equal(first.pins.isCertified(plain.userId), false);
  const later = open(trust, { pins: first.pins });
  assert.equal((await later.directory.accept(plain)).firstSeen, false);
  meet(later, await later.directory.accept(certified(certificate)));
  assert.equal(first.pins.isCertified(plain.userId), true, "renewed with the first one, and met so");
});

test("that one's own certificate is gone is the server's word, and changes nothing of what is known", async () => {
  const trust = trustOf(undefined, named(trustIn(authority)));
  const { directory, pins, refusals } = open(trust);
  const met = await directory.accept(certified(certificate));
  meet({ directory }, met);
  const bare = await open(trust).directory.accept(plain);
  directory.acceptOwn(bare);
  assert.deepEqual(refusals, ["ann certificate.missing"]);
  assert.equal(pins.isCertified(plain.userId), true);
  await assert.rejects(directory.accept(plain), { code: "certificate.missing" });
  directory.acceptOwn(met);
  assert.equal(refusals.length, 2, "nothing more to say of the entry as it should be");
});

test("a certificate that runs out while the terminal runs is refused the next time", async () => {
  const notAfterMs = Math.floor(Date.now() / 1000) * 1000 + 10 * minuteMs;
  const short = await authority.issue(device, "ann", { notAfterMs });
  let nowMs = notAfterMs;
  const { directory } = open(trustOf(undefined, named(trustIn(authority))), { nowMs: () => nowMs });
  await directory.accept(certified(short.certificate));
  nowMs = notAfterMs + 1_000;
  await assert.rejects(directory.accept(certified(short.certificate)), { code: "certificate.expired" });
});

test("a renewed certificate is believed, and the former one, which ran out, is not any more", async () => {
  const notAfterMs = Math.floor(Date.now() / 1000) * 1000 + 10 * minuteMs;
  const short = await authority.issue(device, "ann", { notAfterMs });
  let nowMs = notAfterMs;
  const { directory, pins, refusals } = open(trustOf(undefined, named(trustIn(authority))), {
    nowMs: () => nowMs,
  });
  meet({ directory }, await directory.accept(certified(short.certificate)));
  nowMs = notAfterMs + 1_000;
  const renewed = await directory.accept(certified(certificate));
  assert.ok((certificateIn(renewed)?.validUntilMs ?? 0) > nowMs);
  assert.equal(await directory.person(plain.userId), renewed);
  assert.deepEqual(refusals, [], "the key is the same, so nobody is warned");
  await assert.rejects(directory.accept(certified(short.certificate)), { code: "certificate.expired" });
  assert.equal(pins.isCertified(plain.userId), true);
  await assert.rejects(directory.accept(plain), { code: "certificate.missing" });
  assert.equal(await directory.person(plain.userId), renewed);
});

test("a renewed certificate of the same names and dates takes the former one's place, too", async () => {
  const notAfterMs = Math.floor(Date.now() / 1000) * 1000 + 10 * minuteMs;
  const { directory } = open(trustOf(undefined, named(trustIn(authority))));
  for (let i = 0; i < 2; i += 1) {
    const entry = certified((await authority.issue(device, "ann", { notAfterMs })).certificate);
    await directory.accept(entry);
    assert.deepEqual((await directory.person(plain.userId)).person.history.certificates, entry.certificates);
  }
});

test("with other anchors, everybody with a certificate is asked for again", async () => {
  const { directory } = open(trustOf(undefined, named(trustIn(authority))));
  await directory.accept(certified(certificate));
  assert.equal(certificateIn(await directory.person(plain.userId))?.issuer, "Republic Root");
  directory.trust = trustOf(undefined, named(trustIn(other)));
  // Nobody can be asked here; what matters is that the answer is not the old one.
  await assert.rejects(directory.person(plain.userId), { code: "connection.lost" });
});

test("who was met with a certificate is recognised by no device without one, nor by one that ran out", async () => {
  const trust = trustOf(undefined, named(trustIn(authority)));
  const second = await createSoftwareKey({ algorithm: "ES256" });
  const both = await withDevice(certified(certificate), device, second);
  const by = async (signer: SignatureDevice, known: KnownPerson): Promise<string> => {
    const common = { serverOrigin, userId: "ann", deviceId: signer.deviceId, issuedAtMs: Date.now() };
    const fields = { callId: randomId(), memberUserIds: ["ben"], leafKey: randomBytes(32) };
    const head = await statedHead(both);
    const proof = await signer.sign({
      purpose: "call",
      ...common,
      ...fields,
      head,
      checkpoint: new Uint8Array(),
    });
    const result = await verifyProofOf(known, proof, { purpose: "call", serverOrigin, time: "any" });
    return result.ok ? "ok" : result.code;
  };
  const first = open(trust);
  const found = await first.directory.accept(both);
  assert.deepEqual([await by(device, found), await by(second, found)], ["ok", "ok"], "nobody was met yet");
  first.directory.met(plain.userId, { deviceId: second.deviceId });
  const metPlain = await first.directory.accept(both);
  assert.deepEqual([await by(device, metPlain), await by(second, metPlain)], ["ok", "ok"]);
  meet(first, found);
  const met = await first.directory.accept(both);
  assert.deepEqual([await by(device, met), await by(second, met)], ["ok", "certificate.missing"]);
  // The first one is recognised no more, and the other one is, who was never met with a certificate.
  const late = open(trust, { nowMs: () => Date.now() + 400 * 24 * 60 * minuteMs });
  const expired = await late.directory.accept(both);
  assert.deepEqual([await by(device, expired), await by(second, expired)], ["certificate.expired", "ok"]);
});

test("a revocation counts where it leaves nobody whom this terminal recognises, and is not taken back: certificate.missing, history.deviceRevoked", async () => {
  const trust = trustOf(undefined, named(trustIn(authority)));
  const second = await createSoftwareKey({ algorithm: "ES256" });
  const both = await withDevice(certified(certificate), device, second);
  const without = await withoutDevice(both, second, device);
  let shown = both;
  let nowMs = Date.now();
  const first = open(trust, { lookUp: () => shown, nowMs: () => nowMs });
  const callBy = async (signer: SignatureDevice): Promise<string> => {
    const common = { serverOrigin, userId: "ann", deviceId: signer.deviceId, issuedAtMs: Date.now() };
    const fields = { callId: randomId(), memberUserIds: ["ben"], leafKey: randomBytes(32) };
    const proof = await signer.sign({
      purpose: "call",
      ...common,
      ...fields,
      head: await statedHead(both),
      checkpoint: new Uint8Array(),
    });
    const known = await first.directory.person(plain.userId);
    const result = await verifyProofOf(known, proof, { purpose: "call", serverOrigin, time: "any" });
    return result.ok ? "ok" : result.code;
  };
  meet(first, await first.directory.accept(both));
  assert.deepEqual([await callBy(device), await callBy(second)], ["ok", "certificate.missing"]);
  await first.directory.changed(without);
  assert.deepEqual(first.refusals, ["ann certificate.missing"]);
  const isOut = async (): Promise<void> =>
    assert.deepEqual(
      [await callBy(device), await callBy(second)],
      ["history.deviceRevoked", "certificate.missing"],
    );
  await isOut();
  // Whoever would show them as they were before.
  await assert.rejects(first.directory.accept(both), { code: "history.shortened" });
  await isOut();
  // The same where it comes up as somebody is asked for.
  const { directory, refusals } = open(trust, { lookUp: () => shown, nowMs: () => nowMs });
  meet({ directory }, await directory.accept(both));
  shown = without;
  nowMs += 400 * 24 * 60 * minuteMs;
  const { person: now } = await directory.person(plain.userId);
  assert.equal(now.digests.length, 3);
  assert.deepEqual(refusals, []);
});
