/** Words of people in a call that they are in it, as an honest server passes them on. */
import { createTerminalKey } from "@signet/device";
import type { TerminalKey } from "@signet/device";
import type { Bytes, CallId, EventBody, ProofIn, Transcript } from "@signet/protocol";

import { randomBytes, serverOrigin } from "./people.ts";
import type { TestPerson } from "./people.ts";

export interface AtTerminal extends TestPerson {
  readonly key: TerminalKey;
  /** The device's word for the terminal's key. */
  readonly binding: ProofIn;
}

/** The person signs in somewhere. */
export async function atTerminal(
  person: TestPerson,
  change: Partial<Transcript<"sign-in">> = {},
  key?: TerminalKey,
): Promise<AtTerminal> {
  const own = key ?? (await createTerminalKey());
  const { userId, device } = person;
  const issuedAtMs = Date.now() - 1_000;
  const binding = await device.sign({
    purpose: "sign-in",
    serverOrigin,
    userId,
    deviceId: device.deviceId,
    issuedAtMs,
    serverChallenge: randomBytes(32),
    terminalId: own.terminalId,
    terminalKey: own.publicKey,
    expiresAtMs: issuedAtMs + 3_600_000,
    head: person.head,
    ...change,
  });
  return { ...person, key: own, binding };
}

/** @param change of what is signed */
export async function presentBy(
  { binding, device, entry, key, userId }: AtTerminal,
  asked: { readonly callId: CallId; readonly nonce: Bytes },
  change: Partial<Transcript<"present">> = {},
): Promise<EventBody<"call.memberPresent">> {
  const { callId, nonce } = asked;
  const common = { serverOrigin, userId, deviceId: device.deviceId, issuedAtMs: Date.now() };
  const proof = await key.sign({ purpose: "present", ...common, callId, nonce, ...change });
  return { callId, entry, proof, binding };
}
