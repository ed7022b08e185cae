/** Key histories that do not hold: each fault has its code and its place, and nothing else of the chain is believed. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { certificatesDigest, createSoftwareKey } from "@signet/device";
import type { HistoryPurpose, Person, SignatureDevice } from "@signet/device";
import {
  DirectoryEntryIn,
  decodeStatement,
  encodeStatement,
  mostStatements,
  encodeFields,
  transcriptFields,
  utf8,
  concatBytes,
} from "@signet/protocol";
import type { ErrorCode, StatementIn, Transcript } from "@signet/protocol";

import { createAuthenticator } from "../support/authenticator.ts";
import {
  HistoryWriter,
  administeredBy,
  assertFold,
  fold,
  folded,
  newDevice,
  ownRevocation,
} from "../support/history.ts";
import type { Written } from "../support/history.ts";
import { hourMs, nowMs, serverOrigin } from "../support/people.ts";

const software = (): Promise<SignatureDevice> => createSoftwareKey({ algorithm: "ES256" });
const other = new Uint8Array(32).fill(0xee);

let first: SignatureDevice;
let second: SignatureDevice;
let added: SignatureDevice;
let stranger: SignatureDevice;
let admin: HistoryWriter;
let adminPerson: Person;
/** Registration, and a second device. */
let base: HistoryWriter;

before(async () => {
  [first, second, added, stranger] = await Promise.all([
    createAuthenticator("ES256", serverOrigin),
    software(),
    software(),
    software(),
  ]);
  admin = await HistoryWriter.begin(await software(), "admin");
  adminPerson = await folded(admin.history);
  base = await HistoryWriter.begin(first);
  await base.add(second);
});

const after = (...statements: readonly StatementIn[]): DirectoryEntryIn => ({
  ...base.history,
  statements: [...base.statements, ...statements],
});

/** Alice is an administrator as well: of others. */
const foldAfter = (...statements: readonly StatementIn[]) =>
  fold(after(...statements), async (userId, head) =>
    userId === "alice" ? (await folded(base.history)).devices : administeredBy(adminPerson)(userId, head),
  );

/** What each statement says when it is right, and who signs it. */
const right: {
  readonly [P in HistoryPurpose]: () => Promise<readonly [Partial<Omit<Transcript<P>, "purpose">>, Written]>;
} = {
  "add-device": async () => [await newDevice(added), { second: added }],
  "revoke-device": async () => [ownRevocation(second), {}],
  rename: async () => [{ renamedDeviceId: "", name: "Al" }, {}],
  certify: async () => [
    { certificatesDigest: await certificatesDigest([Uint8Array.of(1)]) },
    { by: second, beside: { certificates: [Uint8Array.of(1)] } },
  ],
  recover: async () => [
    { ...(await newDevice(added)), ...(await admin.signature()) },
    { by: admin.first, second: added },
  ],
  appoint: async () => [await admin.signature(), { by: admin.first }],
  dismiss: async () => [await admin.signature(), { by: admin.first }],
};
const purposes = Object.keys(right) as HistoryPurpose[];

