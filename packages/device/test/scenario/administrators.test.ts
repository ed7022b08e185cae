/** Who may sign for others: named by the server, appointed by one who was, and as far as their own history had it. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { continuationOf, createSoftwareKey, headOf, recoveryCode } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import fc from "fast-check";

import { mostAdministratorSteps } from "../../src/history/administrators.ts";
import {
  HistoryWriter,
  administeredAt,
  assertFold,
  deviceOf,
  fold,
  folded,
  newDevice,
  ownRevocation,
} from "../support/history.ts";
import { hourMs, nowMs } from "../support/people.ts";

const software = (): Promise<SignatureDevice> => createSoftwareKey({ algorithm: "EdDSA" });

let first: SignatureDevice;
let spare: SignatureDevice;

before(async () => {
  [first, spare] = await Promise.all([software(), software()]);
});

const begin = async (userId: string) => HistoryWriter.begin(await software(), userId);

test("the code of a recovery is that of docs/protocol.md, and another one for each key, person and server", async () => {
  const key = Uint8Array.from(
    Buffer.from("MCowBQYDK2VwAyEAQEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8", "base64url"),
  );
  const code = await recoveryCode("http://localhost:8080", "bob", key);
  assert.equal(code, "0823 4116 3296 5156 4249");
  const others = await Promise.all([
    recoveryCode("http://localhost:8081", "bob", key),
    recoveryCode("http://localhost:8080", "bo", key),
    recoveryCode("http://localhost:8080", "bob", first.publicKey),
  ]);
  assert.equal(new Set([code, ...others]).size, 4);
});

/** Somebody revokes alice's only device. */
async function revokedBy(
  administrator: HistoryWriter,
  by = administrator.first,
  signature?: Awaited<ReturnType<HistoryWriter["signature"]>>,
): Promise<HistoryWriter> {
  const own = { ...ownRevocation(first), ...(signature ?? (await administrator.signature())) };
  return (await HistoryWriter.begin(first)).write("revoke-device", own, { by });
}

test("an administrator appoints another, who signs for others from there on, and whose history says by whom", async () => {
  const [ada, ben] = [await begin("ada"), await begin("ben")];
  const administrators = administeredAt([ada, ben], ["ada"]);
  assertFold(await fold((await revokedBy(ben)).history, administrators), "history.administrator", 1);
  const before = await ben.signature();
  await ben.appoint("appoint", ada);
  const person = await folded(ben.history, administrators);
  assert.deepEqual(person.appointments, [
    {
      bySequence: 1,
      atMs: nowMs + hourMs,
      by: { userId: "ada", deviceId: ada.first.deviceId },
      administers: true,
    },
  ]);
  assert.equal(continuationOf(person, { sequence: 0, digest: person.digests[0]! }), "continued");
  await folded((await revokedBy(ben)).history, administrators);
  // Nor by a head of before it.
  assertFold(
    await fold((await revokedBy(ben, ben.first, before)).history, administrators),
    "history.administrator",
    1,
  );
});

test("who was dismissed, or stepped down, signs for nobody any more, also where the server names them; what they signed before stays", async () => {
  for (const named of [["ada"], ["ada", "ben"]])
    for (const isOwn of [false, true]) {
      const [ada, ben] = [await begin("ada"), await begin("ben")];
      const administrators = administeredAt([ada, ben], named);
      await ben.appoint("appoint", ada);
      const earlier = await revokedBy(ben);
      await ben.appoint("dismiss", isOwn ? undefined : ada);
      const { appointments } = await folded(ben.history, administrators);
      assert.deepEqual(
        appointments.map(({ administers, by }) => [administers, by.userId]),
        [
          [true, "ada"],
          [false, isOwn ? "ben" : "ada"],
        ],
      );
      assertFold(await fold((await revokedBy(ben)).history, administrators), "history.administrator", 1);
      await folded(earlier.history, administrators);
      await ben.appoint("appoint", ada);
      await folded((await revokedBy(ben)).history, administrators);
    }
});

