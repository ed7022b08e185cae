/** Entries of the log: all that is signed of a history comes back, and nothing else is an entry. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { encodeFields, encodeStatement, FieldReader, u64, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import {
  decodeLogEntry,
  encodeLogEntry,
  historyOf,
  leafHash,
  logEntryOf,
  mostEntryBytes,
} from "../../src/index.ts";
import type { LogEntry } from "../../src/index.ts";
import { eachFlipped, toHex } from "../support/bytes.ts";
import {
  added,
  alice,
  history,
  ofAnotherPurpose,
  ofBob,
  renamed,
  software,
  webauthn,
} from "../support/histories.ts";

const entries = [0, 1, 2].map((sequence) => logEntryOf(history, sequence));
const [registration, rename, addition] = entries as [LogEntry, LogEntry, LogEntry];

function fieldsOf(bytes: Bytes): Bytes[] {
  const reader = new FieldReader(bytes, 0);
  const fields: Bytes[] = [];
  while (!reader.atEnd) fields.push(reader.field() ?? assert.fail());
  return fields;
}
const nameAt = (fields: readonly Bytes[], name: string): number =>
  fields.findIndex((field) => toHex(field) === toHex(utf8(name)));

describe("an entry of the log", () => {
  test("has the bytes that an independent encoder gives", () => {
    assert.equal(
      toHex(leafHash(encodeLogEntry(registration))),
      "2d028873ae9d9ed321e8562d5c43b6e370ea7f3fbb9cdebcda5059612a1222e7",
    );
    assert.equal(
      toHex(leafHash(encodeLogEntry(rename))),
      "05c253a2cba34b84d486bda2b76d69ebf240965fd018a7b1410d9bb4a48ee50a",
    );
  });

  test("is read as it was written", () => {
    for (const entry of entries) assert.deepEqual(decodeLogEntry(encodeLogEntry(entry)), entry);
  });

  test("makes the history again, without certificates, handles of devices and attestations", () => {
    const { attestation: _attested, certificates: _withheld, credentialId: _handle, ...rest } = history;
    const statements = history.statements.map(({ proofs }) => ({ proofs }));
    assert.deepEqual(historyOf(entries), { ...rest, statements });
    const { registration: facts } = registration;
    assert.equal(facts?.certificatesDigest?.length, 32);
  });

  test("is no longer than a bundle takes, however large its parts are", () => {
    const fill = (length: number) => new Uint8Array(length).fill(1);
    const longest = software({ ...added(1), newDeviceName: "n".repeat(16_384) });
    const transcript = longest.transcript.slice(0, 16_384);
    const proof = {
      transcript,
      signature: {
        kind: "webauthn",
        authenticatorData: fill(1024),
        clientDataJson: fill(2048),
        signature: fill(1024),
      },
    } as const;
    const entry = { userId: alice, sequence: 1, proofs: [proof, proof] };
    const facts = {
      algorithm: "ES256",
      kind: "webauthn",
      registeredAtMs: 1,
      userVerification: true,
    } as const;
    const bytes = encodeLogEntry({ ...entry, registration: { ...facts, certificatesDigest: fill(32) } });
    assert.ok(bytes.length < 45_000 && bytes.length < mostEntryBytes, String(bytes.length));
  });

  test("of a place that the history does not have is none", () => {
    assert.throws(() => logEntryOf(history, 3), RangeError);
  });
});

describe("what is no entry", () => {
  const none = (bytes: Bytes, why?: string): void => assert.equal(decodeLogEntry(bytes), undefined, why);
  /** None, or one that says something else: without what may stand beside a statement it is still one. */
  const isAnother = (bytes: Bytes, entry: LogEntry, why?: string): void => {
    const read = decodeLogEntry(bytes);
    if (read === undefined) return;
    assert.notDeepEqual(read, entry, why);
    assert.deepEqual(encodeLogEntry(read), bytes, why);
  };
  const changedFields = (entry: LogEntry, change: (fields: Bytes[]) => void): Bytes => {
    const fields = fieldsOf(encodeLogEntry(entry));
    change(fields);
    return encodeFields(fields);
  };

  test("is one that is cut off, goes on, or says something twice or in another order", () => {
    for (const entry of entries) {
      const bytes = encodeLogEntry(entry);
      for (let length = 0; length < bytes.length; length++) isAnother(bytes.slice(0, length), entry);
      none(Uint8Array.of(...bytes, 0));
      none(changedFields(entry, (fields) => fields.push(utf8("more"), utf8("more"))));
      none(changedFields(entry, (fields) => fields.push(utf8("more"))));
    }
    none(changedFields(registration, (fields) => fields.push(...fields.slice(4, 6))));
    none(
      changedFields(registration, (fields) =>
        fields.splice(4, 4, ...fields.slice(6, 8), ...fields.slice(4, 6)),
      ),
    );
    none(new Uint8Array());
  });

  test("is never two of the same bytes: with one bit changed it is none, or says something else", () => {
    for (const entry of entries)
      for (const [bit, bytes] of eachFlipped(encodeLogEntry(entry)).entries()) {
        isAnother(bytes, entry, `bit ${bit}`);
      }
  });

  test("is one of another person or place than was signed, and one of no statement of a history", () => {
    none(encodeLogEntry({ ...rename, proofs: [ofBob] }));
    none(encodeLogEntry({ ...rename, userId: "bob" as typeof alice }));
    none(encodeLogEntry({ ...rename, sequence: 2 }));
    none(encodeLogEntry({ ...rename, proofs: [ofAnotherPurpose] }));
    none(encodeLogEntry({ ...registration, sequence: 1 }));
    none(
      encodeLogEntry({
        ...rename,
        sequence: 0,
        proofs: [software(renamed(0))],
        registration: registration.registration!,
      }),
    );
    none(encodeLogEntry({ ...rename, registration: registration.registration! }));
    const { registration: _, ...bare } = registration;
    none(encodeLogEntry(bare));
    const [proof] = registration.proofs;
    none(encodeLogEntry({ ...registration, proofs: [proof!, proof!] }));
    const guest = "~abcdefghijklmnopqrstuvwxyz" as typeof alice;
    const ofGuest = software({ ...renamed(1), userId: guest });
    none(encodeLogEntry({ ...rename, userId: guest, proofs: [ofGuest] }));
    none(encodeLogEntry({ ...rename, proofs: [{ ...ofBob, transcript: utf8("no transcript") }] }));
  });

  test("is one with a label, a proof or something beside it of another form", () => {
    none(changedFields(rename, (fields) => fields.splice(0, 1, utf8("signet/log-entry/v2"))));
    none(changedFields(rename, (fields) => fields.splice(1, 1, utf8("Alice"))));
    none(changedFields(rename, (fields) => fields.splice(2, 1, u64(1).slice(1))));
    none(changedFields(rename, (fields) => fields.splice(3, 1, encodeStatement([]))));
    const put = (name: string, value: Bytes): Bytes =>
      changedFields(registration, (fields) => fields.splice(nameAt(fields, name) + 1, 1, value));
    none(put("algorithm", utf8("HS256")));
    none(put("kind", utf8("terminal")));
    none(put("registeredAtMs", new Uint8Array(8).fill(255)));
    none(put("userVerification", Uint8Array.of(2)));
    none(put("userVerification", Uint8Array.of(1, 0)));
    none(put("certificates", new Uint8Array(31)));
    none(put("certificates", new Uint8Array()));
    for (const name of ["attestation", "credentialId"])
      none(changedFields(registration, (fields) => fields.splice(4, 0, utf8(name), new Uint8Array(16))));
    for (const name of ["algorithm", "kind", "registeredAtMs", "userVerification"])
      none(
        changedFields(registration, (fields) => fields.splice(nameAt(fields, name), 2)),
        name,
      );
  });

  test("is no part of a history in another place, or of another person", () => {
    assert.equal(historyOf([]), undefined);
    assert.equal(historyOf([rename]), undefined);
    assert.equal(historyOf([registration, addition]), undefined);
    assert.equal(historyOf([registration, rename, rename]), undefined);
    assert.equal(historyOf([registration, { ...rename, userId: "bob" as typeof alice }]), undefined);
    const [proof] = registration.proofs;
    assert.equal(historyOf([{ ...registration, proofs: [] }]), undefined);
    assert.equal(historyOf([{ ...registration, proofs: [webauthn(renamed(0))] }]), undefined);
    assert.ok(proof !== undefined && historyOf([registration]) !== undefined);
  });
});