/** Each is signed as ever, by whoever it says: only what it says is wrong. */
const lies: readonly [HistoryPurpose, string, Readonly<Record<string, unknown>>, ErrorCode][] = [
  ...purposes.flatMap((purpose): (typeof lies)[number][] => [
    [purpose, "another server", { serverOrigin: "http://localhost:8081" }, "proof.origin"],
    [purpose, "another person", { userId: "mallory" }, "proof.user"],
    [purpose, "a sequence that was", { sequence: 1 }, "history.sequence"],
    [purpose, "a sequence that is to come", { sequence: 3 }, "history.sequence"],
    [purpose, "another statement before it", { previous: other }, "history.previous"],
    [purpose, "no statement before it", { previous: new Uint8Array() }, "history.previous"],
  ]),
  ...(["add-device", "recover"] as const).flatMap((purpose): (typeof lies)[number][] => [
    [purpose, "another ID of the new device", { newDeviceId: "AAECAwQFBgcICQoLDA0ODw" }, "history.newDevice"],
    [purpose, "a key that is none", { newDevicePublicKey: other }, "history.newDevice"],
    [purpose, "a kind that is none", { newDeviceKind: "paper" }, "history.newDevice"],
    [purpose, "another kind", { newDeviceKind: "pkcs11" }, "proof.signer"],
    [purpose, "an algorithm that is none", { newDeviceAlgorithm: "ES512" }, "history.newDevice"],
    [purpose, "another algorithm", { newDeviceAlgorithm: "EdDSA" }, "proof.algorithm"],
    [purpose, "a name with a line break", { newDeviceName: "a\nb" }, "history.name"],
  ]),
  [
    "revoke-device",
    "a device that nobody knows",
    { revokedDeviceId: "AAECAwQFBgcICQoLDA0ODw" },
    "history.revokedDevice",
  ],
  ["revoke-device", "a reason that is none", { why: "bored" }, "history.revokedDevice"],
  ["revoke-device", "a head without administrator", { administratorHead: other }, "history.administrator"],
  ["revoke-device", "an administrator who is none", { administrator: "mallory" }, "history.administrator"],
  ["revoke-device", "oneself as administrator", { administrator: "alice" }, "history.administrator"],
  ["rename", "a device that nobody knows", { renamedDeviceId: "AAECAwQFBgcICQoLDA0ODw" }, "history.name"],
  ["rename", "no name", { name: "" }, "history.name"],
  ["rename", "a name of 65 characters", { name: "a".repeat(65) }, "history.name"],
  ["certify", "other certificates", { certificatesDigest: other }, "history.certificates"],
  ...(["recover", "appoint", "dismiss"] as const).flatMap((purpose): (typeof lies)[number][] => [
    [purpose, "no administrator", { administrator: "" }, "history.administrator"],
    [purpose, "an administrator who is none", { administrator: "mallory" }, "history.administrator"],
    [purpose, "oneself as administrator", { administrator: "alice" }, "history.administrator"],
    [
      purpose,
      "a head that the administrator never had",
      { administratorHead: other },
      "history.administrator",
    ],
  ]),
];

for (const purpose of purposes)
  test(`${purpose} as it should be holds`, async () => {
    const [own, written] = await right[purpose]();
    const result = await foldAfter(await base.make(purpose, own, written));
    assert.ok(result.ok, result.ok ? "" : result.code);
  });

for (const [purpose, what, lie, code] of lies)
  test(`${purpose} that names ${what}: ${code}`, async () => {
    const [own, written] = await right[purpose]();
    assertFold(await foldAfter(await base.make(purpose, { ...own, ...lie }, written)), code, 2);
  });

test("every field of every statement has a lie above, but for the challenge and the time, which are the server's to look at, and the signer, below", () => {
  for (const purpose of purposes) {
    const told = new Set(lies.filter(([lied]) => lied === purpose).flatMap(([, , lie]) => Object.keys(lie)));
    const fields = transcriptFields[purpose].map(([name]) => name);
    assert.deepEqual(
      fields.filter((name) => !told.has(name)),
      ["deviceId", "issuedAtMs", "serverChallenge"],
    );
  }
});

for (const purpose of purposes)
  test(`${purpose}: no clock decides, so that no statement from the future keeps others out`, async () => {
    const writer = await HistoryWriter.begin(first);
    await writer.add(second);
    await writer.write("rename", { renamedDeviceId: "", name: "Al", issuedAtMs: nowMs + 876_600 * hourMs });
    const [own, written] = await right[purpose]();
    const statement = await writer.make(purpose, own, written);
    const history = { ...writer.history, statements: [...writer.statements, statement] };
    assert.ok((await fold(history, administeredBy(adminPerson))).ok);
  });

for (const purpose of purposes)
  test(`${purpose} by a device of nobody: history.deviceUnknown`, async () => {
    const [own, written] = await right[purpose]();
    const statement = await base.make(purpose, own, { ...written, by: stranger });
    assertFold(await foldAfter(statement), "history.deviceUnknown", 2);
  });

for (const purpose of purposes)
  test(`${purpose} signed by another key than it names: proof.signer or proof.signature`, async () => {
    const [own, written] = await right[purpose]();
    const { by = first } = written;
    const forger: SignatureDevice = { ...stranger, deviceId: by.deviceId };
    const result = await foldAfter(await base.make(purpose, own, { ...written, by: forger }));
    assertFold(result, by === first ? "proof.signer" : "proof.signature", 2);
  });

