/** A key on a token as a signature device. */
import { SignetError, encodeTranscript } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, ProofIn, Transcript } from "@signet/protocol";

import { cmsSigner, signsAttributes } from "../cms/sign-cms.ts";
import { deviceIdOf } from "../device.ts";
import type { SignOptions, SignatureDevice } from "../device.ts";
import { sha256 } from "../digest.ts";
import { checkRaw } from "../signature-check.ts";
import type { TokenSurvey } from "./messages.ts";
import type { TokenKey } from "./token-key.ts";
import type { TokenLogin } from "./token-login.ts";

export interface Pkcs11Device extends SignatureDevice {
  readonly kind: "pkcs11";
  readonly token: {
    readonly label: string;
    readonly serial: string;
    /** CK_SLOT_ID */
    readonly slot: number;
    readonly modulePath: string;
  };
  readonly key: {
    readonly label: string;
    /** CKA_ID, hexadecimal */
    readonly id: string;
  };
  /** Why it cannot sign any more, once its removal was told; undefined where the token was simply taken away. */
  readonly lostBecause: SignetError | undefined;
  onRemoved(listener: () => void): () => void;
  /** Logs out, where no other device of this process uses the token, and stops watching it. */
  close(): void;
}

/** What a device is made of; it owns the session from here on. */
export interface DeviceParts {
  readonly login: TokenLogin;
  readonly release: () => Promise<void>;
  readonly token: TokenSurvey;
  readonly modulePath: string;
  readonly algorithm: DeviceAlgorithm;
  readonly publicKey: Bytes;
  /** The same, imported for verification. */
  readonly verifier: CryptoKey;
  readonly certificates: readonly Bytes[];
  readonly key: TokenKey;
  readonly keyLabel: string;
  /** CKA_ID, hexadecimal */
  readonly keyId: string;
}

export async function makeDevice(parts: DeviceParts): Promise<Pkcs11Device> {
  const { login, release, token, algorithm, publicKey, certificates } = parts;
  const { client, session } = login;
  const listeners = new Set<() => void>();
  let state: "open" | "removed" | "closed" = "open";
  let lostBecause: SignetError | undefined;

  const letGo = (): void => {
    // What fails here is gone already.
    void client
      .closeSession(session)
      .catch(() => {})
      .then(release);
  };
  const lost = (cause?: SignetError): void => {
    if (state !== "open") return;
    state = "removed";
    lostBecause = cause;
    letGo();
    const told = [...listeners];
    listeners.clear();
    for (const listener of told) listener();
  };
  /** Whoever is rung by this key must be able to answer; where the login cannot be made anew, nobody can. */
  const lapsed = (): void => {
    login.again().catch((error: unknown) => lost(asSignetError(error)));
  };

  const signBytes = async (bytes: Bytes, { signal }: SignOptions): Promise<Bytes> => {
    if (state !== "open") throw new SignetError("device.tokenRemoved", lostBecause);
    return abortable(signMessage(parts, bytes), signal);
  };

  const device: Pkcs11Device = {
    kind: "pkcs11",
    deviceId: await deviceIdOf(publicKey),
    algorithm,
    publicKey,
    ...(certificates.length > 0 && {
      certificates,
      signCms: cmsSigner({ algorithm, publicKey, certificates, sign: signBytes }),
    }),
    token: { label: token.label, serial: token.serial, slot: token.slot, modulePath: parts.modulePath },
    key: { label: parts.keyLabel, id: parts.keyId },
    get lostBecause(): SignetError | undefined {
      return lostBecause;
    },
    sign: async (transcript: Transcript, options: SignOptions = {}): Promise<ProofIn> => {
      const encoded = encodeTranscript(transcript);
      const signature = await signBytes(await sha256(encoded), options);
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
  await client.watch(session, { onGone: lost, onLapsed: lapsed });
  return signsAttributes(device, signBytes);
}

const asSignetError = (error: unknown): SignetError =>
  error instanceof SignetError ? error : new SignetError("device.loginLapsed", error);

/**
 * Each signature is verified before it leaves: a token may show the public key of another key, and one that erred in
 * computing must not give a wrong signature away.
 */
async function signMessage({ key, algorithm, verifier }: DeviceParts, message: Bytes): Promise<Bytes> {
  const signature = await key.sign(message);
  const checked = await checkRaw(algorithm, verifier, signature, message);
  if (checked.ok) return signature;
  if (checked.code !== "proof.encoding") throw new SignetError("device.publicKeyMismatch");
  const form = new Error(`${signature.length} bytes that are no signature of ${algorithm}`);
  throw new SignetError("device.signatureMalformed", form);
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
