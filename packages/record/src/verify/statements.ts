/** The statements of a record: each by itself, and what they come to. */
import { clockToleranceMs, crosses, foldCallList, namesItsKey } from "@signet/device";
import type { CallList, CallStatement } from "@signet/device";
import {
  DeclineReason,
  EndReason,
  equalBytes,
  isGuestId,
  LeaveReason,
  toBase64Url,
  UserId,
} from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { CallRecord, SignedWord } from "../call-record.ts";
import { held, must, Refused } from "./refusal.ts";
import { transcriptIn } from "./signed.ts";
import type { Signed, Signers } from "./signed.ts";

/** By the statement's place in the file. */
interface Placed {
  readonly index: number;
}

/** What lets somebody into the group; `invitation`: digest of what it answers. */
export interface Answer extends Placed {
  readonly signed: Signed<"call"> | Signed<"join">;
  readonly invitation: Bytes;
}

export type ListStatement = Placed & {
  readonly signed: Signed<"invite" | "vouch"> | Signed<"remove" | "host" | "let-in">;
};
export type Ending = Placed & { readonly signed: Signed<"decline" | "leave" | "end"> };

export interface SaidInRecord {
  readonly call: Signed<"call">;
  readonly answers: readonly Answer[];
  readonly listed: readonly ListStatement[];
  readonly endings: readonly Ending[];
  /** Of all statements of the list. */
  readonly list: CallList;
}

/** What every word of the call but the first has to name. */
export const ofCall = ({ proof }: Signed<"call">) => ({
  callId: proof.transcript.callId,
  callProofDigest: proof.digest,
});

const at = (index: number): string => `statements[${index}]`;

/** @throws Refused */
export async function verifyStatements(
  { callId, statements }: Pick<CallRecord, "callId" | "statements">,
  signers: Signers,
): Promise<SaidInRecord> {
  const [first] = statements;
  if (first === undefined) throw new Refused("record.form", "statements");
  const call = await callIn(first, callId, signers);
  const answers: Answer[] = [{ index: 0, signed: call, invitation: call.proof.digest }];
  const listed: ListStatement[] = [];
  const endings: Ending[] = [];
  const seen = new Set([toBase64Url(call.proof.digest)]);
  for (const [offset, word] of statements.slice(1).entries()) {
    const index = offset + 1;
    const said = await verifyStatement(word, index, call, signers);
    const { digest, transcript } = said.signed.proof;
    // Under another signature it is the same word.
    must(!seen.has(toBase64Url(digest)), "record.form", at(index));
    seen.add(toBase64Url(digest));
    if (said.type === "ending") endings.push(said);
    else must(transcript.issuedAtMs >= call.by.atMs - clockToleranceMs, "proof.time", at(index));
    if (said.type === "answer") answers.push(said);
    if (said.type === "listed") listed.push(said);
  }
  const { list } = held(await foldListed(call, listed), "statements");
  const said = { call, answers, listed, endings, list };
  requireInvited(said);
  requireGuests(said, signers);
  return said;
}

/** Who may be in the call, as those of a list say it. */
export const foldListed = (call: Signed<"call">, listed: readonly ListStatement[]) =>
  foldCallList(
    call.proof,
    listed.map(({ signed }) => signed.proof as CallStatement),
  );

async function callIn(
  word: SignedWord,
  callId: CallRecord["callId"],
  signers: Signers,
): Promise<Signed<"call">> {
  const call = await signers.device(word, "call", { callId }, at(0));
  const { memberUserIds, userId } = call.proof.transcript;
  const named = [userId, ...memberUserIds];
  const arePeople =
    named.every((one) => UserId.safeParse(one).success) && new Set(named).size === named.length;
  must(arePeople, "proof.call", at(0));
  return call;
}

type Said =
  | ({ readonly type: "answer" } & Answer)
  | ({ readonly type: "listed" } & ListStatement)
  | ({ readonly type: "ending" } & Ending);

async function verifyStatement(
  word: SignedWord,
  index: number,
  call: Signed<"call">,
  signers: Signers,
): Promise<Said> {
  const { purpose } = transcriptIn(word.proof.transcript, at(index));
  const fields = ofCall(call);
  const { callId } = fields;
  switch (purpose) {
    case "invite":
    case "vouch": {
      const signed = await signers.device(word, purpose, fields, at(index));
      const { transcript } = signed.proof;
      if (transcript.purpose === "vouch") must(await namesItsKey(transcript), "guest.word", at(index));
      return { type: "listed", index, signed };
    }
    case "remove":
    case "host":
    case "let-in":
      return { type: "listed", index, signed: await signers.terminal(word, purpose, fields, at(index)) };
    case "decline":
    case "leave":
    case "end": {
      const signed = await signers.terminal(word, purpose, { callId }, at(index));
      must(isReason(signed.proof.transcript), "proof.call", at(index));
      return { type: "ending", index, signed };
    }
    case "join": {
      const signed = await signers.device(word, purpose, fields, at(index));
      return { type: "answer", index, signed, invitation: signed.proof.transcript.invitation };
    }
    case "call": {
      const signed = await signers.device(word, purpose, {}, at(index));
      must(crosses(call.proof.transcript, signed.proof.transcript), "proof.call", at(index));
      return { type: "answer", index, signed, invitation: call.proof.digest };
    }
    default:
      throw new Refused("proof.purpose", at(index));
  }
}

const isReason = ({ purpose, reason }: { readonly purpose: string; readonly reason: string }): boolean =>
  ({ decline: DeclineReason, leave: LeaveReason, end: EndReason })[purpose]?.safeParse(reason).success ===
  true;

/** Each answer is by somebody whom the invitation names that it answers; who ends the call is who began it. */
function requireInvited({ answers, call, endings, list }: SaidInRecord): void {
  for (const { index, invitation, signed } of answers) {
    const { userId } = signed.proof.transcript;
    const named = list.invitations.filter((one) => one.userIds.includes(userId));
    const answered = named.find(({ digest }) => equalBytes(digest, invitation));
    must(answered !== undefined, "call.notInvited", at(index));
    must(answered.guest?.isLetIn !== false, "guest.notLetIn", at(index));
  }
  for (const { index, signed } of endings) {
    const { purpose, userId } = signed.proof.transcript;
    const isEnd = purpose === "end";
    must(!isEnd || userId === call.by.by, "call.notInitiator", at(index));
    must(
      list.invitations.some(({ userIds }) => userIds.includes(userId)),
      "call.notInvited",
      at(index),
    );
  }
}

/** Who is in the file as a guest has the name that a device vouched for. */
function requireGuests({ list }: SaidInRecord, { people }: Signers): void {
  for (const { at, person } of people.values()) {
    if (!isGuestId(person.userId)) continue;
    const named = list.invitations.find(({ userIds }) => userIds.includes(person.userId));
    must(named?.guest?.name === person.displayName, "guest.word", at);
  }
}