for (const purpose of ["add-device", "recover"] as const) {
  test(`${purpose} that the new device did not sign: history.proofs, or by another: proof.signature`, async () => {
    const [own, written] = await right[purpose]();
    const alone = await base.make(purpose, own, { ...written, second: undefined });
    assertFold(await foldAfter(alone), "history.proofs", 2);
    const forged = await base.make(purpose, own, { ...written, second: stranger });
    assertFold(await foldAfter(forged), "proof.signature", 2);
  });

  test(`${purpose} whose new device signed something else: history.proofs`, async () => {
    const [own, written] = await right[purpose]();
    const one = await base.make(purpose, own, written);
    const another = await base.make(purpose, { ...own, newDeviceName: "Other" }, written);
    const mixed = { ...one, proofs: [one.proofs[0]!, another.proofs[1]!] };
    assertFold(await foldAfter(mixed), "history.proofs", 2);
  });

  for (const [whose, device] of [
    ["that the person has", () => second],
    ["that signs", () => first],
  ] as const)
    test(`${purpose} of a device ${whose}: history.deviceTaken`, async () => {
      const [own, written] = await right[purpose]();
      const again = { ...own, ...(await newDevice(device())) };
      const statement = await base.make(purpose, again, { ...written, second: device() });
      assertFold(await foldAfter(statement), "history.deviceTaken", 2);
    });
}

test("what comes along with a statement that has no use for it: history.proofs", async () => {
  const credentialId = Uint8Array.of(1);
  const attestation = { format: "none", aaguid: "a" };
  const certificates = [Uint8Array.of(1)];
  const useless: Readonly<Record<HistoryPurpose, readonly Partial<StatementIn>[]>> = {
    // Neither is for a key in software.
    "add-device": [{ certificates }, { credentialId }, { attestation }],
    recover: [{ certificates }, { credentialId }, { attestation }],
    "revoke-device": [{ certificates }, { credentialId }, { attestation }],
    rename: [{ certificates }, { credentialId }, { attestation }],
    certify: [{ credentialId }, { attestation }],
    appoint: [{ certificates }, { credentialId }, { attestation }],
    dismiss: [{ certificates }, { credentialId }, { attestation }],
  };
  for (const purpose of purposes) {
    const [own, written] = await right[purpose]();
    const statement = await base.make(purpose, own, written);
    for (const beside of useless[purpose])
      assertFold(await foldAfter({ ...statement, ...beside }), "history.proofs", 2);
  }
  for (const purpose of ["revoke-device", "rename", "certify", "appoint", "dismiss"] as const) {
    const [own, written] = await right[purpose]();
    const twice = await base.make(purpose, own, { ...written, second: stranger });
    assertFold(await foldAfter(twice), "history.proofs", 2);
  }
  const [own, written] = await right.certify();
  assertFold(
    await foldAfter(await base.make("certify", own, { by: written.by! })),
    "history.certificates",
    2,
  );
});

test("what comes along with the first device, of a kind that has none of it: directory.badEntry", async () => {
  const certificates = [Uint8Array.of(1)];
  assertFold(await fold({ ...base.history, certificates }), "directory.badEntry", 0);
  const { history } = await HistoryWriter.begin(second);
  await folded({ ...history, certificates });
  for (const beside of [
    { credentialId: Uint8Array.of(1) },
    { attestation: { format: "none", aaguid: "a" } },
  ]) {
    assertFold(await fold({ ...history, ...beside }), "directory.badEntry", 0);
    await folded({ ...base.history, ...beside });
  }
});

test("no proof, three proofs, no transcript, a transcript of another purpose", async () => {
  const rename = await base.make("rename", { renamedDeviceId: "", name: "Al" });
  const [proof] = rename.proofs;
  assertFold(await foldAfter({ proofs: [] }), "history.proofs", 2);
  assertFold(await foldAfter({ proofs: [proof!, proof!, proof!] }), "history.proofs", 2);
  const unreadable = { ...proof!, transcript: proof!.transcript.slice(1) };
  assertFold(await foldAfter({ proofs: [unreadable] }), "proof.malformed", 2);
  for (const other of ["register", "sign-in", "toString"])
    assertFold(
      await foldAfter(
        await base.make(other as HistoryPurpose, {}, {}).catch(() => ({ proofs: [base.entry.proof] })),
      ),
      "proof.purpose",
      2,
    );
});

test("a certificate beside an authenticator: certificate.notAccepted", async () => {
  const [own, { beside }] = await right.certify();
  const statement = await base.make("certify", own, { by: first, beside: beside! });
  assertFold(await foldAfter(statement), "certificate.notAccepted", 2);
});

test("a revoked device signs nothing any more, is neither named nor revoked again, and does not come back", async () => {
  const writer = await HistoryWriter.begin(first);
  await writer.add(second);
  await writer.revoke(second);
  for (const purpose of purposes) {
    if (purpose === "recover" || purpose === "appoint" || purpose === "dismiss") continue;
    const [own, written] = await right[purpose]();
    const statement = await writer.make(purpose, own, { ...written, by: second });
    const history = { ...writer.history, statements: [...writer.statements, statement] };
    assertFold(await fold(history), "history.deviceRevoked", 3);
  }
  for (const [statement, code] of [
    [await writer.make("rename", { renamedDeviceId: second.deviceId, name: "Old" }), "history.name"],
    [await writer.make("revoke-device", ownRevocation(second)), "history.revokedDevice"],
    [await writer.make("add-device", await newDevice(second), { second }), "history.deviceTaken"],
  ] as const)
    assertFold(await fold({ ...writer.history, statements: [...writer.statements, statement] }), code, 3);
});

