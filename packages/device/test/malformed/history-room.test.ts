/** How long a history may become, in statements and in bytes: nobody fills the room that it takes to be rid of a device. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { certificatesDigest, createSoftwareKey } from "@signet/device";
import type { Person, SignatureDevice } from "@signet/device";
import {
  mostHistoryBytes,
  mostStatements,
  reservedHistoryBytes,
  reservedStatements,
  statementBytes,
} from "@signet/protocol";
import type { StatementIn } from "@signet/protocol";

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

test("names and devices do not fill the room that revocations and recoveries need: history.full", async () => {
  const writer = await HistoryWriter.begin(first);
  await writer.add(second);
  const room = mostStatements - reservedStatements;
  while (writer.statements.length < room - 1) await writer.rename("Al", undefined, second);
  const withOne = (statement: StatementIn) => ({
    ...writer.history,
    statements: [...writer.statements, statement],
  });
  const administrators = administeredBy(adminPerson);
  const certificates = [Uint8Array.of(1)];
  const named = { certificatesDigest: await certificatesDigest(certificates) };
  for (const statement of [
    await writer.make("add-device", await newDevice(added), { second: added }),
    await writer.make("rename", { renamedDeviceId: "", name: "Al" }),
    await writer.make("certify", named, { by: second, beside: { certificates } }),
    await writer.make("appoint", await admin.signature(), { by: admin.first }),
  ])
    assertFold(await fold(withOne(statement)), "history.full", room);
  const recovery = { ...(await newDevice(added)), ...(await admin.signature()) };
  for (const statement of [
    await writer.make("revoke-device", ownRevocation(second)),
    await writer.make("recover", recovery, { by: admin.first, second: added }),
    await writer.make("dismiss", await admin.signature(), { by: admin.first }),
  ]) {
    const result = await fold(withOne(statement), administrators);
    assert.ok(result.ok, result.ok ? "" : result.code);
  }
});

test(`of ${mostStatements} statements the last is a recovery at most: history.full`, async () => {
  const writer = await HistoryWriter.begin(await software());
  while (writer.statements.length < mostStatements - reservedStatements - 1) await writer.rename("Al");
  while (writer.statements.length < mostStatements - 1) await writer.recover(await software(), admin);
  const administrators = administeredBy(adminPerson);
  assert.ok((await fold(writer.history, administrators)).ok);
  await writer.recover(await software(), admin);
  assertFold(await fold(writer.history, administrators), "history.full", mostStatements);
});

test("a history has room for so many bytes, and names and devices leave room for revocations and recoveries", async () => {
  const [key, extra] = [await software(), await software()];
  const writer = await HistoryWriter.begin(key);
  await writer.add(extra);
  const certify = async (bytes: number) => {
    const sizes = Array.from({ length: Math.ceil(bytes / 4096) }, (_, i) => Math.min(4096, bytes - i * 4096));
    const certificates = sizes.map((size) => new Uint8Array(size).fill(7));
    const own = { certificatesDigest: await certificatesDigest(certificates) };
    return writer.make("certify", own, { beside: { certificates } });
  };
  const bytesNow = () => writer.statements.reduce((sum, statement) => sum + statementBytes(statement), 0);
  const plain = statementBytes(await certify(1)) - 1;
  const room = mostHistoryBytes - reservedHistoryBytes;
  while (room - bytesNow() > 12_000) writer.statements.push(await certify(8_000));
  const left = room - bytesNow() - plain;
  const foldWith = async (statement: StatementIn) =>
    fold({ ...writer.history, statements: [...writer.statements, statement] }, administeredBy(adminPerson));
  assertFold(await foldWith(await certify(left + 1)), "history.full", writer.statements.length + 1);
  writer.statements.push(await certify(left));
  assert.equal(bytesNow(), room);
  await folded(writer.history);
  for (const statement of [
    await writer.make("rename", { renamedDeviceId: "", name: "A" }),
    await writer.make("add-device", await newDevice(added), { second: added }),
  ])
    assertFold(await foldWith(statement), "history.full", writer.statements.length + 1);
  const revocation = await writer.make("revoke-device", ownRevocation(extra));
  assert.ok((await foldWith(revocation)).ok, "what takes away has room");
  // The key handle beside a recovery, which is not signed, makes it as long as there is room for.
  const recovery = async (keyHandleBytes: number): Promise<StatementIn> => {
    const next = await software();
    const own = { ...(await newDevice(next)), ...(await admin.signature()) };
    const beside = { credentialId: new Uint8Array(keyHandleBytes) };
    return writer.make("recover", own, { by: admin.first, second: next, beside });
  };
  const least = statementBytes(await recovery(0));
  while (mostHistoryBytes - bytesNow() >= 2 * least) writer.statements.push(await recovery(0));
  const spare = mostHistoryBytes - bytesNow() - least;
  assert.ok((await foldWith(await recovery(spare))).ok);
  assertFold(await foldWith(await recovery(spare + 1)), "history.full", writer.statements.length + 1);
});
