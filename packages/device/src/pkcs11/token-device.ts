/** A key on a token as a signature device. */
import { SignetError, encodeTranscript, equalBytes } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, ErrorCode, ProofIn, Transcript } from "@signet/protocol";

import { deviceIdOf } from "../device.ts";
import type { SignOptions, SignatureDevice } from "../device.ts";
import { sha256 } from "../digest.ts";
import { checkRaw } from "../signature-check.ts";
import type { PinBytes, TokenSurvey } from "./messages.ts";
import type { ModuleClient } from "./module-client.ts";
import { askPin } from "./pin.ts";
import type { PinPrompt } from "./pin.ts";
import type { SignWay } from "./sign-way.ts";

export interface Pkcs11Device extends SignatureDevice {
  readonly kind: "pkcs11";
  readonly token: {
    readonly label: string;
    readonly serial: string;
    /** CK_SLOT_ID */
    readonly slot: number;
    readonly modulePath: string;
  };
  onRemoved(listener: () => void): () => void;
  /** Logs out, where no other device of this process uses the token, and stops watching it. */
  close(): void;
}

/** What a device is made of; it owns the session from here on. */
export interface DeviceParts {
  readonly client: ModuleClient;
  readonly session: number;
  readonly release: () => Promise<void>;
  readonly token: TokenSurvey;
  readonly modulePath: string;
  readonly algorithm: DeviceAlgorithm;
  readonly publicKey: Bytes;
  /** The same, imported for verification. */
  readonly verifier: CryptoKey;
  readonly certificates: readonly Bytes[];
  readonly keyHandle: Bytes;
  readonly way: SignWay;
  /** For a key that wants the PIN for each signature (CKA_ALWAYS_AUTHENTICATE). */
  readonly pinForEach: boolean;
  readonly prompt: PinPrompt | undefined;
}

/** PINs that the token refused for a signature. */
type WrongPins = PinBytes[];

export async function makeDevice(parts: DeviceParts): Promise<Pkcs11Device> {
  const { client, session, release, token, algorithm, publicKey, certificates } = parts;
  const listeners = new Set<() => void>();
  const wrongPins: WrongPins = [];
  let state: "open" | "removed" | "closed" = "open";

  const letGo = (): void => {
    // What fails here is gone already.
    void client
      .closeSession(session)
      .catch(() => {})
      .then(release);
  };
  const removed = (): void => {
    if (state !== "open") return;
    state = "removed";
    letGo();
    const told = [...listeners];
    listeners.clear();
    for (const listener of told) listener();
  };

  const device: Pkcs11Device = {
    kind: "pkcs11",
    deviceId: await deviceIdOf(publicKey),
    algorithm,
    publicKey,
    ...(certificates.length > 0 && { certificates }),
    token: { label: token.label, serial: token.serial, slot: token.slot, modulePath: parts.modulePath },
    sign: async (transcript: Transcript, options?: SignOptions): Promise<ProofIn> => {
      const encoded = encodeTranscript(transcript);
      const digest = await sha256(encoded);
      if (state !== "open") throw new SignetError("device.tokenRemoved");
      const signature = await abortable(signMessage(parts, digest, wrongPins), options?.signal);
      return { transcript: encoded, signature: { kind: "pkcs11", signature } };
    },
    onRemoved: (listener) => {
      if (state === "removed") queueMicrotask(listener);
      else if (state === "open") listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      if (state !== "open") return;
      state = "closed";
      listeners.clear();
      letGo();
    },
  };
  await client.watch(session, removed);
  return device;
}

/**
 * Each signature is verified before it leaves: a token may show the public key of another key, and one that erred in
 * computing must not give a wrong signature away.
 */
async function signMessage(parts: DeviceParts, message: Bytes, wrongPins: WrongPins): Promise<Bytes> {
  const { client, session, keyHandle, way, algorithm, verifier, pinForEach } = parts;
  const { mechanism, pss } = way;
  const prepared = await way.prepare(message);
  const ask = { session, key: keyHandle, mechanism: { mechanism, pss }, message: prepared };
  const signature = pinForEach
    ? await withPin(parts, wrongPins, async (pin) => client.request("sign", { ...ask, pin }, [pin.buffer]))
    : await client.request("sign", ask);
  const checked = await checkRaw(algorithm, verifier, signature, message);
  if (!checked.ok) throw new SignetError("device.publicKeyMismatch");
  return signature;
}

/**
 * Asks for the PIN with the token's flags as they are now. One that was wrong before is not tried again: who answers calls by rule,
 * with a PIN that nobody types, would have the card locked by three callers.
 */
async function withPin<T>(
  { client, token, prompt }: DeviceParts,
  wrongPins: WrongPins,
  use: (pin: PinBytes) => Promise<T>,
): Promise<T> {
  const { slot, serial } = token;
  const found = (await client.request("survey", {})).find(
    (one) => one.slot === slot && one.serial === serial,
  );
  const pin = await askPin(found ?? token, prompt);
  if (wrongPins.some((wrong) => equalBytes(wrong, pin))) throw new SignetError("device.pinWrong");
  const copy = pin.slice();
  try {
    return await use(pin);
  } catch (error) {
    const isWrong = error instanceof SignetError && wrongPinCodes.has(error.code);
    // At a reader with keys the next one may be another.
    if (isWrong && copy.length > 0) wrongPins.push(copy.slice());
    throw error;
  } finally {
    copy.fill(0);
  }
}

const wrongPinCodes: ReadonlySet<ErrorCode> = new Set([
  "device.pinWrong",
  "device.pinWrongFew",
  "device.pinWrongLast",
  "device.pinLocked",
]);

/** The token goes on by itself: PKCS#11 has no way to stop it that modules implement. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const { promise: cancelled, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(new SignetError("device.cancelled"));
  if (signal.aborted) giveUp();
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    signal.removeEventListener("abort", giveUp);
    work.catch(() => {});
  }
}
