/** The way to the server: name, port, certificate, HTTP. Each step alone, so that the one that fails is named. */
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
    return ok(addresses.includes(host) ? host : `${host} is ${addresses.join(", ")}`);
  } catch (error) {
    return unreachable(
      `the name ${host} is not known${reasonOf(error)}`,
      "check its spelling, and that this machine is on the network and its DNS works",
    );
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
    socket.once("timeout", () => end(`does not answer within ${withinMs / 1000} s`));
    socket.once("error", (error) => end(tcpWords(error)));
  });
  if (failure === undefined)
    return ok(`port ${port} answers, after ${Math.ceil(performance.now() - beganMs)} ms`);
  return unreachable(
    `port ${port} ${failure}`,
    "check the port, that the server runs, and that no firewall is in between",
  );
}

function tcpWords(error: Error): string {
  // Several addresses were tried.
  const [first] = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [error];
  switch ((first as NodeJS.ErrnoException | undefined)?.code) {
    case "ECONNREFUSED":
      return "is closed: nothing listens there";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "cannot be reached from this network";
    default:
      return `cannot be reached${reasonOf(first)}`;
  }
}

/** @param nowMs milliseconds since 1970 */
export async function checkCertificate(url: URL, nowMs: number): Promise<CheckResult> {
  if (url.protocol !== "https:") {
    const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
    return isLocal
      ? ok("none needed: the server is on this machine")
      : warning(
          "the server is reached without TLS: who calls whom can be read on the way",
          "give the server a certificate (docs/self-hosting.md) and use https://",
        );
  }
  try {
    return await judge(url, nowMs);
  } catch (error) {
    return unreachable(
      `port ${portOf(url)} does not speak TLS${reasonOf(error)}`,
      "check the port; for a server without TLS give http:// instead",
    );
  }
}

async function judge(url: URL, nowMs: number): Promise<CheckResult> {
  const { names, problem, validUntilMs } = await serverCertificate(url);
  if (problem !== undefined) {
    const { message, hint } = problemLines(names, problem);
    return unreachable(message, hint);
  }
  const daysLeft = Math.floor((validUntilMs - nowMs) / dayMs);
  const message = `${names}, valid for ${daysLeft} more day${daysLeft === 1 ? "" : "s"}`;
  return daysLeft < fewDays
    ? warning(message, "tell the person who runs the server to renew it")
    : ok(message);
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
    return unreachable(`there is no answer over HTTP${reasonOf(cause)}`, "check the address and the port");
  }
  const word = (body as { readonly status?: unknown } | undefined)?.status;
  if (status === 200 && word === "ok") return ok("the server says that it is well");
  return typeof word === "string"
    ? unwell(word)
    : unreachable(
        `something else than signet answers there (HTTP ${status})`,
        "check the address and the port",
      );
}

/** @param word of its `/healthz` */
function unwell(word: string): CheckResult {
  switch (word) {
    case "starting":
      return unreachable("the server is starting", "try again in a moment");
    case "cannotWrite":
    case "diskFull":
      return unreachable(
        word === "diskFull" ? "the disk of the server is full" : "the server cannot write its data",
        "tell the person who runs it: nobody can sign in there until that is mended",
      );
    default:
      return unreachable(`the server says that it is not well: ${word}`, "tell the person who runs it");
  }
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return code === undefined ? "" : ` (${code})`;
}

/** As Node's own errors carry it. */
function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : undefined;
}
