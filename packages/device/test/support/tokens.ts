/** Test tokens for the tests of this room, and the device on them. */
import assert from "node:assert/strict";
import { after } from "node:test";

import { createTerminalKey, verifyDeviceProof, foldHistory } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import type { PinPrompt } from "@signet/device/pkcs11";
import { SignetError } from "@signet/protocol";
import type { ErrorCode } from "@signet/protocol";
import { makeTestToken } from "@signet/test-token";
import type { TestToken, TestTokenOptions } from "@signet/test-token";

import { makeEntry, nowMs, serverOrigin, transcriptsOf } from "./people.ts";

/** A token that is deleted after the tests of the file. */
export function tokenFor(options: TestTokenOptions = {}): TestToken {
  const token = makeTestToken(options);
  after(() => token.remove());
  return token;
}

export const goodPin: PinPrompt = async () => "1234";

export const neverAsked: PinPrompt = () => assert.fail("nobody may be asked for a PIN");

export async function rejectsWith(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof SignetError, String(error));
    assert.equal(error.code, code);
    return true;
  });
}

/** Registers with the device and has it sign a call, and verifies both as any terminal does. */
export async function assertProves(device: SignatureDevice): Promise<void> {
  const terminal = await createTerminalKey();
  const entryIn = await makeEntry(device, terminal, false);
  const folded = await foldHistory(entryIn, { serverOrigin, administratorDevices: async () => undefined });
  assert.ok(folded.ok, folded.ok ? "" : folded.code);
  const { person } = folded;
  const { call } = transcriptsOf(device, terminal, person);
  const proof = await device.sign(call);
  assert.equal(proof.signature.kind, "pkcs11");
  const expected = { purpose: "call", serverOrigin, person, time: { nowMs } } as const;
  const checked = await verifyDeviceProof(proof, expected);
  assert.ok(checked.ok, checked.ok ? "" : checked.code);
}

/** Any transcript, for a signature that is looked at only for being made. */
export async function signSomething(device: SignatureDevice, signal?: AbortSignal): Promise<void> {
  const terminal = await createTerminalKey();
  await device.sign(transcriptsOf(device, terminal).call, signal === undefined ? {} : { signal });
}
