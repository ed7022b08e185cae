/** Call lists, and what people say of them: really signed, right or as wrong as a test asks for. Nothing is checked. */
import assert from "node:assert/strict";

import { createTerminalKey, foldCallList, verifyDeviceProof } from "@signet/device";
import type { CallList, CallStatement, DeviceProof, VerifiedProof } from "@signet/device";
import type { GroupMember } from "@signet/e2ee";
import { encodeProof } from "@signet/protocol";
import type { Bytes, CallStatementIn, ListPurpose, Transcript } from "@signet/protocol";

import { known, randomBytes, randomId, serverOrigin } from "./people.ts";
import type { TestPerson } from "./people.ts";

/** Of a call of which nothing was said since it began; or this. */
export async function openedList(
  call: VerifiedProof<"call">,
  statements: readonly CallStatement[] = [],
): Promise<CallList> {
  const folded = await foldCallList(call, statements);
  assert.ok(folded.ok, folded.ok ? "" : folded.code);
  return folded.list;
}

const common = ({ userId, device }: TestPerson, issuedAtMs = Date.now()) => ({
  serverOrigin,
  userId,
  deviceId: device.deviceId,
  issuedAtMs,
});

/** A call that this person made just now. */
export async function callBy(
  by: TestPerson,
  memberUserIds: readonly string[],
  callId = randomId(),
): Promise<DeviceProof<"call">> {
  const { head, device } = by;
  const fields = { callId, memberUserIds, leafKey: randomBytes(32), head, checkpoint: new Uint8Array() };
  const proof = await device.sign({ purpose: "call", ...common(by), ...fields });
  const { person } = await known(by.entry);
  const result = await verifyDeviceProof(proof, { purpose: "call", serverOrigin, person, time: "any" });
  assert.ok(result.ok, result.ok ? "" : result.code);
  return result.proof;
}

type Own<P extends ListPurpose> = Partial<Omit<Transcript<P>, "purpose">>;

/** Somebody who says things of a call's list, at a terminal of theirs where they signed in then; default a minute ago. */
export async function teller(who: TestPerson, signedInAtMs = Date.now() - 60_000) {
  const key = await createTerminalKey();
  const { device, head } = who;
  const binding = await device.sign({
    purpose: "sign-in",
    ...common(who, signedInAtMs),
    serverChallenge: randomBytes(32),
    terminalId: key.terminalId,
    terminalKey: key.publicKey,
    expiresAtMs: signedInAtMs + 3_600_000,
    head,
  });
  const ofCall = ({ digest, transcript }: VerifiedProof<"call">) => ({
    ...common(who),
    callId: transcript.callId,
    callProofDigest: digest,
  });
  return {
    binding,
    invites: async (
      call: VerifiedProof<"call">,
      userIds: readonly string[],
      own: Own<"invite"> = {},
    ): Promise<CallStatementIn> => ({
      proof: await device.sign({ purpose: "invite", ...ofCall(call), head, userIds, ...own }),
    }),
    vouches: async (
      call: VerifiedProof<"call">,
      guest: Pick<Transcript<"vouch">, "guestId" | "guestKey">,
      own: Own<"vouch"> = {},
    ): Promise<CallStatementIn> => ({
      proof: await device.sign({
        purpose: "vouch",
        ...ofCall(call),
        head,
        guestName: "Gus",
        ...guest,
        ...own,
      }),
    }),
    letsIn: async (call: VerifiedProof<"call">, vouch: Bytes): Promise<CallStatementIn> => ({
      proof: await key.sign({ purpose: "let-in", ...ofCall(call), vouch }),
      binding,
    }),
    removes: async (
      call: VerifiedProof<"call">,
      userIds: readonly string[],
      voided: readonly Bytes[],
      own: Own<"remove"> = {},
    ): Promise<CallStatementIn> => ({
      proof: await key.sign({ purpose: "remove", ...ofCall(call), userIds, voided, ...own }),
      binding,
    }),
    makesHost: async (
      call: VerifiedProof<"call">,
      nextHost: string,
      previousHost = call.digest,
    ): Promise<CallStatementIn> => ({
      proof: await key.sign({ purpose: "host", ...ofCall(call), previousHost, nextHost }),
      binding,
    }),
  };
}

/** A leaf of somebody who answered this invitation. Later ones are younger. */
export async function leafBy(
  who: TestPerson,
  call: VerifiedProof<"call">,
  leaf: number,
  invitation = call.digest,
): Promise<GroupMember> {
  const leafPublicKey = randomBytes(32);
  const { callId } = call.transcript;
  const proof = await who.device.sign({
    purpose: "join",
    ...common(who, call.transcript.issuedAtMs + leaf),
    callId,
    callProofDigest: call.digest,
    leafKey: leafPublicKey,
    head: who.head,
    checkpoint: new Uint8Array(),
    invitation,
  });
  return { leaf, userId: who.userId, identity: encodeProof(proof), leafPublicKey, proves: true };
}
