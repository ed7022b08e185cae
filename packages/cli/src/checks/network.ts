/** The way to the server: name, port, certificate, HTTP. Each step alone, so that the one that fails is named. */
import { texts } from "@signet/words/command-line";
import { lookup } from "node:dns/promises";
import { connect as connectTcp } from "node:net";

import { exitCodes } from "../failure.ts";
import { failed, ok, warning } from "./check.ts";
import type { CheckResult } from "./check.ts";
import { problemLines, hostOf, portOf, serverCertificate, withinMs } from "./server-certificate.ts";

const dayMs = 86_400_000;
/** Certificates that renew themselves do it three to four weeks before their end. */
const fewDays = 14;

const unreachable = (message: string, hint: string): CheckResult =>
  failed(exitCodes.unreachable, message, hint);

export async function checkName(url: URL): Promise<CheckResult> {
  const host = hostOf(url);
  try {
    const found = await lookup(host, { all: true });
    const addresses = [...new Set(found.map(({ address }) => address))];
    return ok(addresses.includes(host) ? host : texts().doctor.nameIs(host, addresses.join(", ")));
  } catch (error) {
    return unreachable(because(texts().doctor.nameUnknown(host), error), texts().doctor.nameHint);
  }
}

export async function checkPort(url: URL): Promise<CheckResult> {
  const port = portOf(url);
  const host = hostOf(url);
  const beganMs = performance.now();
  const failure = await new Promise<string | undefined>((resolve) => {
    const socket = connectTcp({ host, port, timeout: withinMs });
    const end = (reason?: string): void => {
      socket.destroy();
      resolve(reason);
    };
    socket.once("connect", () => end());
    socket.once("timeout", () => end(texts().doctor.portSilent(port, withinMs / 1000)));
    socket.once("error", (error) => end(tcpWords(port, error)));
  });
  if (failure === undefined)
    return ok(texts().doctor.portAnswers(port, Math.ceil(performance.now() - beganMs)));
  return unreachable(failure, texts().doctor.portHint);
}

function tcpWords(port: number, error: Error): string {
  // Several addresses were tried.
  const [first] = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [error];
  switch ((first as NodeJS.ErrnoException | undefined)?.code) {
    case "ECONNREFUSED":
      return texts().doctor.portClosed(port);
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return texts().doctor.portUnreachable(port);
    default:
      return because(texts().doctor.portUnreached(port), first);
  }
}

/** @param nowMs milliseconds since 1970 */
export async function checkCertificate(url: URL, nowMs: number): Promise<CheckResult> {
  if (url.protocol !== "https:") {
    const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
    return isLocal
      ? ok(texts().doctor.noCertificateNeeded)
      : warning(texts().doctor.withoutTls, texts().doctor.getCertificate);
  }
  try {
    return await judge(url, nowMs);
  } catch (error) {
    return unreachable(because(texts().doctor.noTls(portOf(url)), error), texts().doctor.noTlsHint);
  }
}

async function judge(url: URL, nowMs: number): Promise<CheckResult> {
  const { names, problem, validUntilMs } = await serverCertificate(url);
  if (problem !== undefined) {
    const { message, hint } = problemLines(names, problem);
    return unreachable(message, hint);
  }
  const daysLeft = Math.floor((validUntilMs - nowMs) / dayMs);
  const message = texts().doctor.certificateDays(names, daysLeft);
  return daysLeft < fewDays ? warning(message, texts().doctor.renewCertificate) : ok(message);
}

export async function checkHealth(url: URL): Promise<CheckResult> {
  let status: number;
  let body: unknown;
  try {
    const response = await fetch(new URL("/healthz", url), { signal: AbortSignal.timeout(withinMs) });
    status = response.status;
    body = await response.json().catch(() => undefined);
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return unreachable(because(texts().doctor.noHttp, cause), texts().doctor.checkAddress);
  }
  const word = (body as { readonly status?: unknown } | undefined)?.status;
  if (status === 200 && word === "ok") return ok(texts().doctor.serverWell);
  return typeof word === "string"
    ? unwell(word)
    : unreachable(texts().doctor.notSignet(status), texts().doctor.checkAddress);
}

/** @param word of its `/healthz` */
function unwell(word: string): CheckResult {
  switch (word) {
    case "starting":
      return unreachable(texts().doctor.starting, texts().doctor.soonAgain);
    case "cannotWrite":
    case "diskFull":
      return unreachable(
        word === "diskFull" ? texts().doctor.diskFull : texts().doctor.cannotWrite,
        texts().doctor.tellUntilMended,
      );
    default:
      return unreachable(texts().doctor.unwell(word), texts().doctor.tellRunner);
  }
}

function because(what: string, error: unknown): string {
  const code = codeOf(error);
  return code === undefined ? what : texts().doctor.because(what, code);
}

/** As Node's own errors carry it. */
function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : undefined;
}
