import assert from "node:assert/strict";

import { type Bytes, equalBytes } from "@signet/protocol";
import { type GroupContext } from "ts-mls";

import { CallGroup } from "../../src/index.ts";
import { callListDigestIn, callListProposals } from "../../src/mls/call-list-extension.ts";
import { addOf, contextIn, Mole, removeOf, type SeenCommit } from "../mole.ts";
import {
  exported,
  hasPath,
  mustCommit,
  optionsFor,
  randomCallId,
  type SeededRandom,
  someList,
} from "../mls-world.ts";
import { seededTests, type SeededRun } from "../seeded.ts";

// Groups of one to five, whose call list changes now and then, among them moles that keep all secrets when they have left and try them, and zero, on each later Commit.
// Small groups are where paths have no nodes: there the library as published takes zero for the commit secret.

const groupCount = 8;
const stepsPerGroup = 20;
const mostMembers = 5;

interface Changes {
  /** Digest of the call list that the group is to hold. */
  readonly list: Bytes;
  readonly add: readonly Bytes[];
  readonly remove: readonly number[];
}

/** One who is in the group: an honest terminal, or a mole. */
interface Member {
  readonly userId: string;
  readonly mole: Mole | undefined;
  leaf(): number;
  leafKey(): Uint8Array;
  commit(changes: Changes): Promise<{ commit: Bytes; welcome: Bytes | undefined }>;
  process(commit: Bytes): Promise<void>;
  leave(commit: Bytes): Promise<void>;
  groupInfo(): Promise<Bytes>;
  exported(): Promise<Uint8Array>;
}

function honest(group: CallGroup, userId: string): Member {
  return {
    userId,
    mole: undefined,
    leaf: () => group.ownLeaf,
    leafKey: () =>
      group.members().find(({ leaf }) => leaf === group.ownLeaf)?.leafPublicKey ?? new Uint8Array(0),
    commit: async ({ add, remove }) => {
      const pending = await mustCommit(group, { add, remove, update: true });
      await pending.accept();
      return pending;
    },
    process: async (commit) => assert.equal((await group.process(commit)).type, "advanced"),
    leave: async (commit) => assert.match((await group.process(commit)).type, /^(removed|replaced)Self$/),
    groupInfo: () => group.groupInfo(),
    exported: () => exported(group),
  };
}

const dishonest = (mole: Mole): Member => ({
  userId: mole.userId,
  mole,
  leaf: () => mole.leaf,
  leafKey: () => mole.leafKey(),
  commit: ({ add, list, remove }) =>
    mole.commit([
      ...callListProposals(mole.state.groupContext, list),
      ...remove.map(removeOf),
      ...add.map(addOf),
    ]),
  process: (commit) => mole.process(commit),
  // It keeps the state that it has.
  leave: async () => undefined,
  groupInfo: () => mole.groupInfo(),
  exported: () => mole.exported(),
});

class SmallCall {
  /** How many Commits a mole who was there derived, and how many one who had left tried. */
  readonly counts = { present: 0, departed: 0 };
  readonly #random: SeededRandom;
  readonly #log: string[];
  readonly #callId = randomCallId();
  /** All hold the same one, and change it together. */
  #list = someList;
  #members: Member[] = [];
  #departed: Mole[] = [];
  #context: GroupContext | undefined;
  #nextUser = 0;

  constructor({ random, log }: SeededRun) {
    this.#random = random;
    this.#log = log;
  }

  async start(): Promise<void> {
    const userId = this.#newUser();
    if (this.#random.next() < 0.5) {
      const mole = await Mole.make(userId);
      await mole.create(this.#callId);
      this.#members = [dishonest(mole)];
    } else this.#members = [honest(await CallGroup.create(await this.#options(userId)), userId)];
    this.#context = contextIn(await this.#some().groupInfo());
  }

  async step(): Promise<void> {
    const size = this.#members.length;
    const room = mostMembers - size;
    const dice = this.#random.next();
    if (dice < 0.35) await this.#commit(Math.min(room, 1 + this.#random.below(3)), 0);
    // Down to one as often as not.
    else if (dice < 0.65) await this.#commit(0, this.#random.next() < 0.5 ? size - 1 : Math.min(1, size - 1));
    else if (dice < 0.75) await this.#commit(Math.min(room, 1), Math.min(1, size - 1));
    else if (dice < 0.9 || room === 0) await this.#enter(this.#some());
    else await this.#enter(undefined);
  }

  #options(userId: string) {
    return optionsFor(this.#callId, userId, { callListDigest: () => this.#list });
  }

  #newUser(): string {
    return `user${this.#nextUser++}`;
  }

