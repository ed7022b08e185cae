/** A key on a token as a signature device. */
import { SignetError, encodeTranscript } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, ProofIn, Transcript } from "@signet/protocol";

import { deviceIdOf } from "../device.ts";
import type { SignOptions, SignatureDevice } from "../device.ts";
import { sha256 } from "../digest.ts";
import { checkRaw } from "../signature-check.ts";
import type { TokenSurvey } from "./messages.ts";
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

export async function makeDevice(parts: DeviceParts): Promise<Pkcs11Device> {
  const { client, session, release, token, algorithm, publicKey, certificates } = parts;
  const listeners = new Set<() => void>();
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
      const signature = await abortable(signMessage(parts, digest), options?.signal);
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
async function signMessage(parts: DeviceParts, message: Bytes): Promise<Bytes> {
  const { client, session, keyHandle, way, algorithm, verifier, token, prompt, pinForEach } = parts;
  const { mechanism, pss } = way;
  const prepared = await way.prepare(message);
  const ask = { session, key: keyHandle, mechanism: { mechanism, pss }, message: prepared };
  const pin = pinForEach ? await askPin(token, prompt) : undefined;
  const signature =
    pin === undefined
      ? await client.request("sign", ask)
      : await client.request("sign", { ...ask, pin }, [pin.buffer]);
  const checked = await checkRaw(algorithm, verifier, signature, message);
  if (!checked.ok) throw new SignetError("device.publicKeyMismatch");
  return signature;
}

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
