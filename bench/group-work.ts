/** The measured part of `bench/group.ts`. Runs in Node and in the browser, so it knows neither. */
import { CallGroup, createLeafKey, type CredentialHook, type MembershipOptions } from "@signet/e2ee";
import { type Bytes, concatBytes, fromUtf8, toBase64Url, utf8 } from "@signet/protocol";

/** As long as an encoded join proof of a WebAuthn device. */
const credentialBytes = 700;

/** Milliseconds of computing, the median over the runs, and bytes of the messages. */
export interface GroupFigures {
  readonly members: number;
  readonly runs: number;
  /** The initiator makes the group and one Commit that adds all the others. */
  readonly createMs: number;
  /** One of them enters by the Welcome and checks every leaf. */
  readonly joinMs: number;
  /** The first Commit after all have joined at once: no inner key is set yet, so the path goes to every leaf singly. */
  readonly removeFirst: CommitFigures;
  /** When inner keys all over the tree are set, since six members have committed. */
  readonly removeSettled: CommitFigures;
  readonly bytes: { keyPackage: number; addCommit: number; welcome: number; groupInfo: number };
}

interface CommitFigures {
  readonly createMs: number;
  readonly processMs: number;
  readonly bytes: number;
}

/** Reads the user ID and no more: the proofs' signatures are measured by `bench/server.ts`. */
const hook: CredentialHook = async (identity) => ({
  ok: true,
  userId: fromUtf8(identity.subarray(0, 8)) ?? "",
});

async function optionsFor(callId: string, index: number): Promise<MembershipOptions> {
  const identity = concatBytes(
    utf8(`u${String(index).padStart(7, "0")}`),
    new Uint8Array(credentialBytes - 8),
  );
  const callListDigest = () => new Uint8Array(32);
  return { callId, leafKey: await createLeafKey(), identity, hook, callListDigest, nowMs: () => Date.now() };
}

async function timed<T>(task: () => Promise<T>): Promise<[T, number]> {
  const startMs = performance.now();
  const result = await task();
  return [result, performance.now() - startMs];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 10) / 10;
}

async function mustCommit(group: CallGroup, add: Bytes[], remove: number[]) {
  const pending = await group.commit({ add, remove, update: true });
  if (pending.type !== "pending") throw new Error("nothing was committed");
  await pending.accept();
  return pending;
}

async function mustProcess(group: CallGroup, commit: Bytes): Promise<void> {
  const result = await group.process(commit);
  if (result.type !== "advanced") throw new Error(`the Commit was not taken: ${result.type}`);
}

interface OneRun {
  createMs: number;
  joinMs: number;
  first: CommitFigures;
  settled: CommitFigures;
  bytes: GroupFigures["bytes"];
}

async function measureOnce(members: number): Promise<OneRun> {
  const callId = toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
  const own = await optionsFor(callId, 0);
  const joins = await Promise.all(
    Array.from({ length: members - 1 }, async (_, i) =>
      CallGroup.prepareJoin(await optionsFor(callId, i + 1)),
    ),
  );
  const add = joins.map(({ keyPackage }) => keyPackage);
  const [[initiator, adding], createMs] = await timed(async () => {
    const group = await CallGroup.create(own);
    return [group, await mustCommit(group, add, [])] as const;
  });
  const { welcome } = adding;
  const [firstJoin] = joins;
  if (welcome === undefined || firstJoin === undefined) throw new Error("no Welcome");
  const [member, joinMs] = await timed(() => firstJoin.join(welcome));

  const remove = async (leaf: number): Promise<CommitFigures> => {
    const [pending, createMs] = await timed(() => mustCommit(initiator, [], [leaf]));
    const [, processMs] = await timed(() => mustProcess(member, pending.commit));
    return { createMs, processMs, bytes: pending.commit.length };
  };
  // The last leaf leaves first and the one before it later, so that the members between keep their places.
  const first = await remove(members - 1);

  // Members spread over the tree set the inner keys. Four rejoin, which is a Commit and needs no state from before.
  let groupInfo = await initiator.groupInfo();
  for (const part of [0.3, 0.5, 0.7, 0.9]) {
    const leaf = Math.floor(members * part) - 1;
    const entry = await CallGroup.rejoin({ ...(await optionsFor(callId, leaf)), groupInfo });
    await mustProcess(initiator, entry.commit);
    await mustProcess(member, entry.commit);
    groupInfo = await entry.group.groupInfo();
    entry.group.close();
  }
  await mustCommit(initiator, [], []).then(({ commit }) => mustProcess(member, commit));
  await mustCommit(member, [], []).then(({ commit }) => mustProcess(initiator, commit));
  const settled = await remove(members - 2);
  for (const group of [initiator, member]) group.close();
  return {
    createMs,
    joinMs,
    first,
    settled,
    bytes: {
      keyPackage: firstJoin.keyPackage.length,
      addCommit: adding.commit.length,
      welcome: welcome.length,
      groupInfo: groupInfo.length,
    },
  };
}

export async function measureGroup(members: number, runs: number): Promise<GroupFigures> {
  const all: OneRun[] = [];
  for (let i = 0; i < runs; i++) all.push(await measureOnce(members));
  const over = (read: (run: OneRun) => number) => median(all.map(read));
  const commits = (read: (run: OneRun) => CommitFigures): CommitFigures => ({
    createMs: over((run) => read(run).createMs),
    processMs: over((run) => read(run).processMs),
    bytes: over((run) => read(run).bytes),
  });
  return {
    members,
    runs,
    createMs: over((run) => run.createMs),
    joinMs: over((run) => run.joinMs),
    removeFirst: commits((run) => run.first),
    removeSettled: commits((run) => run.settled),
    bytes: {
      keyPackage: over((run) => run.bytes.keyPackage),
      addCommit: over((run) => run.bytes.addCommit),
      welcome: over((run) => run.bytes.welcome),
      groupInfo: over((run) => run.bytes.groupInfo),
    },
  };
}
