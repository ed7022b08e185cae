/** What the server says of itself over the WebSocket, by a terminal that nobody is signed in on. */
import type { ServerInfo, SignetTerminal } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { exitCodeOf, exitCodes } from "../failure.ts";
import { clean } from "../output/clean.ts";
import { wordsFor } from "../output/error-words.ts";
import { waitFor } from "../run/wait-for.ts";
import { failed, ok, warning } from "./check.ts";
import type { CheckResult } from "./check.ts";
import { messagesRefused } from "./way.ts";

/** Half of what signatures bear is gone with this, and a clock that drifts goes on drifting. */
const noticeableMs = 30_000;
const bearableMs = 120_000;

export interface Hello {
  readonly result: CheckResult;
  readonly server?: ServerInfo;
  /** Server clock minus own clock, ms; a network's delay is in it. */
  readonly clockOffMs?: number;
}

/** @param terminal one that expects no address */
export async function checkHello(
  terminal: SignetTerminal,
  address: URL,
  signal: AbortSignal,
): Promise<Hello> {
  const beganMs = performance.now();
  terminal.start();
  const state = await waitFor(
    terminal,
    (current) => (current.connection.status === "connecting" ? undefined : current),
    [signal],
  );
  const { connection, server } = state;
  if (connection.status === "offline") {
    const { message, hint } = wordsFor(connection.code);
    const isLost = connection.code === "connection.lost";
    return {
      result: failed(
        isLost ? exitCodes.unreachable : exitCodeOf(connection.code),
        isLost ? messagesRefused().message : message,
        isLost ? messagesRefused().hint : hint,
      ),
    };
  }
  if (server === undefined) throw new Error("online without the server's hello");
  const clockOffMs = server.serverTimeMs - Date.now();
  if (server.serverOrigin !== address.origin)
    return {
      server,
      clockOffMs,
      result: failed(
        exitCodes.unreachable,
        texts().doctor.callsItself(clean(server.serverOrigin)),
        texts().doctor.useThatAddress(address.origin),
      ),
    };
  return {
    server,
    clockOffMs,
    result: ok(texts().doctor.serverAnswers(Math.ceil(performance.now() - beganMs))),
  };
}

/** @param offMs server clock minus own clock */
export function checkClock(offMs: number): CheckResult {
  const seconds = Math.round(Math.abs(offMs) / 1000);
  const { clockAhead, clockBehind } = texts().doctor;
  const text = (offMs > 0 ? clockBehind : clockAhead)(seconds);
  const hint = texts().doctor.setClock;
  if (Math.abs(offMs) > bearableMs)
    return failed(exitCodes.refused, texts().doctor.andBear(text, bearableMs / 1000), hint);
  if (Math.abs(offMs) >= noticeableMs) return warning(texts().doctor.bear(text, bearableMs / 1000), hint);
  return ok(seconds === 0 ? texts().doctor.clockAgrees : texts().doctor.clockOff(seconds, bearableMs / 1000));
}

export const checkRegistration = ({ registration }: ServerInfo): CheckResult =>
  ok(texts().doctor.registration[registration]);

export function checkCertificatesAccepted({ certificates }: ServerInfo): CheckResult {
  if (certificates === undefined) return ok(texts().doctor.noneAccepted);
  const count = certificates.anchors.length;
  const part = texts().doctor.parts[certificates.userIdFrom];
  const { userIdDomain } = certificates;
  return ok(
    userIdDomain === undefined
      ? texts().doctor.accepted(count, part)
      : texts().doctor.acceptedOf(count, part, clean(userIdDomain)),
  );
}
