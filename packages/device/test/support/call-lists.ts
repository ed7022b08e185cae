/** Call lists that tests write: every statement is really signed and verified, right or as wrong as a test asks for. */
import assert from "node:assert/strict";

import {
  createSoftwareKey,
  createTerminalKey,
  extendCallList,
  foldCallList,
  verifyBinding,
  verifyDeviceProof,
  verifyTerminalProof,
} from "@signet/device";
import type { CallList, CallListResult, CallStatement, VerifiedProof } from "@signet/device";
import { UserId, toBase64Url } from "@signet/protocol";
import type { Bytes, ErrorCode, ListPurpose, Transcript } from "@signet/protocol";

import { folded } from "./history.ts";
import { makeEntry, nowMs, serverOrigin, transcriptsOf } from "./people.ts";

type Statement = ListPurpose;
type Own<P extends Statement> = Partial<Omit<Transcript<P>, "purpose">>;

export interface Caller {
  readonly userId: string;
  call(memberUserIds: readonly string[], callId: string): Promise<VerifiedProof<"call">>;
  says<P extends Statement>(
    purpose: P,
    call: VerifiedProof<"call">,
    own: Own<P>,
  ): Promise<VerifiedProof<P> & CallStatement>;
}

export const someCallId = toBase64Url(new Uint8Array(16).fill(3));

/** Somebody with a device and a signed-in terminal. */
export async function makeCaller(userId: string): Promise<Caller> {
  const [device, terminal] = await Promise.all([
    createSoftwareKey({ algorithm: "EdDSA" }),
    createTerminalKey(),
  ]);
  const person = await folded({
    ...(await makeEntry(device, terminal, false)),
    userId: UserId.parse(userId),
    proof: await device.sign({ ...transcriptsOf(device, terminal).register, userId }),
  });
  const { "sign-in": signIn, ...transcripts } = transcriptsOf(device, terminal, person);
  const bound = await verifyBinding(await device.sign({ ...signIn, userId }), {
    serverOrigin,
    person,
    nowMs,
  });
  assert.ok(bound.ok);
  const { binding } = bound;
  const origins = { serverOrigin, time: "any" } as const;
  return {
    userId,
    call: async (memberUserIds, callId) => {
      const proof = await device.sign({ ...transcripts.call, userId, memberUserIds, callId });
      const result = await verifyDeviceProof(proof, { ...origins, purpose: "call", person });
      assert.ok(result.ok, result.ok ? "" : result.code);
      return result.proof;
    },
    says: async (purpose, call, own) => {
      const transcript = {
        ...transcripts[purpose],
        userId,
        callId: call.transcript.callId,
        callProofDigest: call.digest,
        ...own,
      } as Transcript<Statement>;
      // As it is verified in life, so that a statement for another server is one that holds there.
      const there = { ...origins, serverOrigin: transcript.serverOrigin };
      const result =
        transcript.purpose === "invite" || transcript.purpose === "vouch"
          ? await verifyDeviceProof(await device.sign(transcript), {
              ...there,
              purpose: transcript.purpose,
              person,
            })
          : await verifyTerminalProof(await terminal.sign(transcript), {
              ...there,
              purpose: transcript.purpose,
              binding,
            });
      assert.ok(result.ok, result.ok ? "" : result.code);
      return result.proof as VerifiedProof<typeof purpose> & CallStatement;
    },
  };
}

export async function listOf(
  call: VerifiedProof<"call">,
  statements: readonly CallStatement[] = [],
): Promise<CallList> {
  return must(await foldCallList(call, statements));
}

export async function extended(
  list: CallList,
  statements: readonly CallStatement[],
  roster: readonly string[],
): Promise<CallList> {
  return must(await extendCallList(list, statements, roster));
}

function must(result: CallListResult): CallList {
  assert.ok(result.ok, result.ok ? "" : result.code);
  return result.list;
}

export function assertNotListed(result: CallListResult, code: ErrorCode): void {
  assert.deepEqual(result.ok ? { ok: true } : result, { ok: false, code });
}

export const text = (digest: Bytes): string => toBase64Url(digest);
