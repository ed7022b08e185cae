/** How long a history may become, in statements and in bytes: nobody fills the room that it takes to be rid of a device. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { certificatesDigest, createSoftwareKey, foldHistory, mostDevices, sha256 } from "@signet/device";
import type { FoldResult, HistoryPurpose, Person, SignatureDevice } from "@signet/device";
import {
  administratorsHistoryBytes,
  administratorsStatements,
  commonHistoryBytes,
  commonStatements,
  encodeTranscript,
  historyBytesAnew,
  mostHistoryBytes,
  mostStatements,
  revocationBytes,
  statementBytes,
  statementsAnew,
  toBase64Url,
  utf8,
} from "@signet/protocol";
import type { DirectoryEntryIn, StatementIn, Transcript } from "@signet/protocol";
import fc from "fast-check";

import { hasRoomFor } from "../../src/history/room.ts";
import type { HistorySize } from "../../src/history/room.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import type { TestAuthenticator } from "../support/authenticator.ts";
import {
  HistoryWriter,
  administeredBy,
  assertFold,
  folded,
  newDevice,
  ownRevocation,
} from "../support/history.ts";
import { serverOrigin } from "../support/people.ts";

const software = (): Promise<SignatureDevice> => createSoftwareKey({ algorithm: "ES256" });

let first: SignatureDevice;
let second: SignatureDevice;
let added: SignatureDevice;
let admin: HistoryWriter;
let adminPerson: Person;

before(async () => {
  [first, second, added] = await Promise.all([
    createAuthenticator("ES256", serverOrigin),
    software(),
    software(),
  ]);
  admin = await HistoryWriter.begin(await software(), "admin");
  adminPerson = await folded(admin.history);
});

/** As far as each history held before. */
const known = new WeakMap<HistoryWriter, Person>();

async function foldWith(writer: HistoryWriter, ...more: readonly StatementIn[]): Promise<FoldResult> {
  const administratorDevices = administeredBy(adminPerson);
  const foldOf = (history: DirectoryEntryIn) =>
    foldHistory(history, { serverOrigin, administratorDevices, known: known.get(writer) });
  const { history } = writer;
  const written = await foldOf(history);
  if (!written.ok) return written;
  known.set(writer, written.person);
  return foldOf({ ...history, statements: [...history.statements, ...more] });
}

async function assertFull(writer: HistoryWriter, statement: StatementIn): Promise<void> {
  assertFold(await foldWith(writer, statement), "history.full", writer.statements.length + 1);
}

async function assertRoom(writer: HistoryWriter, statement: StatementIn): Promise<void> {
  const result = await foldWith(writer, statement);
  assert.ok(result.ok, result.ok ? "" : result.code);
}

const bytesOf = ({ statements }: HistoryWriter): number =>
  statements.reduce((sum, statement) => sum + statementBytes(statement), 0);

/** @param bytes of its certificates, which nobody validates here */
async function certify(writer: HistoryWriter, by: SignatureDevice, bytes: number): Promise<StatementIn> {
  const sizes = Array.from({ length: Math.ceil(bytes / 4096) }, (_, i) => Math.min(4096, bytes - i * 4096));
  const certificates = sizes.map((size) => new Uint8Array(size).fill(7));
  const own = { certificatesDigest: await certificatesDigest(certificates) };
  return writer.make("certify", own, { by, beside: { certificates } });
}

/** Writes until so many bytes are taken, to the last one. */
async function fillTo(writer: HistoryWriter, by: SignatureDevice, bytes: number): Promise<void> {
  const plain = statementBytes(await certify(writer, by, 1)) - 1;
  while (bytes - bytesOf(writer) > 16_000) writer.statements.push(await certify(writer, by, 8_000));
  writer.statements.push(await certify(writer, by, bytes - bytesOf(writer) - plain));
  assert.equal(bytesOf(writer), bytes);
}

