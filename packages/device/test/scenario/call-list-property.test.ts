/** Random call lists: in whatever order and portions they come, all have one list, which is that of a model of a few lines. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { extendCallList, foldCallList } from "@signet/device";
import type { CallList, CallStatement, VerifiedProof } from "@signet/device";
import { invitationsOf } from "@signet/protocol";
import fc from "fast-check";

import { listOf, makeCaller, someCallId, text } from "../support/call-lists.ts";
import type { Caller } from "../support/call-lists.ts";

const names = ["alice", "bob", "carol", "dan", "eve"];
let callers: Caller[];
let call: VerifiedProof<"call">;

before(async () => {
  callers = await Promise.all(names.map(makeCaller));
  call = await callers[0]!.call(["bob", "carol"], someCallId);
});

interface Act {
  readonly kind: "invite" | "remove" | "host";
  readonly by: number;
  readonly whom: number;
}

const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("invite" as const, "invite" as const, "remove" as const, "host" as const),
    by: fc.nat(4),
    whom: fc.nat(4),
  }),
  { maxLength: 12 },
);

let atMs = 0;

async function said({ kind, by, whom }: Act, list: CallList): Promise<CallStatement> {
  const [caller, userId] = [callers[by]!, names[whom]!];
  const issuedAtMs = atMs++;
  if (kind === "invite") return caller.says("invite", call, { userIds: [userId], issuedAtMs });
  if (kind === "remove")
    return caller.says("remove", call, {
      userIds: [userId],
      voided: invitationsOf(list, userId),
      issuedAtMs,
    });
  return caller.says("host", call, { previousHost: list.lastHost, nextHost: userId, issuedAtMs });
}

/** The people who may be in, and the host: as one would keep it by hand. All who may be in are in the group. */
interface Model {
  readonly people: ReadonlySet<string>;
  readonly host: string;
}

function after({ people, host }: Model, { kind, by, whom }: Act): Model | undefined {
  const [signer, userId] = [names[by]!, names[whom]!];
  if (!people.has(signer)) return undefined;
  if (kind === "invite") return by === whom ? undefined : { people: new Set([...people, userId]), host };
  if (signer !== host || !people.has(userId) || userId === host) return undefined;
  if (kind === "host") return { people, host: userId };
  return { people: new Set([...people].filter((one) => one !== userId)), host };
}

test("what holds one by one is what the model says, and the whole of it folds alike in any order", async () => {
  await fc.assert(
    fc.asyncProperty(acts, fc.infiniteStream(fc.nat()), async (acts, random) => {
      let list = await listOf(call);
      let model: Model = { people: new Set(list.people), host: "alice" };
      const statements: CallStatement[] = [];
      for (const act of acts) {
        const statement = await said(act, list);
        const next = after(model, act);
        const result = await extendCallList(list, [statement], [...model.people]);
        assert.equal(result.ok, next !== undefined, `${act.kind} of ${act.whom} by ${act.by}`);
        if (!result.ok || next === undefined) continue;
        ({ list } = result);
        model = next;
        statements.push(statement);
        assert.deepEqual(list.people.toSorted(), [...model.people].toSorted());
        assert.equal(list.namedHost, model.host);
      }
      const shuffled = statements
        .map((statement) => ({ statement, at: random.next().value ?? 0 }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ statement }) => statement);
      const again = [...shuffled, ...shuffled.slice(0, 2)];
      assert.deepEqual(await foldCallList(call, again), { ok: true, list });
      // Without any one of them it is another list, or none.
      for (const [i] of shuffled.entries()) {
        const fewer = await foldCallList(call, shuffled.toSpliced(i, 1));
        assert.ok(!fewer.ok || text(fewer.list.digest) !== text(list.digest));
      }
    }),
    { numRuns: 80 },
  );
});

test("what is said at once counts alike in whatever order it is put together, and so do invitations and removals one after the other", async () => {
  await fc.assert(
    fc.asyncProperty(acts, fc.infiniteStream(fc.nat()), async (acts, random) => {
      const first = await listOf(call);
      const roster = first.people;
      const portion: CallStatement[] = [];
      for (const act of acts) {
        const statement = await said(act, first);
        // Each may be said alone; a second host is one too many.
        const isAlone = (await extendCallList(first, [statement], roster)).ok;
        const isSecondHost =
          act.kind === "host" && portion.some(({ transcript }) => transcript.purpose === "host");
        if (isAlone && !isSecondHost) portion.push(statement);
      }
      const order = portion.map((statement) => ({ statement, at: random.next().value ?? 0 }));
      const shuffled = order.toSorted((a, b) => a.at - b.at).map(({ statement }) => statement);
      const whole = await extendCallList(first, portion, roster);
      assert.deepEqual(await extendCallList(first, shuffled, roster), whole);
      if (!whole.ok || portion.some(({ transcript }) => transcript.purpose === "host")) return;
      // Those whose terminals are slow to go are in the group for the moment; so the roster stays.
      let list = first;
      for (const statement of shuffled) {
        const result = await extendCallList(list, [statement], roster);
        const { userId } = statement.transcript;
        // Only who was removed meanwhile says nothing more.
        if (!result.ok) return assert.ok(!list.people.includes(userId), result.code);
        ({ list } = result);
      }
      assert.deepEqual(list, whole.list);
    }),
    { numRuns: 80 },
  );
});
