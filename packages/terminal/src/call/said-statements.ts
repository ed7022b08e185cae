/** Statements about who may be in a call: who signed each, as this terminal knows them. */
import { clockToleranceMs, namesItsKey, verifyTerminalProof } from "@signet/device";
import type { CallStatement, DeviceProof, DeviceProofResult, Refusal, VerifiedProof } from "@signet/device";
import { BoundedMap, codeOf, decodeTranscript, toBase64Url } from "@signet/protocol";
import type { CallStatementIn, ListPurpose, Purpose, Transcript, UserId } from "@signet/protocol";

import type { Directory, KnownPerson } from "../people/directory.ts";
import { checkedByNewest, verifyBindingOf, verifyProofOf } from "../people/proofs.ts";
import { aheadMs } from "./ahead.ts";

export interface SaidInCall {
  readonly statement: CallStatement;
  readonly stated: CallStatementIn;
  /** Of an `invite`, or of the word for a guest: who says it, and by which device. */
  readonly invited?: { readonly known: KnownPerson; readonly proof: DeviceProof<"invite" | "vouch"> };
}

type Checked = { readonly ok: true; readonly said: SaidInCall } | Refusal;

interface StatementContext {
  readonly serverOrigin: string;
  readonly callProof: VerifiedProof<"call">;
  readonly directory: Directory;
  readonly nowMs: number;
  /**
   * They stand in the group's list, or in a Commit that the server took: what differs between the terminals, their clocks and when they hear of a
   * revocation, must not decide. Else they are to be brought, or are only shown.
   */
  readonly follows?: boolean;
}

/**
 * Each by itself: an `invite` or `vouch` by a device of who says it, a `remove`, `host` or `let-in` by a terminal key that one vouches for, for this very call,
 * and not before it. Who may say it, and what follows, the list tells.
 * @param known what was verified here before, and takes what is
 * @param isEnough that it was: it is not verified again
 * @returns the first refusal, `proof.*`, `history.*`, `directory.*` or `certificate.*`; or all of them, in their order
 */
export async function verifyStatements(
  stated: readonly CallStatementIn[],
  context: StatementContext,
  known?: SaidStatements,
  isEnough = true,
): Promise<{ readonly ok: true; readonly said: readonly SaidInCall[] } | Refusal> {
  const results = await Promise.all(
    stated.map(async (one): Promise<Checked> => {
      const former = isEnough ? known?.get(one) : undefined;
      if (former !== undefined) return { ok: true, said: former };
      const checked = await verifyStatement(one, context);
      if (checked.ok) known?.add(checked.said);
      return checked;
    }),
  );
  const refused = results.find((result) => !result.ok);
  if (refused?.ok === false) return refused;
  return { ok: true, said: results.flatMap((result) => (result.ok ? [result.said] : [])) };
}

async function verifyStatement(stated: CallStatementIn, context: StatementContext): Promise<Checked> {
  const { callProof, directory, nowMs, serverOrigin, follows = false } = context;
  const { proof, binding } = stated;
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return { ok: false, code: "proof.malformed" };
  if (!isOfList(transcript)) return { ok: false, code: "proof.purpose" };
  const { purpose, issuedAtMs } = transcript;
  const tooEarly = issuedAtMs < callProof.transcript.issuedAtMs - clockToleranceMs;
  if (tooEarly || issuedAtMs > nowMs + aheadMs(follows)) return { ok: false, code: "proof.time" };
  const takesRevoked = follows ? directory.revocations.isLate : () => false;
  const fields = { callId: callProof.transcript.callId, callProofDigest: callProof.digest };
  const expected = { serverOrigin, time: "any", fields, takesRevoked } as const;
  let met: KnownPerson;
  try {
    met = await directory.person(transcript.userId as UserId);
  } catch (error) {
    return { ok: false, code: codeOf(error) };
  }
  if (transcript.purpose === "vouch" && !(await namesItsKey(transcript)))
    return { ok: false, code: "guest.word" };
  if (purpose === "invite" || purpose === "vouch") {
    const { known, result } = await checkedByNewest(
      directory,
      met,
      (person): Promise<DeviceProofResult<"invite" | "vouch">> =>
        verifyProofOf(person, proof, { ...expected, purpose }),
      takesRevoked,
    );
    if (!result.ok) return result;
    const statement = result.proof as CallStatement;
    return { ok: true, said: { statement, stated, invited: { known, proof: result.proof } } };
  }
  if (binding === undefined) return { ok: false, code: "proof.signer" };
  // As old as the statement at least, whose time was looked at.
  const signedIn = { serverOrigin, nowMs: Math.min(nowMs + aheadMs(follows), issuedAtMs), takesRevoked };
  const { result: bound } = await checkedByNewest(
    directory,
    met,
    (person) => verifyBindingOf(person, binding, signedIn),
    takesRevoked,
  );
  if (!bound.ok) return bound;
  const { takesRevoked: _ofDevice, ...ofKey } = expected;
  const result = await verifyTerminalProof(proof, { ...ofKey, purpose, binding: bound.binding });
  return result.ok ? { ok: true, said: { statement: result.proof as CallStatement, stated } } : result;
}

const purposes: readonly Purpose[] = ["invite", "remove", "host", "vouch", "let-in"] satisfies ListPurpose[];

const isOfList = (transcript: Transcript): transcript is Transcript<ListPurpose> =>
  purposes.includes(transcript.purpose);

/** More than a list holds: those that a Commit brought which came to nothing are among them. */
const mostKnown = 512;

/** Statements of one call that were verified here: each once, whoever shows it again. By what was said, not by how it was signed. */
export class SaidStatements {
  readonly #said = new BoundedMap<string, SaidInCall>(mostKnown);

  get({ proof }: CallStatementIn): SaidInCall | undefined {
    return this.#said.get(toBase64Url(proof.transcript));
  }

  add(said: SaidInCall): void {
    this.#said.set(toBase64Url(said.stated.proof.transcript), said);
  }
}
