/**
 * Transcripts: the byte strings that devices and terminal keys sign (docs/protocol.md, "Proofs").
 *
 *   transcript = "signet/<purpose>/v<version>" field*
 *   field      = u32(length) bytes          text as UTF-8, integers and times as u64
 *   list       = u32(count) field*           of texts, or of byte strings
 *
 * All integers big-endian. One byte string per value and one value per byte string: decoding refuses whatever
 * encoding would not have written.
 */
import { concatBytes, fromUtf8, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { FieldReader, fromU64, pushField, u32, u64 } from "./fields.ts";

type FieldKind = "text" | "integer" | "bytes" | "texts" | "byteStrings";

/** The fields that every transcript of a person begins with. */
const common = [
  ["serverOrigin", "text"],
  ["userId", "text"],
  ["deviceId", "text"],
  ["issuedAtMs", "integer"],
] as const;

/** A statement of a key history: its place, and the digest of the statement before. */
const chained = [
  ...common,
  ["sequence", "integer"],
  ["previous", "bytes"],
  ["serverChallenge", "bytes"],
] as const;

/** A device that a statement brings in: it signs the statement, too. */
const newDevice = [
  ["newDeviceId", "text"],
  ["newDevicePublicKey", "bytes"],
  ["newDeviceAlgorithm", "text"],
  ["newDeviceKind", "text"],
  ["newDeviceName", "text"],
] as const;

/** Whose device signs for somebody else: the user ID, and the head of their own history. */
const administrator = [
  ["administrator", "text"],
  ["administratorHead", "bytes"],
] as const;

/** A statement of a call list: the call that it is of. */
const ofCall = [...common, ["callId", "text"], ["callProofDigest", "bytes"]] as const;

/** Which one of the call, and the digest of all that it says. */
const ofResolution = [
  ["number", "integer"],
  ["resolutionDigest", "bytes"],
] as const;

const signIn = [
  ...common,
  ["serverChallenge", "bytes"],
  ["terminalId", "text"],
  ["terminalKey", "bytes"],
  ["expiresAtMs", "integer"],
] as const;

/** Every purpose with its own fields, in the order in which they are signed. Appending is a new version. */
export const transcriptFields = {
  register: [
    ...common,
    ["serverChallenge", "bytes"],
    ["displayName", "text"],
    ["devicePublicKey", "bytes"],
    ["terminalId", "text"],
    ["terminalKey", "bytes"],
    ["expiresAtMs", "integer"],
  ],
  "sign-in": [...signIn, ["head", "bytes"]],
  /** Of a terminal that is nobody's yet: that it holds its key. */
  terminal: [
    ["serverOrigin", "text"],
    ["issuedAtMs", "integer"],
    ["serverChallenge", "bytes"],
    ["terminalId", "text"],
    ["terminalKey", "bytes"],
  ],
  resume: [...common, ["serverChallenge", "bytes"], ["terminalId", "text"]],
  release: [...common, ["serverChallenge", "bytes"], ["terminalId", "text"]],
  call: [
    ...common,
    ["callId", "text"],
    ["memberUserIds", "texts"],
    ["leafKey", "bytes"],
    ["head", "bytes"],
    ["checkpoint", "bytes"],
  ],
  join: [
    ...common,
    ["callId", "text"],
    ["callProofDigest", "bytes"],
    ["leafKey", "bytes"],
    ["head", "bytes"],
    /** Digest of the statement that is answered: of the `call` proof, or of an `invite`. */
    ["invitation", "bytes"],
    ["checkpoint", "bytes"],
  ],
  decline: [...common, ["callId", "text"], ["reason", "text"]],
  leave: [...common, ["callId", "text"], ["reason", "text"]],
  end: [...common, ["callId", "text"], ["reason", "text"]],
  present: [...common, ["callId", "text"], ["nonce", "bytes"]],
  microphone: [...common, ["callId", "text"], ["state", "text"]],
  /**
   * What the key of a personal document is, or whom it is wrapped for: `use` says which, and `key` is an ID or a public key. `sequence`: of the last
   * statement of the key history that the signer knew.
   */
  "document-key": [...common, ["use", "text"], ["key", "bytes"], ["sequence", "integer"]],
  "add-device": [...chained, ...newDevice],
  /** `administrator` is empty, and the head of no bytes, where the person's own device signs. */
  "revoke-device": [...chained, ["revokedDeviceId", "text"], ["why", "text"], ...administrator],
  /** `renamedDeviceId` is empty where the person is renamed. */
  rename: [...chained, ["renamedDeviceId", "text"], ["name", "text"]],
  /** Of themselves: `pictureDigest` is the SHA-256 of its bytes. */
  picture: [...common, ["serverChallenge", "bytes"], ["pictureDigest", "bytes"], ["head", "bytes"]],
  certify: [...chained, ["certificatesDigest", "bytes"]],
  recover: [...chained, ...newDevice, ...administrator],
  /** In the history of whoever is to administer. */
  appoint: [...chained, ...administrator],
  /** As in `revoke-device`: by an administrator, or by a device of whoever administers no more. */
  dismiss: [...chained, ...administrator],
  /** By an administrator: whoever has the code of this hash may register. */
  admit: [...common, ["serverChallenge", "bytes"], ["codeHash", "bytes"], ["head", "bytes"]],
  invite: [...ofCall, ["head", "bytes"], ["userIds", "texts"]],
  remove: [...ofCall, ["userIds", "texts"], ["voided", "byteStrings"]],
  /** Sound that the caller leaves for one of those whom they did not reach: what was sealed, and the keys to it. */
  message: [...ofCall, ["toUserId", "text"], ["sealedDigest", "bytes"], ["keysDigest", "bytes"]],
  host: [...ofCall, ["previousHost", "bytes"], ["nextHost", "text"]],
  /** By a member's device: a guest without a device may be in this call, with this key, once the host lets them in. */
  vouch: [...ofCall, ["head", "bytes"], ["guestId", "text"], ["guestKey", "bytes"], ["guestName", "text"]],
  /** By the host's terminal key. `vouch`: digest of the statement that vouches for the guest. */
  "let-in": [...ofCall, ["vouch", "bytes"]],
  /** By the terminal key of who puts a resolution to the others, and of who takes their own back. */
  propose: [...ofCall, ...ofResolution],
  withdraw: [...ofCall, ...ofResolution],
  /** By a member's device: `decision` is `approve` or `reject`. */
  approve: [...ofCall, ["head", "bytes"], ...ofResolution, ["decision", "text"]],
  /** By a member's terminal key: who was in the group in this epoch (docs/record.md). */
  epoch: [...ofCall, ["epoch", "integer"], ["epochDigest", "bytes"]],
  /** By the terminal key of who keeps a record of the call: all that stands in it. */
  keep: [...ofCall, ["recordDigest", "bytes"]],
} as const satisfies Record<string, readonly (readonly [string, FieldKind])[]>;

export type Purpose = keyof typeof transcriptFields;

interface FieldTypes {
  text: string;
  integer: number;
  bytes: Bytes;
  texts: readonly string[];
  byteStrings: readonly Bytes[];
}

type FieldsOf<P extends Purpose> = {
  readonly [F in (typeof transcriptFields)[P][number] as F[0]]: FieldTypes[F[1]];
};

/** A transcript in its decoded form; `purpose` selects the fields. Times in milliseconds since 1970. */
export type Transcript<P extends Purpose = Purpose> = { [K in P]: { readonly purpose: K } & FieldsOf<K> }[P];

/**
 * Of purposes whose transcripts are not those of the first version: since the second one these name the head of the signer's key history, and
 * since the third one a `join` names the invitation that it answers; since the third of `call`, and the fourth of `join`, both name the checkpoint of the
 * server's log that the signer saw.
 */
const versions: { readonly [P in Purpose]?: number } = { "sign-in": 2, call: 3, join: 4 };

interface Form {
  readonly purpose: Purpose;
  readonly label: Bytes;
  readonly fields: readonly (readonly [string, FieldKind])[];
}

const form = (purpose: Purpose, version: number, fields: Form["fields"]): Form => ({
  purpose,
  label: utf8(`signet/${purpose}/v${version}`),
  fields,
});

const forms = (Object.keys(transcriptFields) as Purpose[]).map((purpose) =>
  form(purpose, versions[purpose] ?? 1, transcriptFields[purpose]),
);

/** Of sign-ins from before there were key histories, which may still bind: the head that they do not name is of no bytes. */
const formerSignIn = form("sign-in", 1, signIn);
const allForms = [...forms, formerSignIn];

function formOf(transcript: Transcript): Form {
  const found = forms.find(({ purpose }) => purpose === transcript.purpose);
  if (found === undefined) throw new RangeError("no such purpose");
  return transcript.purpose === "sign-in" && transcript.head.length === 0 ? formerSignIn : found;
}

/** @throws RangeError when an integer is negative, fractional or beyond 2^53 (a bug of the caller) */
export function encodeTranscript(transcript: Transcript): Bytes {
  const values: Readonly<Record<string, unknown>> = transcript;
  const { fields, label } = formOf(transcript);
  const parts: Uint8Array[] = [label];
  for (const [name, kind] of fields) {
    const value = values[name];
    if (kind === "texts" || kind === "byteStrings") {
      const items = value as readonly (string | Bytes)[];
      parts.push(u32(items.length));
      for (const item of items) pushField(parts, typeof item === "string" ? utf8(item) : item);
    } else if (kind === "text") pushField(parts, utf8(value as string));
    else if (kind === "integer") pushField(parts, u64(value as number));
    else pushField(parts, value as Bytes);
  }
  return concatBytes(...parts);
}

/** @returns undefined when `bytes` is not exactly what {@link encodeTranscript} writes for some transcript */
export function decodeTranscript(bytes: Bytes): Transcript | undefined {
  const found = allForms.find(({ label }) => label.every((byte, i) => bytes[i] === byte));
  if (found === undefined) return undefined;
  const { fields, label, purpose } = found;
  const reader = new FieldReader(bytes, label.length);
  const values: Record<string, unknown> = { purpose };
  for (const [name, kind] of fields) {
    const value =
      kind === "texts"
        ? readItems(reader, () => readValue(reader, "text"))
        : kind === "byteStrings"
          ? readItems(reader, () => readValue(reader, "bytes"))
          : readValue(reader, kind);
    if (value === undefined) return undefined;
    values[name] = value;
  }
  if (found === formerSignIn) values["head"] = new Uint8Array();
  const transcript = values as unknown as Transcript;
  // A later sign-in names its head.
  return reader.atEnd && formOf(transcript) === found ? transcript : undefined;
}

function readItems<T>(reader: FieldReader, read: () => T | undefined): readonly T[] | undefined {
  const count = reader.u32();
  // Each item takes at least its length prefix: a count beyond that cannot be honest and must not allocate.
  if (count === undefined || count > reader.left / 4) return undefined;
  const items: T[] = [];
  for (let i = 0; i < count; i++) {
    const item = read();
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function readValue(
  reader: FieldReader,
  kind: "text" | "integer" | "bytes",
): string | number | Bytes | undefined {
  const field = reader.field();
  if (field === undefined || kind === "bytes") return field;
  return kind === "text" ? fromUtf8(field) : fromU64(field);
}
