import type { ReplyBody, RequestBody, RequestType } from "@signet/protocol";

/** What asks the server, as seen by those who only ask. */
export interface ServerRequests {
  /** @throws SignetError with the server's code, `connection.lost` or `connection.timeout` */
  request<T extends RequestType>(type: T, body: RequestBody<T>): Promise<ReplyBody<T>>;
}
