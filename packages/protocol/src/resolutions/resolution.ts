/**
 * What people in a call approve or reject with their devices, as bytes (docs/protocol.md, "Resolutions"):
 *
 *   resolution = field("signet/resolution/v1") field(server origin) field(call ID) field(digest of the `call` proof) field(proposer)
 *                field(number) field(epoch) field(rule) field(needed) u32(count) field(user ID)*
 *                field("text") field(text), or field("file") field(name) field(SHA-256) field(size)
 *
 * One byte string per resolution, and one resolution per byte string. Its digest is the SHA-256 of it.
 */
import { concatBytes, equalBytes, fromUtf8, utf8 } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import { FieldReader, encodeFields, fromU64, u32, u64 } from "../fields.ts";
import { isGuestId } from "../guests.ts";
import { CallId, UserId } from "../ids.ts";
import { mostPeople } from "../messages/parts.ts";

/** Of a text, Unicode characters: what somebody reads to its end before they sign. */
export const longestResolutionText = 4_000;
/** UTF-16 units of a file's name. */
export const longestResolutionFileName = 255;
/** In one call: each is held, with what is signed about it, by all terminals. */
export const mostResolutions = 64;

/**
 * Whose approval it takes: of `all` who were in the call, in the epoch that is named, and have a device; of so many of them (`some`); of all who are `named`.
 * `userIds` has them, so that nobody has to believe who was there.
 */
export interface ResolutionRule {
  readonly type: "all" | "some" | "named";
  /** Sorted, each once. */
  readonly userIds: readonly UserId[];
  /** How many of them have to approve: all, but with `some`. */
  readonly needed: number;
}

export type ResolutionSubject =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "file";
      readonly name: string;
      /** 32 bytes. */
      readonly sha256: Bytes;
      readonly sizeBytes: number;
    };

export interface Resolution {
  readonly serverOrigin: string;
  readonly callId: CallId;
  /** 32 bytes. */
  readonly callProofDigest: Bytes;
  readonly proposer: UserId;
  /** From 1. A proposer has one resolution of each number. */
  readonly number: number;
  /** Of the call's group, in which those of the rule were in it. */
  readonly epoch: number;
  readonly rule: ResolutionRule;
  readonly subject: ResolutionSubject;
}

const label = utf8("signet/resolution/v1");

/** @throws RangeError for a number that is none (a bug of the caller) */
export function encodeResolution(resolution: Resolution): Bytes {
  const { callId, callProofDigest, epoch, number, proposer, rule, serverOrigin, subject } = resolution;
  const head = [
    label,
    utf8(serverOrigin),
    utf8(callId),
    callProofDigest,
    utf8(proposer),
    u64(number),
    u64(epoch),
  ];
  const about = [utf8(rule.type), u64(rule.needed)];
  const last =
    subject.type === "text"
      ? [utf8("text"), utf8(subject.text)]
      : [utf8("file"), utf8(subject.name), subject.sha256, u64(subject.sizeBytes)];
  return concatBytes(
    encodeFields([...head, ...about]),
    u32(rule.userIds.length),
    encodeFields([...rule.userIds.map((userId) => utf8(userId)), ...last]),
  );
}

/** @returns undefined unless `bytes` is exactly what {@link encodeResolution} writes of a {@link Resolution} that can be put to people */
export function decodeResolution(bytes: Bytes): Resolution | undefined {
  const reader = new FieldReader(bytes, 0);
  const text = (): string | undefined => {
    const field = reader.field();
    return field === undefined ? undefined : fromUtf8(field);
  };
  const integer = (): number | undefined => {
    const field = reader.field();
    return field === undefined ? undefined : fromU64(field);
  };
  const name = reader.field();
  if (name === undefined || !equalBytes(name, label)) return undefined;
  const [serverOrigin, callId] = [text(), CallId.safeParse(text())];
  const callProofDigest = reader.field();
  const proposer = UserId.safeParse(text());
  const [number, epoch, type, needed, count] = [integer(), integer(), text(), integer(), reader.u32()];
  if (count === undefined || count > mostPeople) return undefined;
  const userIds = UserId.array().safeParse(Array.from({ length: count }, text));
  const subject = readSubject(text(), { text, integer, field: () => reader.field() });
  if (serverOrigin === undefined || !callId.success || callProofDigest?.length !== 32) return undefined;
  if (!proposer.success || number === undefined || epoch === undefined || needed === undefined)
    return undefined;
  if (!userIds.success || (type !== "all" && type !== "some" && type !== "named")) return undefined;
  if (subject === undefined || !reader.atEnd) return undefined;
  const resolution: Resolution = {
    serverOrigin,
    callId: callId.data,
    callProofDigest,
    proposer: proposer.data,
    number,
    epoch,
    rule: { type, userIds: userIds.data, needed },
    subject,
  };
  return isProposable(resolution) && equalBytes(encodeResolution(resolution), bytes) ? resolution : undefined;
}

interface SubjectFields {
  readonly text: () => string | undefined;
  readonly integer: () => number | undefined;
  readonly field: () => Bytes | undefined;
}

function readSubject(type: string | undefined, read: SubjectFields): ResolutionSubject | undefined {
  if (type === "text") {
    const text = read.text();
    return text === undefined ? undefined : { type, text };
  }
  if (type !== "file") return undefined;
  const [name, sha256, sizeBytes] = [read.text(), read.field(), read.integer()];
  if (name === undefined || sha256 === undefined || sizeBytes === undefined) return undefined;
  return { type, name, sha256, sizeBytes };
}

/** Whether it says something, and asks people who can sign it. */
function isProposable({ number, proposer, rule, subject }: Resolution): boolean {
  const { needed, type, userIds } = rule;
  const isSorted = userIds.every((userId, i) => i === 0 || (userIds[i - 1] ?? "") < userId);
  const isCounted = needed >= 1 && (type === "some" ? needed <= userIds.length : needed === userIds.length);
  return (
    number >= 1 &&
    isSorted &&
    isCounted &&
    !isGuestId(proposer) &&
    !userIds.some(isGuestId) &&
    isSubject(subject)
  );
}

/** Whether all of it can be written as UTF-8: what cannot would be signed as something else. */
const isUtf8 = (text: string): boolean => fromUtf8(utf8(text)) === text;

/** Whether this can be put to people. */
export function isSubject(subject: ResolutionSubject): boolean {
  if (subject.type === "file") {
    const { name, sha256, sizeBytes } = subject;
    const isName = name.length > 0 && name.length <= longestResolutionFileName && isUtf8(name);
    return isName && sha256.length === 32 && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0;
  }
  const { text } = subject;
  return text.trim() !== "" && isUtf8(text) && Array.from(text).length <= longestResolutionText;
}

/** Those people, as a rule names them. */
export const sortedPeople = (userIds: Iterable<UserId>): readonly UserId[] =>
  [...new Set(userIds)]
    .filter((userId) => !isGuestId(userId))
    .toSorted((one, other) => (one < other ? -1 : 1));
