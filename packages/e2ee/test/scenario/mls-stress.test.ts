import assert from "node:assert/strict";

import { type Bytes, equalBytes } from "@signet/protocol";

import { CallGroup } from "../../src/index.ts";
import {
  commitToAll,
  disagreement,
  exported,
  hasPath,
  mustCommit,
  optionsFor,
  randomCallId,
  type SeededRandom,
} from "../mls-world.ts";
import { seededTests, type SeededRun } from "../seeded.ts";

const groupCount = 12;
const stepsPerGroup = 26;
const mostMembers = 7;

/** One call under random operations, with the members that are in it and those who were removed. */
class StressedCall {
  readonly #random: SeededRandom;
  readonly #log: string[];
  readonly #callId = randomCallId();
  #members: CallGroup[] = [];
  #nextUser = 0;

  constructor({ random, log }: SeededRun) {
    this.#random = random;
    this.#log = log;
  }

  async start(): Promise<void> {
    this.#members = [await CallGroup.create(await optionsFor(this.#callId, this.#newUser()))];
    if (this.#random.next() < 0.8) await this.#add(1 + this.#random.below(6));
  }

  async step(): Promise<void> {
    const size = this.#members.length;
    const dice = this.#random.next();
    if (dice < 0.3 && size < mostMembers)
      await this.#add(1 + this.#random.below(Math.min(3, mostMembers - size + 1)));
    else if (dice < 0.55 && size > 1)
      // Now and then down to one.
      await this.#remove(
        this.#random.next() < 0.1 ? size - 1 : 1 + this.#random.below(Math.min(2, size - 1)),
      );
    else if (dice < 0.75) await this.#update();
    else if (dice < 0.9 || size === 1) await this.#rejoin();
    else await this.#race();
    assert.equal(await disagreement(this.#members), undefined);
  }

  #newUser(): string {
    return `user${this.#nextUser++}`;
  }

  async #add(count: number): Promise<void> {
    const committer = this.#random.pick(this.#members);
    // Sometimes with a removal in the same Commit.
    const leaving =
      this.#members.length > 1 && this.#random.next() < 0.3 ? this.#pickOthers(committer, 1) : [];
    this.#log.push(`${committer.ownLeaf} adds ${count}, removes ${leaving.map((g) => g.ownLeaf).join()}`);
    const joins = await Promise.all(
      Array.from({ length: count }, async () =>
        CallGroup.prepareJoin(await optionsFor(this.#callId, this.#newUser())),
      ),
    );
    const pending = await this.#commit(committer, { add: joins.map((join) => join.keyPackage) }, leaving);
    const { welcome } = pending;
    assert.ok(welcome);
    const joined = await Promise.all(joins.map((join) => join.join(welcome)));
    assert.deepEqual(
      joined.map((group) => group.ownLeaf),
      pending.added.map(({ leaf }) => leaf),
    );
    this.#members.push(...joined);
  }

  async #remove(count: number): Promise<void> {
    const committer = this.#random.pick(this.#members);
    const leaving = this.#pickOthers(committer, count);
    this.#log.push(`${committer.ownLeaf} removes ${leaving.map((g) => g.ownLeaf).join()}`);
    await this.#commit(committer, {}, leaving);
  }

  async #update(): Promise<void> {
    const committer = this.#random.pick(this.#members);
    this.#log.push(`${committer.ownLeaf} updates`);
    const pending = await this.#commit(committer, { update: true }, []);
    assert.ok(hasPath(pending.commit));
  }

  async #rejoin(): Promise<void> {
    const lost = this.#random.pick(this.#members);
    this.#log.push(`${lost.ownLeaf} rejoins`);
    const userId = lost.members().find((member) => member.leaf === lost.ownLeaf)?.userId ?? "";
    const options = await optionsFor(this.#callId, userId);
    const groupInfo = await this.#random.pick(this.#members).groupInfo();
    const { group, commit } = await CallGroup.rejoin({ ...options, groupInfo });
    const before = await exported(lost);
    for (const other of this.#members)
      assert.equal((await other.process(commit)).type, other === lost ? "replacedSelf" : "advanced");
    assert.ok(!equalBytes(before, await exported(group)));
    this.#members = [...this.#members.filter((member) => member !== lost), group];
  }

  /** Two members commit for the same epoch; the loser drops its own, takes the other's and commits again. */
  async #race(): Promise<void> {
    const winner = this.#random.pick(this.#members);
    const [loser] = this.#pickOthers(winner, 1);
    assert.ok(loser);
    this.#log.push(`${winner.ownLeaf} and ${loser.ownLeaf} race`);
    const lost = await mustCommit(loser, { update: true });
    await this.#commit(winner, { update: true }, []);
    await assert.rejects(lost.accept(), { code: "mls.staleEpoch" });
    await this.#commit(loser, { update: true }, []);
  }

  #pickOthers(not: CallGroup, count: number): CallGroup[] {
    const left = this.#members.filter((member) => member !== not);
    const picked: CallGroup[] = [];
    while (picked.length < count) picked.push(...left.splice(this.#random.below(left.length), 1));
    return picked;
  }

  async #commit(
    committer: CallGroup,
    changes: { add?: Bytes[]; update?: boolean },
    leaving: readonly CallGroup[],
  ) {
    const before = await exported(committer);
    const staying = this.#members.filter((member) => !leaving.includes(member));
    const others = staying.filter((member) => member !== committer);
    const pending = await commitToAll(committer, others, {
      ...changes,
      remove: leaving.map((group) => group.ownLeaf),
    });
    if (leaving.length > 0)
      assert.ok(hasPath(pending.commit), "a Remove without UpdatePath lets the removed member follow");
    for (const group of leaving) {
      const old = await exported(group);
      assert.equal((await group.process(pending.commit)).type, "removedSelf");
      await assert.rejects(exported(group), { code: "mls.closed" });
      assert.ok(equalBytes(old, before));
    }
    assert.ok(!equalBytes(before, await exported(committer)));
    this.#members = staying;
    return pending;
  }
}

seededTests(
  "random add, remove, update, rejoin and races keep all members together",
  { firstSeed: 20_000, count: groupCount },
  async (seeded) => {
    const call = new StressedCall(seeded);
    await call.start();
    for (let step = 0; step < stepsPerGroup; step++) await call.step();
  },
);