test("an administrator's device counts as far as their own history had it at the head that is named", async () => {
  const spare = await software();
  const boss = await HistoryWriter.begin(await software(), "admin");
  await boss.add(spare);
  const before = await boss.signature();
  await boss.revoke(spare);
  const administrators = administeredBy(await folded(boss.history));
  const recovery = async (signature: typeof before) =>
    after(
      await base.make("recover", { ...(await newDevice(added)), ...signature }, { by: spare, second: added }),
    );
  assert.ok((await fold(await recovery(before), administrators)).ok);
  assertFold(await fold(await recovery(await boss.signature()), administrators), "history.deviceUnknown", 2);
});

test("swapped purposes: what was signed as one thing is not another", async () => {
  const [own, written] = await right["add-device"]();
  const add = await base.make("add-device", own, written);
  const text = utf8("signet/recover/v1");
  const transcript = concatBytes(text, add.proofs[0]!.transcript.slice("signet/add-device/v1".length));
  const swapped = { proofs: add.proofs.map((proof) => ({ ...proof, transcript })) };
  assertFold(await foldAfter(swapped), "proof.malformed", 2);
});

test("a chain with a statement dropped, repeated, in other order, or of a fork does not fold", async () => {
  const writer = await HistoryWriter.begin(first);
  await writer.add(second);
  await writer.rename("Al");
  await writer.rename("Ally");
  const [one, two, three] = writer.statements as [StatementIn, StatementIn, StatementIn];
  const entry = writer.entry;
  for (const [statements, code, sequence] of [
    [[two, three], "history.sequence", 1],
    [[one, three], "history.sequence", 2],
    [[one, one, two, three], "history.sequence", 2],
    [[one, two, two, three], "history.sequence", 3],
    [[two, one, three], "history.sequence", 1],
  ] as const)
    assertFold(await fold({ ...entry, statements: [...statements] }), code, sequence);
  const fork = await HistoryWriter.begin(first);
  await fork.add(second);
  await fork.rename("Alice C.");
  assertFold(await fold({ ...entry, statements: [one, fork.statements[1]!, three] }), "history.previous", 2);
  // Another registration of the same key, and the statements that followed the first.
  const again = await HistoryWriter.begin(first);
  assertFold(await fold({ ...again.entry, statements: [one] }), "history.previous", 1);
});

test("every changed byte of a statement is refused", async () => {
  const statement = base.statements[0]!;
  const bytes = encodeStatement(statement.proofs);
  for (let at = 0; at < bytes.length; at += 3) {
    const changed = Uint8Array.from(bytes);
    changed[at]! ^= 1;
    const proofs = decodeStatement(changed);
    if (proofs === undefined) continue;
    const result = await fold({ ...base.entry, statements: [{ ...statement, proofs: [...proofs] }] });
    assert.ok(!result.ok, `byte ${at}`);
  }
});

test("statements as bytes: one form, and nothing else is read", () => {
  const { proofs } = base.statements[0]!;
  const bytes = encodeStatement(proofs);
  assert.deepEqual(decodeStatement(bytes), proofs);
  for (let length = 0; length < bytes.length; length += 7)
    assert.equal(decodeStatement(bytes.slice(0, length)), undefined);
  assert.equal(decodeStatement(concatBytes(bytes, Uint8Array.of(0))), undefined);
  assert.equal(decodeStatement(encodeStatement([])), undefined);
  assert.equal(decodeStatement(encodeStatement([...proofs, proofs[0]!])), undefined);
  assert.equal(decodeStatement(encodeStatement([proofs[0]!, base.entry.proof])), undefined);
  const later = concatBytes(encodeFields([utf8("signet/statement/v2")]), bytes.slice(4 + 19));
  assert.equal(decodeStatement(later), undefined);
});

test(`${mostStatements} statements are read, not one more`, () => {
  const wire = { proofs: [{ transcript: "AA", signature: { kind: "software", signature: "AA" } }] };
  const count = (statements: number) =>
    DirectoryEntryIn.shape.statements.safeParse(Array.from({ length: statements }, () => wire)).success;
  assert.equal(count(mostStatements - 1), true);
  assert.equal(count(mostStatements), false);
});
