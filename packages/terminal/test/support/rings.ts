/** Rings as an honest server passes them on, by people without a terminal. */
import { createTerminalKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import type { Bytes, CallId, EventBody, UserId } from "@signet/protocol";

import { randomBytes, randomId, serverOrigin } from "./people.ts";
import type { TestPerson } from "./people.ts";

export type Ring = EventBody<"call.ring">;

/** A ring by `caller` for `called`, signed now, or then; by their device, or another one. */
export async function ringBy(
  caller: TestPerson,
  called: readonly UserId[],
  {
    callId = randomId() as CallId,
    expiresInMs = 45_000,
    issuedAtMs = Date.now(),
    signer = caller.device,
    checkpoint = new Uint8Array(),
  }: {
    readonly callId?: CallId;
    readonly expiresInMs?: number;
    readonly issuedAtMs?: number;
    readonly signer?: SignatureDevice;
    /** What they saw of the server's log. */
    readonly checkpoint?: Bytes;
  } = {},
): Promise<Ring> {
  const { userId, device, entry } = caller;
  const common = { serverOrigin, userId, deviceId: device.deviceId };
  const terminalKey = await createTerminalKey();
  const [proof, binding] = await Promise.all([
    signer.sign({
      purpose: "call",
      ...common,
      issuedAtMs,
      callId,
      memberUserIds: called,
      leafKey: randomBytes(32),
      head: caller.head,
      checkpoint,
    }),
    device.sign({
      purpose: "sign-in",
      ...common,
      issuedAtMs: issuedAtMs - 1_000,
      serverChallenge: randomBytes(32),
      terminalId: randomId(),
      terminalKey: terminalKey.publicKey,
      expiresAtMs: issuedAtMs + 3_600_000,
      head: caller.head,
    }),
  ]);
  const members = [userId, ...called].map((one) => ({ userId: one, state: "ringing" as const }));
  return {
    callId,
    initiator: entry,
    proof,
    binding,
    members,
    expiresAtMs: issuedAtMs + expiresInMs,
  };
}
