/** What the server says of itself over the WebSocket, by a terminal that nobody is signed in on. */
import type { ServerInfo, SignetTerminal } from "@signet/terminal";

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
        isLost ? messagesRefused.message : message,
        isLost ? messagesRefused.hint : hint,
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
        `the server calls itself ${clean(server.serverOrigin)}, and signatures would name that`,
        `use that address with --server; if it is wrong, start the server with --origin ${address.origin}`,
      ),
    };
  return {
    server,
    clockOffMs,
    result: ok(`the server answers, after ${Math.ceil(performance.now() - beganMs)} ms`),
  };
}

/** @param offMs server clock minus own clock */
export function checkClock(offMs: number): CheckResult {
  const seconds = Math.round(Math.abs(offMs) / 1000);
  const text = `this clock is ${seconds} s ${offMs > 0 ? "behind" : "ahead of"} the server's`;
  const hint =
    "set the clock of this machine, best by NTP; if it is right, tell the person who runs the server";
  if (Math.abs(offMs) > bearableMs)
    return failed(exitCodes.refused, `${text}, and signatures bear ${bearableMs / 1000} s`, hint);
  if (Math.abs(offMs) >= noticeableMs)
    return warning(`${text}; signatures bear ${bearableMs / 1000} s`, hint);
  return ok(
    seconds === 0 ? "agrees with the server's" : `${seconds} s off, signatures bear ${bearableMs / 1000} s`,
  );
}

const registrationWords: Record<ServerInfo["registration"], string> = {
  open: "anybody can create a user ID",
  invite: "new user IDs need an invite code",
  closed: "the server takes no new user IDs",
};

export const checkRegistration = ({ registration }: ServerInfo): CheckResult =>
  ok(registrationWords[registration]);

const partWords: Readonly<Record<string, string>> = {
  email: "the part of the e-mail address before the @",
  upn: "the part of the user principal name before the @",
  cn: "the common name",
  serial: "the serial number of the subject",
};

export function checkCertificatesAccepted({ certificates }: ServerInfo): CheckResult {
  if (certificates === undefined) return ok("none are accepted; keys are registered without");
  const count = certificates.anchors.length;
  const part = partWords[certificates.userIdFrom] ?? certificates.userIdFrom;
  const { userIdDomain } = certificates;
  const where = userIdDomain === undefined ? "" : `, of addresses in ${clean(userIdDomain)} only`;
  return ok(`of ${count} ${count === 1 ? "authority" : "authorities"}; the user ID is ${part}${where}`);
}
