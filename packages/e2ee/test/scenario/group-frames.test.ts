import assert from "node:assert/strict";
import { test } from "node:test";
import { CallGroup } from "../../src/mls/call-group.ts";
import { exportFrameEpoch, importFrameEpoch } from "../../src/frames/epoch-keys.ts";
import { FrameDecryptor, type OpenResult } from "../../src/frames/frame-decryptor.ts";
import { FrameEncryptor } from "../../src/frames/frame-encryptor.ts";
import { commitToAll, makeGroup, optionsFor, randomCallId } from "../mls-world.ts";
import { someBytes } from "../bytes.ts";
import { VirtualClock } from "../virtual-clock.ts";

/** The frames of one member of a real MLS group. */
class Member {
  readonly group: CallGroup;
  readonly sender = new FrameEncryptor();
  readonly receiver: FrameDecryptor;

  constructor(group: CallGroup, clock: VirtualClock) {
    this.group = group;
    this.receiver = new FrameDecryptor(clock);
  }

  async enter(): Promise<void> {
    const epoch = await importFrameEpoch(await exportFrameEpoch(this.group));
    this.receiver.setEpoch(epoch);
    this.sender.setEpoch(epoch);
  }

  async say(text: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const result = await this.sender.seal(text);
    assert.ok(result.type === "sealed");
    return result.data;
  }
}

test("somebody leaves: those who stay lose no frame, and the leaver opens none of the new epoch", async () => {
  const clock = new VirtualClock();
  const groups = await makeGroup(randomCallId(), ["anna", "ben", "carol"]);
  const [anna, ben, carol] = groups.map((group) => new Member(group, clock)) as [Member, Member, Member];
  for (const member of [anna, ben, carol]) await member.enter();

  const [slotOfBen, slotOfCarol] = [ben.receiver.stream(), carol.receiver.stream()];
  const before = await anna.say(someBytes(60, 1));
  for (const slot of [slotOfBen, slotOfCarol]) {
    assert.deepEqual(await slot.open(before), {
      type: "opened",
      data: someBytes(60, 1),
      leaf: 0,
      epoch: BigInt(anna.group.epoch),
      voice: 0,
      place: 0,
    });
  }

  const inFlight = await anna.say(someBytes(60, 2));
  await commitToAll(anna.group, [ben.group], { remove: [carol.group.ownLeaf] });
  await anna.enter();
  const after = await anna.say(someBytes(60, 3));

  // Ben has the frames before he has taken the new epoch's keys.
  const heard: Promise<OpenResult>[] = [slotOfBen.open(inFlight), slotOfBen.open(after)];
  await ben.enter();
  assert.deepEqual(
    (await Promise.all(heard)).map((result) => result.type === "opened" && result.data),
    [someBytes(60, 2), someBytes(60, 3)],
  );

  const overheard = slotOfCarol.open(after);
  clock.advance(500);
  assert.deepEqual(await overheard, { type: "dropped", reason: "heldTooLong" });

  // Nor is the leaver heard: with the old keys only while frames in flight are waited for, and never under the new epoch.
  const late = await carol.say(someBytes(60, 4));
  clock.advance(10_000);
  assert.deepEqual(await slotOfBen.open(late), { type: "dropped", reason: "expiredEpoch" });
});

test("a member who joins later opens what is said from then on, and nothing before", async () => {
  const clock = new VirtualClock();
  const callId = randomCallId();
  const [one, two] = await makeGroup(callId, ["anna", "ben"]);
  assert.ok(one && two);
  const [anna, ben] = [new Member(one, clock), new Member(two, clock)];
  await anna.enter();
  const early = await anna.say(someBytes(40, 1));
  const join = await CallGroup.prepareJoin(await optionsFor(callId, "carol"));
  const pending = await commitToAll(one, [two], { add: [join.keyPackage] });
  assert.ok(pending.welcome);
  const carol = new Member(await join.join(pending.welcome), clock);
  for (const member of [anna, ben, carol]) await member.enter();

  const slot = carol.receiver.stream();
  assert.deepEqual(await slot.open(early), { type: "dropped", reason: "expiredEpoch" });
  assert.equal((await slot.open(await anna.say(someBytes(40, 2)))).type, "opened");
});
