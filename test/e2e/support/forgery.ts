import { createSoftwareKey, statedHead } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { CallGroup, createLeafKey } from "@signet/e2ee";
import type { CredentialHook, LeafKey } from "@signet/e2ee";
import {
  decodeProof,
  decodeTranscript,
  encodeFields,
  encodeProof,
  toBase64Url,
  utf8,
} from "@signet/protocol";
import type {
  Bytes,
  DirectoryEntryIn,
  EventBody,
  ProofIn,
  TerminalId,
  Transcript,
  UserId,
} from "@signet/protocol";

export type Joiner = EventBody<"call.commitNeeded">["admit"][number];

export const randomBytes = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
export const randomId = (): string => toBase64Url(randomBytes(16));
export const newDevice = () => createSoftwareKey({ algorithm: "EdDSA" });

const minuteMs = 60_000;
export const tenMinutesAgo = (): number => Date.now() - 10 * minuteMs;

/** Believes everybody, as the terminal of a dishonest member would: the name is what the proof says. */
export const credulous: CredentialHook = (identity) => {
  const proof = decodeProof(identity);
  const transcript = proof === undefined ? undefined : decodeTranscript(proof.transcript);
  return Promise.resolve(
    transcript !== undefined && "userId" in transcript
      ? { ok: true, userId: transcript.userId }
      : { ok: false },
  );
};

/** The entry that a server could make for a device of its own under anybody's name: it verifies, by itself. */
export async function entryFor(
  device: SignatureDevice,
  userId: UserId,
  serverOrigin: string,
): Promise<DirectoryEntryIn> {
  const { kind, deviceId, algorithm, publicKey } = device;
  const displayName = userId.toUpperCase();
  const issuedAtMs = Date.now();
  const proof = await device.sign({
    purpose: "register",
    serverOrigin,
    userId,
    deviceId,
    issuedAtMs,
    serverChallenge: randomBytes(32),
    displayName,
    devicePublicKey: publicKey,
    terminalId: randomId(),
    terminalKey: randomBytes(32),
    expiresAtMs: issuedAtMs + minuteMs,
  });
  return {
    userId,
    displayName,
    deviceId,
    kind,
    algorithm,
    publicKey,
    userVerification: false,
    registeredAtMs: issuedAtMs,
    proof,
    statements: [],
  };
}

/** The `call` proof with other contents, signed by whatever device is at hand. */
export async function resign(
  device: SignatureDevice,
  proof: ProofIn,
  change: Partial<Transcript<"call">>,
): Promise<ProofIn> {
  return device.sign({ ...readCall(proof), ...change });
}

export function readCall(proof: ProofIn): Transcript<"call"> {
  const transcript = decodeTranscript(proof.transcript);
  if (transcript?.purpose !== "call") throw new Error("not a call proof");
  return transcript;
}

/** Digest of a call list of the `call` proof and what else is named: over label and sorted digests, each with its length. */
export async function callListOf(...digests: readonly Bytes[]): Promise<Bytes> {
  const fields = encodeFields([utf8("signet/call-list/v1"), ...digests.toSorted(Buffer.compare)]);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", fields));
}

/** Somebody who waits for admission, with any part of it false. */
export async function forgeJoiner(input: {
  readonly userId: UserId;
  readonly device: SignatureDevice;
  readonly entry: DirectoryEntryIn;
  readonly callProof: ProofIn;
  readonly issuedAtMs?: number;
  /** Digest of the statement that is answered; by default of the `call` proof. */
  readonly invitation?: Bytes;
  /** The KeyPackage holds another proof than the one that is shown, which says that it was signed then. */
  readonly packedAtMs?: number;
  /** The key in the KeyPackage; by default the one that the proof names. */
  readonly packageKey?: LeafKey;
}): Promise<Joiner> {
  const { userId, device, entry, callProof } = input;
  const { serverOrigin, callId, checkpoint } = readCall(callProof);
  const leafKey = await createLeafKey();
  const callProofDigest = new Uint8Array(await crypto.subtle.digest("SHA-256", callProof.transcript));
  const { deviceId } = device;
  const issuedAtMs = input.issuedAtMs ?? Date.now();
  const head = await statedHead(entry);
  const answerAt = (atMs: number): Promise<ProofIn> =>
    device.sign({
      purpose: "join",
      serverOrigin,
      userId,
      deviceId,
      issuedAtMs: atMs,
      callId,
      callProofDigest,
      leafKey: leafKey.publicKey,
      head,
      checkpoint,
      invitation: input.invitation ?? callProofDigest,
    });
  const proof = await answerAt(issuedAtMs);
  const packed = input.packedAtMs === undefined ? proof : await answerAt(input.packedAtMs);
  const callListDigest = await callListOf(callProofDigest);
  const pending = await CallGroup.prepareJoin({
    callId,
    leafKey: input.packageKey ?? leafKey,
    identity: encodeProof(packed),
    hook: credulous,
    callListDigest: () => callListDigest,
    nowMs: () => Date.now(),
  });
  return { userId, terminalId: randomId() as TerminalId, entry, proof, keyPackage: pending.keyPackage };
}

/** The bytes with one of them changed. */
export function altered(bytes: Bytes, at = bytes.length - 1): Bytes {
  const copy = new Uint8Array(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x01;
  return copy;
}

/** Order n of the P-256 group (SP 800-186 section 3.2.1.3). */
const p256Order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The other signature under the same statement, which anybody can make of an ES256 one: (r, n - s) for (r, s). r||s only. */
export function twinOf(proof: ProofIn): ProofIn {
  const { signature } = proof.signature;
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString("hex")}`);
  const twin = new Uint8Array(signature);
  twin.set(Buffer.from((p256Order - s).toString(16).padStart(64, "0"), "hex"), 32);
  return { ...proof, signature: { ...proof.signature, signature: twin } };
}

/** Bytes of an Ed25519 signature with their length (RFC 9420 section 2.1.2), as a GroupInfo ends in. */
const signatureBytes = 2 + 64;
/** The type of the extension `external_pub` (RFC 9420 section 17.3) and the length of its key, as they stand before it. */
const externalPubHead = Buffer.from([0x00, 0x04, 0x20]);

/** A GroupInfo with an external key that is not the group's, properly signed: nobody who is not in the group can tell. */
export async function withFalseExternalKey(
  groupInfo: Bytes,
  sign: (message: Bytes) => Promise<Bytes>,
): Promise<Bytes> {
  const forged = Buffer.from(groupInfo);
  const pair = await crypto.subtle.generateKey("X25519", true, ["deriveBits"]);
  const key = Buffer.from(await crypto.subtle.exportKey("raw", pair.publicKey));
  key.copy(forged, forged.indexOf(externalPubHead) + externalPubHead.length);
  // Before it: version and wire format.
  const content = forged.subarray(4, -signatureBytes);
  const label = Buffer.from("MLS 1.0 GroupInfoTBS");
  const signed = Buffer.concat([varInt(label.length), label, varInt(content.length), content]);
  forged.set(await sign(Uint8Array.from(signed)), forged.length - 64);
  return Uint8Array.from(forged);
}

/** RFC 9000 section 16, as far as it is used here. */
function varInt(value: number): Buffer {
  if (value < 64) return Buffer.from([value]);
  const bytes = Buffer.alloc(value < 16_384 ? 2 : 4);
  if (value < 16_384) bytes.writeUInt16BE(value | 0x4000);
  else bytes.writeUInt32BE((value | 0x8000_0000) >>> 0);
  return bytes;
}
