/** What was approved and rejected, by its signatures alone: in the order of the file, as every terminal counted it. */
import {
  verifyApprovalCms,
  verifyBinding,
  verifyDeviceProof,
  verifyProposedResolution,
  verifySaidOfResolution,
} from "@signet/device";
import type { ResolutionContext, SignedOfResolution } from "@signet/device";
import { decodeResolution, isGuestId, mostResolutions, openTally, stepTally } from "@signet/protocol";
import type { Bytes, Resolution, UserId } from "@signet/protocol";

import type { RecordedResolution } from "../call-record.ts";
import type { DecisionReport, ResolutionReport, SignedAt } from "../report.ts";
import type { ProvenEpoch } from "./epochs.ts";
import { held, must, Refused } from "./refusal.ts";
import { personIn, signedBy } from "./signed.ts";
import type { Signers } from "./signed.ts";
import type { SaidInRecord } from "./statements.ts";
import { certificateOf } from "./stays.ts";

interface CallContext {
  readonly said: SaidInRecord;
  readonly signers: Signers;
  readonly epochs: readonly ProvenEpoch[];
  readonly anchors: readonly Bytes[];
}

/** @throws Refused */
export async function verifyResolutions(
  recorded: readonly RecordedResolution[],
  context: CallContext,
): Promise<readonly ResolutionReport[]> {
  must(recorded.length <= mostResolutions, "resolution.tooMany", "resolutions");
  const reports: ResolutionReport[] = [];
  const names = new Set<string>();
  for (const [index, one] of recorded.entries()) {
    const at = `resolutions[${index}]`;
    const resolution = decodeResolution(one.resolution);
    must(resolution !== undefined, "resolution.malformed", `${at}.resolution`);
    const name = `${resolution.number} ${resolution.proposer}`;
    must(!names.has(name), "resolution.numberTaken", `${at}.resolution`);
    names.add(name);
    requirePeople(resolution, context, at);
    reports.push(await verifyResolution(resolution, one, context, at));
  }
  return reports;
}

/** Where the file says who was in the group in that epoch, a rule that asks all of them, or so many, names them. */
function requirePeople({ epoch, rule }: Resolution, { epochs }: CallContext, at: string): void {
  const found = epochs.find(({ number }) => number === epoch);
  if (found === undefined || rule.type === "named") return;
  const people = found.members.map(({ signed }) => signed.by.by).filter((userId) => !isGuestId(userId));
  const isSame = people.length === rule.userIds.length && people.every((one) => rule.userIds.includes(one));
  must(isSame, "resolution.otherPeople", `${at}.resolution`);
}

async function verifyResolution(
  resolution: Resolution,
  { proposal, said }: RecordedResolution,
  { anchors, said: ofCall, signers }: CallContext,
  at: string,
): Promise<ResolutionReport> {
  const where = `${at}.proposal`;
  const { proof } = ofCall.call;
  requireAnswered(resolution.proposer, ofCall, where);
  const signed = signersOf(signers, proof, where);
  const proposed = held(await verifyProposedResolution(resolution, proposal, signed), where);
  let tally = openTally(resolution);
  const decisions: DecisionReport[] = [];
  let withdrawn: SignedAt | undefined;
  for (const [index, word] of said.entries()) {
    const place = `${at}.said[${index}]`;
    requireAnswered(personIn(word.proof.transcript, place), ofCall, place);
    const counted = held(
      await verifySaidOfResolution(proposed, word, signersOf(signers, proof, place)),
      place,
    );
    const step = held(stepTally(resolution, tally, counted.said), place);
    ({ tally } = step);
    const by = signedAt(counted.said.userId, counted.signed);
    const byDocument =
      word.cms && held(await verifyApprovalCms(word.cms, resolution.subject, counted), `${place}.cms`);
    const certificate = byDocument && (await certificateOf(byDocument.signature, by.atMs, anchors));
    if (counted.said.type === "withdrawal") {
      withdrawn = by;
    } else {
      must(word.binding === undefined, "record.form", `${place}.binding`);
      const { decision } = counted.said;
      decisions.push({ ...by, decision, ...(certificate === undefined ? {} : { cms: certificate }) });
    }
  }
  const { state } = tally;
  if (state === "lapsed") throw new Refused("resolution.malformed", at);
  return {
    number: resolution.number,
    proposed: signedAt(resolution.proposer, proposed.signed),
    subject: resolution.subject,
    rule: resolution.rule,
    state,
    decisions,
    ...(withdrawn === undefined ? {} : { withdrawn }),
  };
}

/** Whoever decides was in the call, or was about to be. */
function requireAnswered(userId: string, { answers }: SaidInRecord, at: string): void {
  const hasAnswered = answers.some(({ signed }) => signed.by.by === userId);
  must(hasAnswered, "record.notMember", at);
}

const signedAt = (userId: UserId, { device, issuedAtMs }: SignedOfResolution): SignedAt =>
  signedBy(userId, device, issuedAtMs);

/** By those whose histories are in the file; a device that was revoked later signed what it signed. */
function signersOf(
  signers: Signers,
  callProof: SaidInRecord["call"]["proof"],
  at: string,
): ResolutionContext {
  const { serverOrigin } = signers;
  const takesRevoked = (): boolean => true;
  return {
    serverOrigin,
    callProof,
    nowMs: Number.POSITIVE_INFINITY,
    verifyApproval: async (userId, proof, fields) => {
      const person = signers.person(userId, at);
      const expected = {
        purpose: "approve",
        serverOrigin,
        person,
        time: "any",
        fields,
        takesRevoked,
      } as const;
      return verifyDeviceProof(proof, expected);
    },
    verifyBinding: async (userId, proof, nowMs) =>
      verifyBinding(proof, { serverOrigin, person: signers.person(userId, at), nowMs, takesRevoked }),
  };
}
