/** The key at hand, whether it signs, and whether the server takes it. */
import { SignetError } from "@signet/terminal";
import type { SignetTerminal, UserId } from "@signet/terminal";
import { probeMedia } from "@signet/terminal/node";
import type { MediaProbe, MediaProbeLink } from "@signet/terminal/node";
import { soundAdviceWords, soundFigureWords } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { exitCodes, failureOf } from "../failure.ts";
import type { HeldDevice } from "../keys/held-device.ts";
import { wordsFor } from "../output/error-words.ts";
import { deviceWords } from "../output/words.ts";
import type { Identity } from "../run/identity.ts";
import { failed, ok, skipped, warning } from "./check.ts";
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
    return ok(texts().doctor.keySigns(deviceWords(device.kind), device.algorithm, where));
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
  return ok(
    issuer === undefined
      ? texts().doctor.canSignIn(userId)
      : texts().doctor.canSignInCertified(userId, issuer),
  );
}

/** Connects as a call would, by UDP and by the server's relays; needs a terminal that is signed in. */
export async function checkMedia(
  terminal: MediaProbeLink & Pick<SignetTerminal, "probeRelays">,
  withinMs?: number,
): Promise<{ readonly audio: CheckResult; readonly relay: CheckResult }> {
  const within = withinMs === undefined ? {} : { withinMs };
  try {
    const udp = await probeMedia(terminal, within);
    const relays = await terminal.probeRelays();
    const relayed =
      relays.length === 0
        ? undefined
        : await probeMedia(terminal, { ...within, relays: () => Promise.resolve(relays) });
    return { audio: overUdp(udp, relayed), relay: overRelay(udp, relayed) };
  } catch (error) {
    const isBusy = error instanceof SignetError && error.code === "media.tooManyProbes";
    const { hint, message } = wordsFor("media.tooManyProbes");
    const audio = isBusy ? warning(message, hint) : asResult(error);
    return { audio, relay: skipped(texts().doctor.relayNotTested, texts().doctor.mendIsAbove) };
  }
}

function overUdp(udp: MediaProbe, relayed: MediaProbe | undefined): CheckResult {
  if (udp.connected) {
    const message = texts().doctor.udpConnects(figures(udp));
    // That it is slow the figures say.
    const advice = soundAdviceWords({ by: udp.by, ...(udp.lost === undefined ? {} : { lost: udp.lost }) });
    return advice === undefined ? ok(message) : warning(message, advice);
  }
  const tried = udp.addresses.length === 0 ? texts().doctor.noAddress : udp.addresses.join(", ");
  const message = texts().doctor.udpFails(tried);
  return relayed?.connected === true
    ? warning(message, texts().doctor.relayInstead(texts().doctor.udpHint))
    : failed(exitCodes.callFailed, message, texts().doctor.udpHint);
}

function overRelay(udp: MediaProbe, relayed: MediaProbe | undefined): CheckResult {
  if (relayed === undefined) return skipped(texts().doctor.noRelay, texts().doctor.noRelayHint);
  if (relayed.connected)
    return ok(texts().doctor.relayConnects(transportWords[relayed.by], figures(relayed)));
  const { relayFailure } = relayed;
  const { relayFails, relayFailsFor, relayHint, relayWhy } = texts().doctor;
  const message = relayFailure === undefined ? relayFails : relayFailsFor(relayWhy[relayFailure]);
  const hint = relayFailure === "untrusted" ? wordsFor("media.relayUntrusted").hint : relayHint;
  return udp.connected ? warning(message, hint) : failed(exitCodes.callFailed, message, hint);
}

const transportWords = { udp: "UDP", relayUdp: "UDP", relayTcp: "TCP", relayTls: "TLS" } as const;
function figures(probe: MediaProbe & { readonly connected: true }): string {
  const words = soundFigureWords(probe);
  return words === "" ? `${probe.afterMs} ms` : texts().doctor.figures(probe.afterMs, words);
}

/** @throws what is neither the person's nor the server's to mend */
function asResult(error: unknown): CheckResult {
  const failure = failureOf(error);
  if (failure === undefined) throw error;
  return failed(failure.exitCode, failure.message, failure.hint);
}
