/** The one place where messages become text and text becomes messages. */
import { z } from "zod";

import { toBase64Url } from "../bytes.ts";
import { isErrorCode } from "../errors.ts";
import type { ErrorCode } from "../errors.ts";
import { events } from "./events.ts";
import type { ServerEvent } from "./events.ts";
import { requests } from "./requests.ts";
import type { ReplyBody, RequestBody, RequestType } from "./requests.ts";

/** Largest message that the server takes from a terminal, bytes of UTF-8: a Commit that admits 200 at once, with its Welcome. */
export const maxMessageBytes = 524_288;

export type TerminalRequest = {
  [T in RequestType]: { readonly id: number; readonly type: T; readonly body: RequestBody<T> };
}[RequestType];

export type RequestRefusal = {
  readonly ok: false;
  readonly code: "protocol.badJson" | "protocol.badMessage" | "protocol.unknownType";
  /** Where the message had a readable id, so that the error can name it. */
  readonly id?: number;
};

const RequestId = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const RequestEnvelope = z.strictObject({ id: RequestId, type: z.string().max(64), body: z.unknown() });

/** Bytes travel as base64url. */
export function encodeMessage(message: unknown): string {
  return JSON.stringify(message, (_key, value: unknown) =>
    value instanceof Uint8Array ? toBase64Url(value) : value,
  );
}

/** What the server does with each text from a terminal, before anything else. Never throws. */
export function decodeRequest(
  text: string,
): { readonly ok: true; readonly request: TerminalRequest } | RequestRefusal {
  const json = parseJson(text);
  const envelope = RequestEnvelope.safeParse(json);
  if (!envelope.success) return { ok: false, code: "protocol.badJson" };
  const { id, type, body } = envelope.data;
  if (!Object.hasOwn(requests, type)) return { ok: false, code: "protocol.unknownType", id };
  const parsed = requests[type as RequestType].body.safeParse(body);
  if (!parsed.success) return { ok: false, code: "protocol.badMessage", id };
  return { ok: true, request: { id, type, body: parsed.data } as TerminalRequest };
}

/** Terminals of version 0.1 want a `message` beside it, which nobody reads. */
const WireError = z.object({ code: z.string().max(64) });

export type ServerMessage =
  | { readonly kind: "reply"; readonly id: number; readonly body: unknown }
  | {
      readonly kind: "error";
      readonly id: number | undefined;
      readonly code: ErrorCode;
    }
  | { readonly kind: "event"; readonly event: ServerEvent };

/** One of the three forms; which one shows by what is there. */
const ServerEnvelope = z.object({
  id: RequestId.optional(),
  type: z.string().max(64).optional(),
  body: z.unknown().optional(),
  error: WireError.optional(),
});

/**
 * What a terminal does with each text from the server. A reply's body is checked by {@link decodeReply}, which knows its type.
 * @returns undefined for what this version cannot read: it is passed over
 */
export function decodeServerMessage(text: string): ServerMessage | undefined {
  const envelope = ServerEnvelope.safeParse(parseJson(text));
  if (!envelope.success) return undefined;
  const { id, type, body, error } = envelope.data;
  if (error !== undefined) {
    if (type !== undefined || body !== undefined) return undefined;
    const code = isErrorCode(error.code) ? error.code : "server.internal";
    return { kind: "error", id, code };
  }
  if (id !== undefined) return type === undefined ? { kind: "reply", id, body } : undefined;
  return type === undefined ? undefined : decodeEvent(type, body);
}

function decodeEvent(named: string, body: unknown): ServerMessage | undefined {
  if (!Object.hasOwn(events, named)) return undefined;
  const type = named as ServerEvent["type"];
  const parsed = events[type].safeParse(body);
  return parsed.success ? { kind: "event", event: { type, body: parsed.data } as ServerEvent } : undefined;
}

export function decodeReply<T extends RequestType>(type: T, body: unknown): ReplyBody<T> | undefined {
  const parsed = requests[type].reply.safeParse(body);
  return parsed.success ? (parsed.data as ReplyBody<T>) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
