/** Who was in the group together, as its members signed it. */
import { clockToleranceMs } from "@signet/device";
import { invitationRefusal } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

import type { RecordedEpoch } from "../call-record.ts";
import { epochDigest } from "../digests.ts";
import type { SignedAt } from "../report.ts";
import { held, must } from "./refusal.ts";
import type { Signers } from "./signed.ts";
import { foldListed, ofCall } from "./statements.ts";
import type { Answer, ListStatement, SaidInRecord } from "./statements.ts";

export interface ProvenEpoch {
  readonly number: number;
  readonly members: readonly Answer[];
  /** By its members, each once. */
  readonly words: readonly SignedAt[];
}

/** @throws Refused */
export async function verifyEpochs(
  recorded: readonly RecordedEpoch[],
  said: SaidInRecord,
  signers: Signers,
): Promise<readonly ProvenEpoch[]> {
  const epochs: ProvenEpoch[] = [];
  const answers = new Map(said.answers.map((one) => [one.index, one]));
  const listedAt = new Map(said.listed.map((one) => [one.index, one]));
  let before = -1;
  for (const [index, epoch] of recorded.entries()) {
    const at = `epochs[${index}]`;
    must(epoch.number > before, "record.form", `${at}.number`);
    before = epoch.number;
    epochs.push(await verifyEpoch(epoch, { said, answers, listedAt, signers, at }));
  }
  return epochs;
}

interface EpochContext {
  readonly said: SaidInRecord;
  /** By their places in the file. */
  readonly answers: ReadonlyMap<number, Answer>;
  readonly listedAt: ReadonlyMap<number, ListStatement>;
  readonly signers: Signers;
  readonly at: string;
}

async function verifyEpoch(epoch: RecordedEpoch, context: EpochContext): Promise<ProvenEpoch> {
  const { answers, at, said, signers } = context;
  const { authenticatorHash, number } = epoch;
  const list = await listOf(epoch, context);
  const members: Answer[] = [];
  const inGroup = [];
  let leafBefore = -1;
  for (const [place, { answer, leaf }] of epoch.members.entries()) {
    const where = `${at}.members[${place}]`;
    const found = answers.get(answer);
    must(found !== undefined && leaf > leafBefore, "record.form", where);
    leafBefore = leaf;
    const { leafKey, userId } = found.signed.proof.transcript;
    must(!members.some((member) => personOf(member) === userId), "record.form", where);
    const refusal = invitationRefusal(list, userId, found.invitation);
    must(refusal === undefined, refusal ?? "call.notInvited", where);
    members.push(found);
    inGroup.push({ leaf, answerDigest: found.signed.proof.digest, leafKey });
  }
  const digest = await epochDigest({
    ...ofCall(said.call),
    number,
    members: inGroup,
    authenticatorHash,
    listDigest: list.digest,
  });
  const answeredMs = Math.max(...members.map(({ signed }) => signed.by.atMs));
  const words: SignedAt[] = [];
  let wordBefore = "";
  for (const [place, word] of epoch.words.entries()) {
    const where = `${at}.words[${place}]`;
    const fields = { ...ofCall(said.call), epoch: number, epochDigest: digest };
    const { by } = await signers.terminal(word, "epoch", fields, where);
    must(wordBefore < by.by, "record.form", where);
    wordBefore = by.by;
    must(
      members.some((member) => personOf(member) === by.by && member.signed.by.deviceId === by.deviceId),
      "record.otherEpoch",
      where,
    );
    // Nobody was in the group with somebody who had not answered yet. Of two clocks each may be so far from that of the keeper.
    must(by.atMs >= answeredMs - 2 * clockToleranceMs, "proof.time", where);
    words.push(by);
  }
  return { number, members, words };
}

/** The call list that stood in the group then. */
async function listOf(epoch: RecordedEpoch, { at, listedAt, said }: EpochContext) {
  const listed = [];
  let before = -1;
  for (const [place, index] of epoch.list.entries()) {
    const where = `${at}.list[${place}]`;
    const found = listedAt.get(index);
    must(index > before && (place === 0 ? index === 0 : found !== undefined), "record.form", where);
    before = index;
    if (found !== undefined) listed.push(found);
  }
  must(before >= 0, "record.form", `${at}.list`);
  return held(await foldListed(said.call, listed), `${at}.list`).list;
}

const personOf = ({ signed }: Answer): UserId => signed.by.by;
