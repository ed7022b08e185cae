import type { Bytes, RequestBody, RequestType, TerminalId } from "@signet/protocol";

import type { Session } from "../registry/sessions.ts";
import type { Services } from "../services.ts";
import type { AnswerTo } from "../ws/answer.ts";
import type { Connection } from "../ws/connection.ts";

/** The terminal that asks, as it introduced itself. */
export interface Asker {
  readonly connection: Connection;
  readonly terminalId: TerminalId;
  readonly terminalKey: Bytes;
}

export interface SignedInAsker extends Asker {
  readonly session: Session;
}

/** A binding may end while what was sent under it is looked at. Nothing else that its connection asks is heard meanwhile. */
export const isStillSignedIn = ({ sessions }: Services, { connection, session }: SignedInAsker): boolean =>
  sessions.at(connection) === session;

/** Calls `respond` once; what has to follow the reply on the wire comes after that call. */
export type Handler<T extends RequestType, From extends Asker = Asker> = (
  services: Services,
  from: From,
  body: RequestBody<T>,
  respond: (answer: AnswerTo<T>) => void,
) => Promise<void> | void;