/** With all that an authenticator's own program may add to what is signed. */
const padded = (key: TestAuthenticator): SignatureDevice => ({
  ...key,
  sign: async (transcript) => {
    const challenge = toBase64Url(await sha256(encodeTranscript(transcript)));
    const said = { type: "webauthn.get", challenge, origin: serverOrigin, crossOrigin: false, more: "" };
    const more = "x".repeat(2_048 - JSON.stringify(said).length);
    // One CBOR map of a text to a byte string.
    const extensions = new Uint8Array(1_024 - 37);
    extensions.set([0xa1, 0x61, 0x78, 0x59, (extensions.length - 6) >> 8, (extensions.length - 6) & 0xff]);
    const distortion = { flags: 0x85, afterAuthenticatorData: extensions };
    return key
      .distorted({ ...distortion, clientDataJson: utf8(JSON.stringify({ ...said, more })) })
      .sign(transcript);
  },
});

const recovery = async (
  writer: HistoryWriter,
  next: SignatureDevice,
  beside: Partial<StatementIn> = {},
): Promise<StatementIn> =>
  writer.make(
    "recover",
    { ...(await newDevice(next)), ...(await admin.signature()) },
    { by: admin.first, second: next, beside },
  );

test("names and devices do not fill the room that revocations and recoveries need: history.full", async () => {
  const writer = await HistoryWriter.begin(first);
  await writer.add(second);
  while (writer.statements.length < commonStatements - 2) await writer.rename("Al", undefined, second);
  await assertRoom(writer, await writer.make("rename", { renamedDeviceId: "", name: "Al" }));
  await writer.rename("Al", undefined, second);
  const certificates = [Uint8Array.of(1)];
  const named = { certificatesDigest: await certificatesDigest(certificates) };
  for (const statement of [
    await writer.make("add-device", await newDevice(added), { second: added }),
    await writer.make("rename", { renamedDeviceId: "", name: "Al" }),
    await writer.make("certify", named, { by: second, beside: { certificates } }),
    await writer.make("appoint", await admin.signature(), { by: admin.first }),
  ])
    await assertFull(writer, statement);
  for (const statement of [
    await writer.make("revoke-device", ownRevocation(second)),
    await recovery(writer, added),
    await writer.make("dismiss", await admin.signature(), { by: admin.first }),
  ])
    await assertRoom(writer, statement);
  // Whoever was recovered goes on for so many more.
  writer.statements.push(await recovery(writer, added));
  const until = writer.statements.length + statementsAnew;
  while (writer.statements.length < until) await writer.rename("Al", undefined, added);
  await folded(writer.history, administeredBy(adminPerson));
  await assertFull(writer, await writer.make("rename", { renamedDeviceId: "", name: "Al" }, { by: added }));
});

test(`of ${mostStatements} statements the last is an administrator's at most: history.full`, async () => {
  const writer = await HistoryWriter.begin(await software());
  while (writer.statements.length < commonStatements - 1) await writer.rename("Al");
  while (writer.statements.length < mostStatements - 1) await writer.recover(await software(), admin);
  assert.ok((await foldWith(writer)).ok);
  await writer.recover(await software(), admin);
  assertFold(await foldWith(writer), "history.full", mostStatements);
});

test("names and devices go on for so many bytes, and after a recovery for so many more", async () => {
  const [key, extra, next] = [await software(), await software(), await software()];
  const writer = await HistoryWriter.begin(key);
  await writer.add(extra);
  await fillTo(writer, key, commonHistoryBytes - 1_000);
  const plain = statementBytes(await certify(writer, key, 1)) - 1;
  await assertFull(writer, await certify(writer, key, 1_001 - plain));
  writer.statements.push(await certify(writer, key, 1_000 - plain));
  await assertRoom(writer, await writer.make("revoke-device", ownRevocation(extra)));
  await assertFull(writer, await writer.make("add-device", await newDevice(added), { second: added }));

  writer.statements.push(await recovery(writer, next));
  await fillTo(writer, next, bytesOf(writer) + historyBytesAnew - 1_000);
  await assertFull(writer, await certify(writer, next, 1_001 - plain));
  await assertRoom(writer, await certify(writer, next, 1_000 - plain));
});

test("where the history was short, a recovery takes nothing of the room for names and devices", async () => {
  const [key, next] = [await software(), await software()];
  const writer = await HistoryWriter.begin(key);
  writer.statements.push(await recovery(writer, next));
  await fillTo(writer, next, commonHistoryBytes);
  await folded(writer.history, administeredBy(adminPerson));
});

