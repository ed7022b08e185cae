/** What a device signs at a sign-in when its certificates are not those that its person's history names, and when it is not asked to. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { certificatesDigest, createSoftwareKey, foldHistory, nobodyAdministers } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { Authority } from "@signet/e2e/support/authority.ts";
import { decodeTranscript } from "@signet/protocol";
import type { Bytes, RequestBody, StatementIn, Transcript } from "@signet/protocol";

import { MemoryPinStore } from "../../src/index.ts";
import { signCertify } from "../../src/session/renewal.ts";
import { serverOrigin } from "../support/people.ts";
import { connectedTerminal, serverInfo, signedIn } from "../support/scripted-server.ts";

const minuteMs = 60_000;
const authority = await Authority.create("Republic Root");
const other = await Authority.create("Other Root");
const plain = await createSoftwareKey({ algorithm: "ES256" });
const issue = async (by: Authority, name = "ada", durationMs = minuteMs): Promise<Bytes> =>
  (await by.issue(plain, name, { notAfterMs: Date.now() + durationMs })).certificate;
const [current, newer] = await Promise.all([issue(authority), issue(authority)]);

interface Begun {
  readonly certificates?: readonly Bytes[];
  /** What the server says that the history names. */
  readonly named?: readonly Bytes[];
  /** What a `certify` in it names, which is shown without them. */
  readonly signedBefore?: readonly Bytes[];
  readonly accepts?: Authority;
}

/** Signs in. @returns what was signed, in its order, and what the server was told */
async function signIn({ certificates, named, signedBefore, accepts = authority }: Begun) {
  const signed: Transcript[] = [];
  const device: SignatureDevice = {
    ...plain,
    ...(certificates === undefined ? {} : { certificates }),
    sign: (transcript, options) => {
      signed.push(transcript);
      return plain.sign(transcript, options);
    },
  };
  const { deviceId } = device;
  const trust = { anchors: [accepts.certificate], userIdFrom: "email" } as const;
  const pins = new MemoryPinStore();
  const { ada, server, terminal } = await connectedTerminal([], { device, pins, certificates: trust });
  pins.set(ada.userId, deviceId, false, { sequence: 0, digest: ada.head });
  const before: StatementIn[] = [];
  if (signedBefore !== undefined) {
    const opened = await foldHistory(ada.entry, { serverOrigin, administratorDevices: nobodyAdministers });
    assert.ok(opened.ok);
    const fields = { serverOrigin, issuedAtMs: Date.now(), serverChallenge: new Uint8Array(32) };
    const { proofs } = await signCertify(opened.person, plain, { certificates: signedBefore, ...fields }, {});
    before.push({ proofs });
  }
  const begun = server.script["sign-in.begin"];
  const certified =
    named === undefined ? [] : [{ deviceId, certificatesDigest: await certificatesDigest(named) }];
  server.script["sign-in.begin"] = (body) => {
    const reply = begun?.(body);
    const entries = [{ ...ada.entry, statements: before }];
    return reply && { ...reply, entries, certified };
  };
  server.script["session.hello"] = () => ({
    ...serverInfo(),
    certificates: { ...trust, anchors: [...trust.anchors] },
  });
  server.hangUp();
  terminal.retryNow();
  while (terminal.state.server?.certificates === undefined)
    await new Promise((resolve) => setImmediate(resolve));
  signed.length = 0;
  server.script["sign-in.finish"] = ({ certify }) => ({
    ...signedIn(ada),
    entry: {
      ...ada.entry,
      statements: [
        ...before.map((one) => ({ ...one, certificates: [...(signedBefore ?? [])] })),
        ...(certify === undefined ? [] : [certify]),
      ],
    },
  });
  let code: unknown;
  await terminal.signIn({ userId: ada.userId }).catch((error: unknown) => (code = Object(error).code));
  const { body } = server.heard.findLast(({ type }) => type === "sign-in.finish") ?? {};
  const { notices } = terminal.state;
  terminal.close();
  return { ada, signed, code, notices, body: body as RequestBody<"sign-in.finish"> | undefined };
}

test("other certificates than the history names are signed for, in its next place, for the same challenge", async () => {
  for (const named of [[current], undefined]) {
    const { ada, body, notices, signed } = await signIn({
      certificates: [newer],
      ...(named === undefined ? {} : { named }),
    });
    const [first, second] = signed;
    assert.deepEqual(
      signed.map(({ purpose }) => purpose),
      ["sign-in", "certify"],
    );
    assert.ok(first?.purpose === "sign-in" && second?.purpose === "certify");
    assert.deepEqual(second.serverChallenge, first.serverChallenge);
    assert.deepEqual(second.previous, ada.head);
    const [proof] = body?.certify?.proofs ?? [];
    assert.deepEqual(proof && decodeTranscript(proof.transcript), second);
    const statements = [body?.certify ?? assert.fail("nothing was certified")];
    const folded = await foldHistory(
      { ...ada.entry, statements },
      { serverOrigin, administratorDevices: nobodyAdministers },
    );
    assert.ok(folded.ok);
    assert.deepEqual(folded.person.devices[0]?.certificates, [newer]);
    assert.equal(notices, undefined, "who signs in is told of it by that");
  }
});

test("what a device signed for before is the former of what it has now, whatever the server says of it", async () => {
  const { signed } = await signIn({ certificates: [newer], signedBefore: [current], named: [newer] });
  assert.deepEqual(
    signed.map(({ purpose }) => purpose),
    ["sign-in", "certify"],
  );
});

test("nothing is signed for what the history names, for what would not be taken, and where there is nothing", async () => {
  const rows: readonly Begun[] = [
    { certificates: [current], named: [current] },
    // Whatever the server says of it.
    { certificates: [current], signedBefore: [current] },
    { certificates: [current], signedBefore: [current], named: [newer] },
    { named: [current] },
    {},
    // A card brings what it has: another authority's, another person's, one that ran out, and more than a server takes.
    { certificates: [await issue(other)] },
    { certificates: [await issue(authority, "bob")] },
    { certificates: [await issue(authority, "ada", -minuteMs)] },
    { certificates: Array.from({ length: 5 }, () => current), named: [current] },
  ];
  for (const row of rows) {
    const { body, signed } = await signIn(row);
    assert.deepEqual(
      signed.map(({ purpose }) => purpose),
      ["sign-in"],
    );
    assert.deepEqual(Object.keys(body ?? {}), ["proof"]);
  }
});

test("whose certificates were exchanged for some that do not hold is told so before anything is signed", async () => {
  const rows = [
    [await issue(authority, "bob"), "certificate.otherUser"],
    [await issue(authority, "ada", -minuteMs), "certificate.expired"],
    [await issue(other), "certificate.untrusted"],
  ] as const;
  for (const [certificate, expected] of rows) {
    const { body, code, signed } = await signIn({ certificates: [certificate], named: [current] });
    assert.deepEqual([code, signed, body], [expected, [], undefined]);
  }
});