test("an appointment is made once, a dismissal too: history.appointed, history.dismissed", async () => {
  const [ada, ben] = [await begin("ada"), await begin("ben")];
  const administrators = administeredAt([ada, ben], ["ada"]);
  await ben.appoint("appoint", ada);
  await ben.appoint("appoint", ada);
  assertFold(await fold(ben.history, administrators), "history.appointed", 2);
  ben.statements.pop();
  await ben.appoint("dismiss", ada);
  await ben.appoint("dismiss", undefined);
  assertFold(await fold(ben.history, administrators), "history.dismissed", 3);
});

test("whoever is appointed by nobody who administers does not administer: by oneself, a stranger, or each other", async () => {
  const [ada, ben, cleo] = [await begin("ada"), await begin("ben"), await begin("cleo")];
  const administrators = administeredAt([ada, ben, cleo], ["ada"]);
  await ben.appoint("appoint", cleo);
  await cleo.appoint("appoint", ben);
  for (const writer of [ben, cleo]) {
    assertFold(await fold(writer.history, administrators), "history.administrator", 1);
    assertFold(await fold((await revokedBy(writer)).history, administrators), "history.administrator", 1);
  }
  const dan = await begin("dan");
  await dan.write("appoint", await dan.signature(), {});
  assertFold(await fold(dan.history, administrators), "history.administrator", 1);
});

test("a word rests on so many others' words and on no more, whatever was asked for before", async () => {
  let last = await HistoryWriter.begin(first, "a0");
  const chain = [last];
  for (let i = 1; i <= mostAdministratorSteps + 1; i++) {
    last = await (await HistoryWriter.begin(first, `a${i}`)).appoint("appoint", last);
    chain.push(last);
  }
  const heads = await Promise.all(chain.map((writer) => writer.head()));
  const [longest, most] = [mostAdministratorSteps + 1, mostAdministratorSteps];
  const [anew, asked] = [administeredAt(chain, ["a0"]), administeredAt(chain, ["a0"])];
  assert.ok((await asked(`a${most}`, heads[most]!)) !== undefined);
  for (const administrators of [anew, asked])
    assert.equal(await administrators(`a${longest}`, heads[longest]!), undefined);
  // Side by side, the nearer one is found though the one from further away ends before it.
  const together = administeredAt(chain, ["a0"]);
  const both = await Promise.all([longest, most].map((i) => together(`a${i}`, heads[i]!)));
  assert.deepEqual(
    both.map((devices) => devices?.length),
    [undefined, 1],
  );
});

test("what was signed for one person is nothing in the history of another, nor in the same one at another place", async () => {
  const [ada, ben] = [await begin("ada"), await begin("ben")];
  const administrators = administeredAt([ada, ben], ["ada"]);
  const revoked = await revokedBy(ada);
  await ben.appoint("appoint", ada);
  const [forAlice, forBen] = [revoked.statements[0]!, ben.statements[0]!];
  const alice = await HistoryWriter.begin(first);
  for (const statement of [forBen, forAlice]) {
    const result = await fold({ ...alice.history, statements: [statement] }, administrators);
    assert.equal(!result.ok && result.code, statement === forBen ? "proof.user" : "history.previous");
  }
  await revoked.recover(await software(), ada);
  const [, recovery] = revoked.statements;
  const swapped = { ...revoked.history, statements: [recovery!, forAlice] };
  assertFold(await fold(swapped, administrators), "history.sequence", 1);
});

test("an administrator's device counts as far as their own history had it: not one that was revoked before", async () => {
  const ada = await begin("ada");
  const administrators = administeredAt([ada], ["ada"]);
  await ada.add(spare);
  await folded((await revokedBy(ada, spare)).history, administrators);
  await ada.revoke(spare);
  assertFold(await fold((await revokedBy(ada, spare)).history, administrators), "history.deviceUnknown", 1);
  assertFold(
    await fold(
      (await revokedBy(ada, spare, { administrator: "ada", administratorHead: new Uint8Array(32) })).history,
      administrators,
    ),
    "history.administrator",
    1,
  );
});