test("a thief who writes as much as goes is revoked by the person, and administrators recover them many times", async () => {
  const [owner, thief] = await Promise.all([
    createAuthenticator("ES256", serverOrigin),
    createAuthenticator("ES256", serverOrigin),
  ]);
  const writer = await HistoryWriter.begin(owner);
  await writer.add(thief);
  const others: SignatureDevice[] = [];
  for (let i = 2; i < mostDevices; i++) {
    const other = await software();
    await writer.add(other, thief);
    others.push(other);
  }
  await fillTo(writer, others[0]!, commonHistoryBytes);
  for (const other of others)
    await writer.write("revoke-device", ownRevocation(other), { by: padded(thief) });
  await writer.write("revoke-device", ownRevocation(thief), { by: padded(owner) });
  await folded(writer.history, administeredBy(adminPerson));

  // The next thief has whatever the person was recovered with, and spares nothing.
  let recoveries = 0;
  for (; recoveries < 12; recoveries++) {
    const next = await createAuthenticator("ES256", serverOrigin);
    const statement = await recovery(writer, next);
    await assertRoom(writer, statement);
    writer.statements.push(statement);
    for (let hasRoom = true; hasRoom;) {
      const name = await writer.make("rename", { renamedDeviceId: "", name: "Al" }, { by: padded(next) });
      hasRoom = (await foldWith(writer, name)).ok;
      if (hasRoom) writer.statements.push(name);
    }
  }
  // The key handle beside a recovery, which is not signed, makes it as long as there is room for.
  const key = () => createAuthenticator("EdDSA", serverOrigin);
  const least = statementBytes(await recovery(writer, await key(), { credentialId: new Uint8Array() }));
  while (mostHistoryBytes - bytesOf(writer) >= 2 * least)
    writer.statements.push(await recovery(writer, await key(), { credentialId: new Uint8Array() }));
  const last = await key();
  const spare = mostHistoryBytes - bytesOf(writer) - least;
  await assertRoom(writer, await recovery(writer, last, { credentialId: new Uint8Array(spare) }));
  await assertFull(writer, await recovery(writer, last, { credentialId: new Uint8Array(spare + 1) }));
});

test("what a device keeps free is enough for the longest revocation, a person's or an administrator's", () => {
  const digest = new Uint8Array(32);
  const id = toBase64Url(new Uint8Array(16));
  const transcript = encodeTranscript({
    purpose: "revoke-device",
    serverOrigin: `https://${"x".repeat(253)}:65535`,
    userId: "u".repeat(32),
    deviceId: id,
    issuedAtMs: Date.now(),
    sequence: mostStatements,
    previous: digest,
    serverChallenge: digest,
    revokedDeviceId: id,
    why: "replaced",
    administrator: "a".repeat(32),
    administratorHead: digest,
  });
  const longest = {
    authenticatorData: new Uint8Array(1_024),
    clientDataJson: new Uint8Array(2_048),
    // RSA with 8192 bits.
    signature: new Uint8Array(1_024),
  };
  const proof = { transcript, signature: { kind: "webauthn", ...longest } } as const;
  assert.ok(statementBytes({ proofs: [proof] }) <= revocationBytes);
});

test("each kind of statement goes as far as those leave room that may need it, and no further", () => {
  const forOthers = {
    statements: mostStatements - administratorsStatements,
    bytes: mostHistoryBytes - administratorsHistoryBytes,
  };
  // Of three devices each keeps its own, and a dismissal by an administrator one more.
  const rows: readonly (readonly [HistoryPurpose, "own" | "administrator", number])[] = [
    ["rename", "own", 4],
    ["certify", "own", 4],
    ["add-device", "own", 5],
    ["appoint", "administrator", 4],
    ["revoke-device", "own", 2],
    ["dismiss", "own", 3],
  ];
  for (const [purpose, by, kept] of rows) {
    const most = {
      statements: forOthers.statements - kept,
      bytes: forOthers.bytes - kept * revocationBytes,
    };
    const goes = (statements: number, bytes: number): boolean => {
      const before = { statements: statements - 1, bytes: bytes - 1 };
      const sizes = Array.from({ length: statements - 1 }, () => before);
      const book = new Book(sizes, 3, [sizes.length - 1]);
      return book.with(purpose, by === "administrator", 1) !== undefined;
    };
    assert.equal(goes(most.statements, most.bytes), true, purpose);
    assert.equal(goes(most.statements + 1, most.bytes), false, `${purpose}: statements`);
    assert.equal(goes(most.statements, most.bytes + 1), false, `${purpose}: bytes`);
  }
});

