import { SignetError } from "@signet/protocol";
import type { ErrorCode, ReplyBody, RequestBody, RequestType } from "@signet/protocol";

/** What the server answered, or `connection.lost` or `connection.timeout` where it did not. */
export type Answer<T extends RequestType> =
  | { readonly ok: true; readonly body: ReplyBody<T> }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      /** The server did answer, with a reply that this version cannot read. */
      readonly isUnread?: true;
    };

/** What asks the server, as seen by those who only ask. */
export interface ServerRequests {
  /**
   * @param act what follows from the answer. It is called in the answer's place among the server's words: what came after it is
   *   heard when `act` is done, also where that takes a while, so it must not wait for another answer
   * @returns what `act` returned. @throws what it threw
   */
  ask<T extends RequestType, R>(
    type: T,
    body: RequestBody<T>,
    act: (answer: Answer<T>) => R | Promise<R>,
  ): Promise<R>;
  /**
   * For answers that have no order with what the server says next: that may be heard before whoever awaits this goes on.
   * @throws SignetError with the server's code, `connection.lost` or `connection.timeout`
   */
  request<T extends RequestType>(type: T, body: RequestBody<T>): Promise<ReplyBody<T>>;
}

/** @throws SignetError */
export function bodyOf<T extends RequestType>(answer: Answer<T>): ReplyBody<T> {
  if (answer.ok) return answer.body;
  throw new SignetError(answer.code);
}
