/** The committer's side of a call, without a server: a group of one, and people who wait for admission. */
import assert from "node:assert/strict";

import { verifyDeviceProof } from "@signet/device";
import { forgeJoiner } from "@signet/e2e/support/forgery.ts";
import type { Joiner } from "@signet/e2e/support/forgery.ts";
import { CallGroup, createLeafKey } from "@signet/e2ee";
import type { CredentialHook, PendingCommit } from "@signet/e2ee";
import { encodeProof } from "@signet/protocol";
import type { Bytes, CallId, EventBody, LeafIndex, TerminalId, UserId } from "@signet/protocol";

import { prepareCommit } from "../../src/call/admission.ts";
import type { Directory } from "../../src/people/directory.ts";
import { credentialHook } from "../../src/call/verify-call.ts";
import type { VerifiedCall } from "../../src/call/verify-call.ts";
import { openedList } from "./call-lists.ts";
import { offlineDirectory } from "./directory.ts";
import type { OfflineDirectoryOptions } from "./directory.ts";
import { person, randomId, serverOrigin } from "./people.ts";
import type { TestPerson } from "./people.ts";

const hourMs = 3_600_000;

interface CommitterOptions extends OfflineDirectoryOptions {
  /** What the group asks of each leaf; default what every terminal asks. */
  readonly hook?: CredentialHook;
}

interface Outcome {
  readonly admitted: readonly string[];
  readonly removed: readonly string[];
  /** User ID and code of each. */
  readonly refused: readonly string[];
  /** Of Commit and Welcome together; 0 when none was made. */
  readonly bytes: number;
  readonly pending: PendingCommit | undefined;
}

export class Committer {
  readonly initiator: TestPerson;
  readonly call: VerifiedCall;
  readonly group: CallGroup;
  /** All Commits that the group was asked for. */
  readonly commits: PendingCommit[] = [];
  readonly #directory: Directory;

  private constructor(initiator: TestPerson, call: VerifiedCall, group: CallGroup, directory: Directory) {
    this.initiator = initiator;
    this.call = call;
    this.group = group;
    this.#directory = directory;
    const commit = group.commit.bind(group);
    group.commit = async (changes) => {
      const result = await commit(changes);
      if (result.type === "pending") this.commits.push(result);
      assert.ok(this.commits.length < 100, "asked for ever");
      return result;
    };
  }

  /** Of a call that ann made an hour ago. */
  static async of(invited: readonly string[], options: CommitterOptions = {}): Promise<Committer> {
    const directory = offlineDirectory(options);
    const initiator = await person("ann");
    const known = await directory.accept(initiator.entry);
    const { userId, device } = initiator;
    const leafKey = await createLeafKey();
    const callId = randomId();
    const memberUserIds = invited as UserId[];
    const proof = await device.sign({
      purpose: "call",
      serverOrigin,
      userId,
      deviceId: device.deviceId,
      issuedAtMs: Date.now() - hourMs,
      callId,
      memberUserIds,
      leafKey: leafKey.publicKey,
      head: initiator.head,
      checkpoint: new Uint8Array(),
    });
    const expected = { purpose: "call", serverOrigin, person: known.person, time: "any" } as const;
    const result = await verifyDeviceProof(proof, expected);
    assert.ok(result.ok);
    const list = await openedList(result.proof);
    const call = { serverOrigin, callProof: result.proof, initiator: known, list };
    const nowMs = () => Date.now();
    const group = await CallGroup.create({
      callId,
      leafKey,
      identity: encodeProof(proof),
      hook: options.hook ?? credentialHook(call, { directory, nowMs }, () => undefined),
      callListDigest: () => list.digest,
      nowMs,
    });
    return new Committer(initiator, call, group, directory);
  }

  /** Their history goes on. */
  async accept(entry: TestPerson["entry"]): Promise<void> {
    await this.#directory.accept(entry);
  }

  joiner(
    { userId, device, entry }: TestPerson,
    change: Partial<Parameters<typeof forgeJoiner>[0]> = {},
  ): Promise<Joiner> {
    return forgeJoiner({ userId, device, entry, callProof: this.call.callProof.raw, ...change });
  }

  /** @param remove user IDs; `most`: as many bytes as a Commit and its Welcome may have together */
  async prepare(
    admit: readonly Joiner[],
    {
      remove = [],
      most = Number.POSITIVE_INFINITY,
    }: { readonly remove?: readonly string[]; readonly most?: number } = {},
  ): Promise<Outcome> {
    const task: EventBody<"call.commitNeeded"> = {
      callId: this.call.callProof.transcript.callId as CallId,
      task: 1,
      epoch: this.group.epoch,
      admit: [...admit],
      remove: remove.map((userId) => ({
        userId: userId as UserId,
        terminalId: randomId() as TerminalId,
        leaf: 0 as LeafIndex,
      })),
    };
    const fits = (commit: Bytes, welcome?: Bytes): boolean => size(commit, welcome) <= most;
    const context = { directory: this.#directory, nowMs: Date.now(), fits };
    const prepared = await prepareCommit(this.group, task, this.call, context);
    const { pending, made } = { made: undefined, ...prepared };
    return {
      admitted: made?.admitted.map(({ userId }) => userId) ?? [],
      removed: made?.removed ?? [],
      refused: prepared.refused.map(({ userId, code }) => `${userId} ${code}`),
      bytes: made === undefined ? 0 : size(made.commit, made.welcome),
      pending,
    };
  }
}

const size = (commit: Bytes, welcome?: Bytes): number => commit.length + (welcome?.length ?? 0);

/** A Commit that was dropped cannot be adopted any more. */
export async function assertDropped(commits: readonly PendingCommit[]): Promise<void> {
  for (const commit of commits) await assert.rejects(commit.accept(), { code: "mls.staleEpoch" });
}