test("of random writings none takes the room for a revocation by the person, or for recoveries by administrators", () => {
  const longestRecovery = 10_900;
  const purposes = [
    ...(["add-device", "revoke-device", "rename", "certify", "dismiss", "appoint"] as const),
    ...(["recover", "recover"] as const),
  ];
  const burst = fc.record({
    purpose: fc.constantFrom<HistoryPurpose>(...purposes),
    isAdministrators: fc.constantFrom(false, false, true),
    bytes: fc.constantFrom(1, 300, 1_500, 4_500, revocationBytes),
    times: fc.constantFrom(1, 15, 250),
  });
  fc.assert(
    fc.property(fc.array(burst, { minLength: 10, maxLength: 30 }), (bursts) => {
      let book = new Book();
      let administers = true;
      for (const { purpose, isAdministrators, bytes, times } of bursts) {
        const isOnce = purpose === "recover" || purpose === "appoint" || purpose === "dismiss";
        if (isOnce && purpose !== "recover") {
          if (administers === (purpose === "appoint")) continue;
          administers = purpose === "appoint";
        }
        const before = book;
        for (let i = 0; i < (isOnce ? 1 : times); i++)
          book = book.with(purpose, isAdministrators || purpose === "recover", bytes) ?? book;
        if (book === before && isOnce) administers = purpose === "dismiss" ? true : administers;

        // What was refused wrote nothing.
        if (book === before) continue;
        let left: Book | undefined = book;
        while (left !== undefined && left.counting > 1)
          left = left.with("revoke-device", false, revocationBytes);
        assert.notEqual(left, undefined, "each device but the last is revoked by the person's own");
        if (isAdministrators || purpose === "recover") continue;
        // What administrators themselves wrote since nobody else could is theirs.
        for (let i = 0; i < Math.floor(administratorsHistoryBytes / longestRecovery); i++)
          left = left?.with("recover", true, longestRecovery);
        assert.notEqual(left, undefined, "and an administrator recovers them");
      }
    }),
    { numRuns: 80 },
  );
});

/** A history as its sizes alone tell it. */
class Book {
  readonly counting: number;
  readonly #sizes: readonly HistorySize[];
  readonly #recoveries: readonly number[];

  constructor(
    sizes: readonly HistorySize[] = [{ statements: 1, bytes: 0 }],
    counting = 1,
    recoveries: readonly number[] = [],
  ) {
    this.#sizes = sizes;
    this.counting = counting;
    this.#recoveries = recoveries;
  }

  with(purpose: HistoryPurpose, isAdministrators: boolean, bytes: number): Book | undefined {
    const [counting, recoveries, sizes] = [this.counting, this.#recoveries, this.#sizes];
    const last = sizes.at(-1)!;
    const next = [...sizes, { statements: last.statements + 1, bytes: last.bytes + bytes }];
    const transcript = { purpose, administrator: isAdministrators ? "admin" : "" } as unknown;
    const devices = Array.from({ length: counting }, () => ({}));
    const person = { devices, digests: sizes, recoveries } as unknown as Person;
    if (purpose === "add-device" && counting === mostDevices) return undefined;
    if (purpose === "revoke-device" && counting === 1) return undefined;
    if (!hasRoomFor(transcript as Transcript<HistoryPurpose>, person, next)) return undefined;
    const after = { "add-device": counting + 1, "revoke-device": counting - 1, recover: 1 };
    return new Book(
      next,
      after[purpose as keyof typeof after] ?? counting,
      purpose === "recover" ? [...recoveries, sizes.length] : recoveries,
    );
  }
}
