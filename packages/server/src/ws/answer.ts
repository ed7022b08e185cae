import type { ErrorCode, ReplyBody, RequestType } from "@signet/protocol";

/** What a request comes to: one reply or one error. */
export type Answer<Body = unknown> =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly code: ErrorCode };

export type AnswerTo<T extends RequestType> = Answer<ReplyBody<T>>;

export const accept = <Body>(body: Body): { readonly ok: true; readonly body: Body } => ({ ok: true, body });

export const refuse = (code: ErrorCode): { readonly ok: false; readonly code: ErrorCode } => ({
  ok: false,
  code,
});