  #some(): Member {
    return this.#random.pick(this.#members);
  }

  /** With nothing to add or remove it renews the committer's keys. */
  async #commit(adding: number, removing: number): Promise<void> {
    const committer = this.#some();
    const left = this.#members.filter((member) => member !== committer);
    const leaving: Member[] = [];
    while (leaving.length < removing) leaving.push(...left.splice(this.#random.below(left.length), 1));
    this.#log.push(`${committer.userId} adds ${adding}, removes ${leaving.map((m) => m.userId).join()}`);
    const joiners = await Promise.all(
      Array.from({ length: adding }, () => this.#joiner(this.#newUser(), this.#random.next() < 0.6)),
    );
    const isListed = this.#random.next() < 0.4;
    if (isListed) this.#list = this.#list.map(() => this.#random.below(256));
    const { commit, welcome } = await committer.commit({
      list: this.#list,
      add: joiners.map(({ keyPackage }) => keyPackage),
      remove: leaving.map((member) => member.leaf()),
    });
    const joined: Member[] = [];
    for (const joiner of joiners) if (welcome !== undefined) joined.push(await joiner.join(welcome));
    assert.equal(joined.length, adding);
    assert.ok(!isListed || hasPath(commit));
    await this.#advance(commit, committer, leaving, joined);
  }

  async #joiner(userId: string, asMole: boolean) {
    if (asMole) {
      const mole = await Mole.make(userId);
      const join = async (welcome: Bytes) => {
        await mole.join(welcome);
        return dishonest(mole);
      };
      return { keyPackage: mole.keyPackage, join };
    }
    const pending = await CallGroup.prepareJoin(await this.#options(userId));
    return {
      keyPackage: pending.keyPackage,
      join: async (welcome: Bytes) => honest(await pending.join(welcome), userId),
    };
  }

  /** By an external Commit, in the place of a `former` leaf of the same user: a rejoin, or a move. */
  async #enter(former: Member | undefined): Promise<void> {
    const userId = former?.userId ?? this.#newUser();
    this.#log.push(`${userId} enters${former === undefined ? "" : " again"}`);
    const groupInfo = await this.#some().groupInfo();
    if (this.#random.next() < 0.5) {
      const mole = await Mole.make(userId);
      const commit = await mole.joinExternally(groupInfo, former?.leafKey());
      await this.#advance(commit, dishonest(mole), former === undefined ? [] : [former], []);
      return;
    }
    const options = await this.#options(userId);
    const { group, commit } = await CallGroup.rejoin({ ...options, groupInfo });
    await this.#advance(commit, honest(group, userId), former === undefined ? [] : [former], []);
  }

  async #advance(commit: Bytes, committer: Member, leaving: Member[], joined: Member[]): Promise<void> {
    const before = this.#context;
    assert.ok(before);
    const after = contextIn(await committer.groupInfo());
    const secret = await committer.exported();
    const seen: SeenCommit = { commit, before, after };
    const staying = this.#members.filter((member) => member !== committer && !leaving.includes(member));
    for (const member of staying) {
      if (member.mole !== undefined) {
        // Who tries is known to be able to: whoever is still there has what it takes.
        const made = await member.mole.derivable(seen);
        assert.ok(
          made.some((other) => equalBytes(other, secret)),
          `${member.userId} is there and derives nothing`,
        );
        this.counts.present++;
      }
      await member.process(commit);
    }
    for (const member of leaving) {
      await member.leave(commit);
      if (member.mole !== undefined) this.#departed.push(member.mole);
    }
    this.#departed = this.#departed.slice(-6);
    this.#members = [committer, ...staying, ...joined];
    this.#context = after;
    for (const member of this.#members) {
      assert.ok(equalBytes(await member.exported(), secret), member.userId);
      assert.deepEqual(callListDigestIn(contextIn(await member.groupInfo()).extensions), this.#list);
    }
    for (const mole of this.#departed) {
      const made = await mole.derivable(seen);
      assert.ok(
        !made.some((other) => equalBytes(other, secret)),
        `${mole.userId} has left and goes on deriving`,
      );
      this.counts.departed++;
    }
  }
}

seededTests(
  "nobody who left a group of one to five derives a later secret of it",
  { firstSeed: 70_000, count: groupCount },
  async (seeded) => {
    const call = new SmallCall(seeded);
    await call.start();
    for (let step = 0; step < stepsPerGroup; step++) await call.step();
    assert.ok(call.counts.present > 0 && call.counts.departed > 0);
  },
);
