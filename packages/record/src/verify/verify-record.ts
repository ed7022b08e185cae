import { lastRecovery } from "@signet/device";
import { equalBytes } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

import type { CallRecord } from "../call-record.ts";
import { recordDigest } from "../digests.ts";
import type { LogReport, PersonReport, RecordReport, SignedAt, StatementReport } from "../report.ts";
import type { VerifyOptions } from "../verify-options.ts";
import { verifyEpochs } from "./epochs.ts";
import { proveLog } from "./log.ts";
import type { ProvenLog } from "./log.ts";
import { provePeople } from "./people.ts";
import type { ProvenPerson } from "./people.ts";
import { must } from "./refusal.ts";
import { verifyResolutions } from "./resolutions.ts";
import { Signers } from "./signed.ts";
import { ofCall, verifyStatements } from "./statements.ts";
import type { SaidInRecord } from "./statements.ts";
import { staysOf } from "./stays.ts";
import { compareViews, viewless } from "./views.ts";

/** @throws Refused for the first thing that does not hold, in the order of docs/record.md */
export async function verifyRecord(
  record: CallRecord,
  { anchors = [], logKeys }: VerifyOptions,
): Promise<RecordReport> {
  const { callId, serverOrigin } = record;
  const log = record.log && (await proveLog(record.log, serverOrigin, logKeys));
  const people = await provePeople(record.people, serverOrigin, log);
  const signers = new Signers(serverOrigin, people);
  const said = await verifyStatements(record, signers);
  const logReport = log && (await reportOf(log, said));
  const epochs = await verifyEpochs(record.epochs, said, signers);
  const resolutions = await verifyResolutions(record.resolutions, { said, signers, epochs, anchors });
  const kept = await keeperOf(record, said, signers);
  const reports: PersonReport[] = [];
  for (const person of people.values()) {
    const { userId } = person.person;
    const stays = await staysOf(userId, said, epochs, anchors);
    reports.push({ ...nameOf(person, said), stays });
  }
  return {
    serverOrigin,
    callId,
    call: { ...said.call.by, invited: said.call.proof.transcript.memberUserIds as readonly UserId[] },
    log: logReport,
    people: reports,
    statements: statementsOf(said),
    resolutions,
    server: record.server,
    ...(kept === undefined ? {} : { kept }),
  };
}

async function reportOf(log: ProvenLog, { answers }: SaidInRecord): Promise<LogReport> {
  const { checkpoint, keyGiven, recorded } = log;
  const views = await compareViews(answers, log);
  const { verifierKey } = recorded;
  return { verifierKey, keyGiven, size: checkpoint.size, views, viewless: viewless(answers) };
}

/** By who answered, over all that is before it in the file. */
async function keeperOf(
  record: CallRecord,
  said: SaidInRecord,
  signers: Signers,
): Promise<SignedAt | undefined> {
  if (record.kept === undefined) return undefined;
  const fields = { ...ofCall(said.call), recordDigest: await recordDigest(record) };
  const { by } = await signers.terminal(record.kept, "keep", fields, "kept");
  must(
    said.answers.some(({ signed }) => signed.by.by === by.by),
    "record.notMember",
    "kept",
  );
  return by;
}

function nameOf(
  { person, rests }: ProvenPerson,
  { list, listed }: SaidInRecord,
): Omit<PersonReport, "stays"> {
  const { displayName, userId } = person;
  const recovered = lastRecovery(person);
  const invitation = list.invitations.find(
    ({ guest, userIds }) => guest !== undefined && userIds.includes(userId),
  );
  const letIn = listed.find(
    ({ signed: { proof } }) =>
      proof.transcript.purpose === "let-in" &&
      invitation !== undefined &&
      equalBytes(proof.transcript.vouch, invitation.digest),
  );
  const guest = invitation && {
    vouchedBy: invitation.by as UserId,
    ...(letIn === undefined ? {} : { letInBy: letIn.signed.by.by }),
  };
  return {
    userId,
    displayName,
    rests,
    ...(guest === undefined ? {} : { guest }),
    ...(recovered === undefined ? {} : { recovered: { atMs: recovered.atMs, by: recovered.by.userId } }),
  };
}

/** All but the `call` proof and the answers, in the order of the file. */
function statementsOf({ endings, listed }: SaidInRecord): readonly StatementReport[] {
  const all = [...listed, ...endings].toSorted((one, other) => one.index - other.index);
  return all.map(({ signed }): StatementReport => {
    const { by, proof } = signed;
    const { transcript } = proof;
    switch (transcript.purpose) {
      case "invite":
      case "remove":
        return { ...by, type: transcript.purpose, userIds: transcript.userIds as readonly UserId[] };
      case "host":
        return { ...by, type: "host", userIds: [transcript.nextHost as UserId] };
      case "vouch":
        return { ...by, type: "vouch", userIds: [transcript.guestId as UserId] };
      case "let-in":
        return { ...by, type: "let-in", userIds: guestsOf(transcript.vouch, listed) };
      default:
        return { ...by, type: transcript.purpose, userIds: [], reason: transcript.reason };
    }
  });
}

const guestsOf = (vouch: Uint8Array, listed: SaidInRecord["listed"]): readonly UserId[] =>
  listed.flatMap(({ signed: { proof } }) =>
    proof.transcript.purpose === "vouch" && equalBytes(proof.digest, vouch)
      ? [proof.transcript.guestId as UserId]
      : [],
  );
