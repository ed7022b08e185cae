/** The key at hand, whether it signs, and whether the server takes it. */
import { SignetError } from "@signet/terminal";
import type { SignetTerminal, UserId } from "@signet/terminal";
import { probeMedia } from "@signet/terminal/node";

import { exitCodes, failureOf } from "../failure.ts";
import type { HeldDevice } from "../keys/held-device.ts";
import { wordsFor } from "../output/error-words.ts";
import { deviceWords } from "../output/words.ts";
import type { Identity } from "../run/identity.ts";
import { failed, ok, warning } from "./check.ts";
import type { CheckResult } from "./check.ts";

/** Opens the key, which may ask for its passphrase or PIN, and has it sign. */
export async function checkKey(held: HeldDevice, identity: Identity): Promise<CheckResult> {
  try {
    await held.open(identity);
    const { device } = held;
    // Nobody takes a proof of this purpose from a device: it is worth nothing to whoever sees it.
    await device.sign({
      purpose: "leave",
      serverOrigin: identity.server,
      userId: identity.user,
      deviceId: device.deviceId,
      issuedAtMs: 0,
      callId: "",
      reason: "",
    });
    const where = identity.key.type === "file" ? identity.key.path : identity.key.module;
    return ok(`${deviceWords[device.kind]}, ${device.algorithm}, signs (${where})`);
  } catch (error) {
    return asResult(error);
  }
}

export async function checkSignIn(terminal: SignetTerminal, userId: UserId): Promise<CheckResult> {
  try {
    await terminal.signIn({ userId });
  } catch (error) {
    return asResult(error);
  }
  const { session } = terminal.state;
  const issuer = session.status === "signedIn" ? session.device.certificate?.issuer : undefined;
  return ok(`${userId} can sign in${issuer === undefined ? "" : `, certified by ${issuer}`}`);
}

/** Connects as a call would; needs a terminal that is signed in. */
export async function checkMedia(terminal: SignetTerminal, withinMs?: number): Promise<CheckResult> {
  try {
    const probe = await probeMedia(terminal, withinMs === undefined ? {} : { withinMs });
    if (probe.connected) return ok(`audio connects over UDP, after ${probe.afterMs} ms`);
    const tried = probe.addresses.length === 0 ? "no address" : probe.addresses.join(", ");
    return failed(
      exitCodes.callFailed,
      `audio does not connect over UDP: tried ${tried}`,
      "let UDP to these addresses through every firewall; if they are wrong, start the server with --media-announce",
    );
  } catch (error) {
    if (error instanceof SignetError && error.code === "media.tooManyProbes") {
      const { hint, message } = wordsFor(error.code);
      return warning(message, hint);
    }
    return asResult(error);
  }
}

/** @throws what is neither the person's nor the server's to mend */
function asResult(error: unknown): CheckResult {
  const failure = failureOf(error);
  if (failure === undefined) throw error;
  return failed(failure.exitCode, failure.message, failure.hint);
}