test("administrators who sign for each other: each history is read no further than it is named", async () => {
  const [ada, ben] = [await begin("ada"), await begin("ben")];
  const administrators = administeredAt([ada, ben], ["ada", "ben"]);
  const [adas, bens] = [await software(), await software()];
  await ada.add(adas);
  await ben.add(bens);
  const deviceNow = await software();
  await ada.recover(deviceNow, ben);
  await ben.write(
    "revoke-device",
    { ...ownRevocation(bens), ...(await ada.signature()) },
    {
      by: deviceNow,
    },
  );
  const [one, other] = await Promise.all([
    fold(ada.history, administrators),
    fold(ben.history, administrators),
  ]);
  assert.ok(one.ok && other.ok);
  assert.deepEqual(one.person.recoveries, [2]);
  // Recovered by another administrator, and administering still: whoever recovers could have appointed as well.
  const adaNow = one.person.devices.at(-1)!;
  assert.equal(deviceOf(one.person, adas).revoked?.by.userId, "ben");
  assert.equal(adaNow.addedBy?.userId, "ben");
  assertFold(await fold((await revokedBy(ada, adas)).history, administrators), "history.deviceUnknown", 1);
});

/** Of random acts of three people for each other, against a model that knows who administers and whose devices count. */
test("of random acts by administrators only those of who administers fold", async () => {
  const names = ["ada", "ben", "cleo"] as const;
  type Name = (typeof names)[number];
  const acts = fc.array(
    fc.record({
      kind: fc.constantFrom("appoint" as const, "dismiss" as const, "recover" as const, "rename" as const),
      by: fc.constantFrom(...names),
      of: fc.constantFrom(...names),
      /** By the device that the administrator had at first, which may count no more. */
      isStale: fc.boolean(),
    }),
    { maxLength: 8 },
  );
  const pool = await Promise.all(Array.from({ length: 11 }, software));
  await fc.assert(
    fc.asyncProperty(acts, async (acts) => {
      const writers = new Map<Name, HistoryWriter>();
      for (const [i, name] of names.entries()) writers.set(name, await HistoryWriter.begin(pool[i]!, name));
      const device = new Map<Name, SignatureDevice>(names.map((name, i) => [name, pool[i]!]));
      const last = new Map<Name, boolean>();
      const administrators = administeredAt([...writers.values()], ["ada"]);
      let spares = names.length;
      for (const { kind, by, of, isStale } of acts) {
        const [writer, signer] = [writers.get(of)!, writers.get(by)!];
        const [own, brought] = [device.get(by)!, pool[spares]!];
        const key = isStale ? signer.first : own;
        const isAdministrator = last.get(by) ?? by === "ada";
        const counts = key === own;
        let may: boolean;
        if (kind === "rename") {
          await writer.rename("Name", undefined, key);
          may = by === of && counts;
        } else if (kind === "recover") {
          const fields = { ...(await newDevice(brought)), ...(await signer.signature()) };
          await writer.write("recover", fields, { by: key, second: brought });
          may = by !== of && isAdministrator && counts;
        } else {
          const isOwn = by === of && kind === "dismiss";
          await writer.appoint(kind, isOwn ? undefined : signer, key);
          may = counts && last.get(of) !== (kind === "appoint") && (isOwn || (by !== of && isAdministrator));
        }
        const result = await fold(writer.history, administrators);
        assert.equal(result.ok, may, `${kind} of ${of} by ${by}${isStale ? "'s first" : ""}`);
        if (!result.ok) {
          assert.equal(result.sequence, writer.statements.length);
          writer.statements.pop();
          continue;
        }
        if (kind === "recover") {
          device.set(of, brought);
          spares++;
        } else if (kind !== "rename") last.set(of, kind === "appoint");
        assert.deepEqual(headOf(result.person), await writer.head());
      }
      // What held once holds for ever, to somebody who reads it all anew.
      const anew = administeredAt([...writers.values()], ["ada"]);
      for (const writer of writers.values()) await folded(writer.history, anew);
    }),
    { numRuns: 40 },
  );
});
