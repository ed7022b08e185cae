/** Statements about who may be in a call: who signed each, as this terminal knows them. */
import { clockToleranceMs, verifyTerminalProof } from "@signet/device";
import type { CallStatement, DeviceProof, Refusal, VerifiedProof } from "@signet/device";
import { BoundedMap, codeOf, decodeTranscript, toBase64Url } from "@signet/protocol";
import type { CallStatementIn, Transcript, UserId } from "@signet/protocol";

import type { Directory, KnownPerson } from "../people/directory.ts";
import { checkedByNewest, verifyBindingOf, verifyProofOf } from "../people/proofs.ts";

export interface SaidInCall {
  readonly statement: CallStatement;
  readonly stated: CallStatementIn;
  /** Of an `invite`: who invites, and by which device. */
  readonly invited?: { readonly known: KnownPerson; readonly proof: DeviceProof<"invite"> };
}

type Checked = { readonly ok: true; readonly said: SaidInCall } | Refusal;

interface StatementContext {
  readonly serverOrigin: string;
  readonly callProof: VerifiedProof<"call">;
  readonly directory: Directory;
  readonly nowMs: number;
}

/**
 * Each by itself: an `invite` by a device of who says it, a `remove` or `host` by a terminal key that one vouches for, for this very call,
 * and not before it. Who may say it, and what follows, the list tells.
 * @returns the first refusal, `proof.*`, `history.*`, `directory.*` or `certificate.*`; or all of them, in their order
 */
export async function verifyStatements(
  stated: readonly CallStatementIn[],
  context: StatementContext,
  known?: SaidStatements,
): Promise<{ readonly ok: true; readonly said: readonly SaidInCall[] } | Refusal> {
  const results = await Promise.all(
    stated.map(async (one): Promise<Checked> => {
      const former = known?.get(one);
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
  const { callProof, directory, nowMs, serverOrigin } = context;
  const { proof, binding } = stated;
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return { ok: false, code: "proof.malformed" };
  if (!isOfList(transcript)) return { ok: false, code: "proof.purpose" };
  const { purpose, issuedAtMs } = transcript;
  const tooEarly = issuedAtMs < callProof.transcript.issuedAtMs - clockToleranceMs;
  if (tooEarly || issuedAtMs > nowMs + clockToleranceMs) return { ok: false, code: "proof.time" };
  const fields = { callId: callProof.transcript.callId, callProofDigest: callProof.digest };
  const expected = { serverOrigin, time: "any", fields } as const;
  let met: KnownPerson;
  try {
    met = await directory.person(transcript.userId as UserId);
  } catch (error) {
    return { ok: false, code: codeOf(error) };
  }
  if (purpose === "invite") {
    const { known, result } = await checkedByNewest(directory, met, (person) =>
      verifyProofOf(person, proof, { ...expected, purpose }),
    );
    if (!result.ok) return result;
    const statement = result.proof as VerifiedProof<"invite">;
    return { ok: true, said: { statement, stated, invited: { known, proof: result.proof } } };
  }
  if (binding === undefined) return { ok: false, code: "proof.signer" };
  const { result: bound } = await checkedByNewest(directory, met, (person) =>
    verifyBindingOf(person, binding, { serverOrigin, nowMs: Math.min(nowMs, issuedAtMs) }),
  );
  if (!bound.ok) return bound;
  const result = await verifyTerminalProof(proof, { ...expected, purpose, binding: bound.binding });
  return result.ok ? { ok: true, said: { statement: result.proof as CallStatement, stated } } : result;
}

const isOfList = (transcript: Transcript): transcript is Transcript<"invite" | "remove" | "host"> =>
  transcript.purpose === "invite" || transcript.purpose === "remove" || transcript.purpose === "host";

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
