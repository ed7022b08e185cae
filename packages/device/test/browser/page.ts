/** What the Chromium test asks this page to do. Only text crosses between the two: bytes as base64url, errors as codes. */
import {
  createSoftwareKey,
  createTerminalKey,
  createWebAuthnDevice,
  exportKeyFile,
  isWebAuthnAvailable,
  openWebAuthnDevice,
  statedHead,
  validateCertificates,
  verifyCms,
  verifyDirectoryEntry,
} from "@signet/device";
import type { WebAuthnDevice } from "@signet/device";
import { DirectoryEntryIn, SignetError, fromBase64Url, toBase64Url } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, ProofIn, Transcript } from "@signet/protocol";

const bytesOf = (text: string): Bytes => fromBase64Url(text) ?? new Uint8Array();

const wire = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (item instanceof Uint8Array ? toBase64Url(item) : item));

async function codeOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
    return "no error";
  } catch (error) {
    return error instanceof SignetError ? error.code : String(error);
  }
}

let device: WebAuthnDevice | undefined;
let userVerification = false;
let registeredHead: Bytes = new Uint8Array();

const serverChallenge = new Uint8Array(32).fill(1);

interface CreateRequest {
  readonly algorithms?: readonly DeviceAlgorithm[];
  readonly serverOrigin?: string;
  readonly exclude?: string;
  readonly attestation?: "direct";
}

async function create(
  { algorithms, serverOrigin = location.origin, exclude, attestation }: CreateRequest,
  signal?: AbortSignal,
) {
  const excluded = exclude === undefined ? undefined : fromBase64Url(exclude);
  return createWebAuthnDevice({
    serverOrigin,
    userId: "alice",
    displayName: "Alice",
    challenge: serverChallenge,
    ...(algorithms === undefined ? {} : { algorithms }),
    ...(excluded === undefined ? {} : { excludeCredentialIds: [excluded] }),
    ...(attestation === undefined ? {} : { attestation }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Signs with the device as opened anew from what a directory would say, not the object that made it. */
async function reopen(): Promise<WebAuthnDevice> {
  if (device === undefined) throw new Error("no device was made");
  const { algorithm, publicKey, credentialId } = device;
  return openWebAuthnDevice({ algorithm, publicKey, credentialId, userVerification }, location.origin);
}

const commonOf = (deviceId: string) => ({
  serverOrigin: location.origin,
  userId: "alice",
  deviceId,
  issuedAtMs: Date.now(),
});

async function signCall(signal?: AbortSignal): Promise<ProofIn> {
  const opened = await reopen();
  const transcript: Transcript<"call"> = {
    purpose: "call",
    ...commonOf(opened.deviceId),
    callId: toBase64Url(new Uint8Array(16)),
    memberUserIds: ["bob"],
    leafKey: new Uint8Array(32),
    head: registeredHead,
    checkpoint: new Uint8Array(),
  };
  return opened.sign(transcript, signal === undefined ? {} : { signal });
}

export const actions = {
  isAvailable: async () => String(isWebAuthnAvailable()),

  /** Makes a credential and signs the registration, and gives the directory entry and what the server would verify. */
  register: async (request: CreateRequest) => {
    const made = await create(request);
    device = made.device;
    userVerification = made.registration.userVerified;
    const { deviceId, algorithm, publicKey, credentialId } = device;
    const terminal = await createTerminalKey();
    const common = commonOf(deviceId);
    const proof = await device.sign({
      purpose: "register",
      ...common,
      serverChallenge,
      displayName: "Alice",
      devicePublicKey: publicKey,
      terminalId: toBase64Url(new Uint8Array(16)),
      terminalKey: terminal.publicKey,
      expiresAtMs: common.issuedAtMs + 3_600_000,
    });
    registeredHead = await statedHead({ proof, statements: [] });
    const entry = {
      userId: "alice",
      displayName: "Alice",
      deviceId,
      kind: "webauthn",
      algorithm,
      publicKey,
      userVerification: made.registration.userVerified,
      registeredAtMs: common.issuedAtMs,
      credentialId,
      proof,
    };
    return wire({ entry, registration: made.registration });
  },

  signCall: async () => wire(await signCall()),

  signCallCode: async () => codeOf(async () => signCall()),

  createCode: async (request: CreateRequest) => codeOf(async () => create(request)),

  /** The person never touches the device, and the program stops waiting. */
  abortedCodes: async () => {
    const early = new AbortController();
    early.abort(new Error("the caller's own reason"));
    const codes = [
      await codeOf(async () => create({}, early.signal)),
      await codeOf(async () => signCall(early.signal)),
    ];
    const late = new AbortController();
    const waiting = codeOf(async () => signCall(late.signal));
    late.abort();
    return [...codes, await waiting].join(" ");
  },

  /** Whether this browser verifies what Node would. */
  verifyEntry: async ({ entry }: { readonly entry: string }) => {
    const parsed = DirectoryEntryIn.parse(JSON.parse(entry));
    const result = await verifyDirectoryEntry(parsed, location.origin);
    return result.ok ? "ok" : result.code;
  },

  /** All values as base64url. */
  validateCertificates: async (request: {
    readonly chain: readonly string[];
    readonly anchors: readonly string[];
    readonly crls: readonly string[];
    readonly publicKey: string;
    readonly nowMs: number;
  }) => {
    const { chain, anchors, crls, publicKey, nowMs } = request;
    const trust = { anchors: anchors.map(bytesOf), crls: crls.map(bytesOf), userIdFrom: "email" } as const;
    const result = await validateCertificates(chain.map(bytesOf), {
      trust,
      publicKey: bytesOf(publicKey),
      nowMs,
    });
    return result.ok ? `${result.userId}, certified by ${result.names.issuer}` : result.code;
  },

  /** All values as base64url. */
  verifyCms: async (request: {
    readonly cms: string;
    readonly document: string;
    readonly anchor: string;
    readonly atMs: number;
  }) => {
    const trust = { anchors: [bytesOf(request.anchor)] };
    const document = bytesOf(request.document);
    const result = await verifyCms(bytesOf(request.cms), document, { trust, atMs: request.atMs });
    return result.ok ? `${result.signature.algorithm} by ${result.signature.names.subject}` : result.code;
  },

  softwareKeyFile: async ({ passphrase }: { readonly passphrase: string }) =>
    exportKeyFile(await createSoftwareKey({ algorithm: "EdDSA", passphrase })),
} satisfies Record<string, (request: never) => Promise<string>>;

Object.assign(globalThis, { actions });
