/**
 * The checks of `signet doctor` in their order: what fails first is what has to be mended first, and what needs it is skipped.
 *
 *   this machine: Node, libraries, profile, microphone, speaker, and what is done about echo where there are both
 *   the way to the server: name, port, certificate, HTTP, WebSocket
 *   the server: clock, registration, certificates
 *   the person: key, sign-in, audio over UDP and over the server's relay
 */
import type { ServerInfo, SignetTerminal } from "@signet/terminal";

import { soundCard } from "@signet/terminal/node";
import { texts } from "@signet/words/command-line";

import { HeldDevice } from "../keys/held-device.ts";
import { createAskingTerminal } from "../run/asking-terminal.ts";
import type { Identity } from "../run/identity.ts";
import { skipped } from "./check.ts";
import type { CheckResult, NamedResult } from "./check.ts";
import { checkLibraries, checkNode, checkProfile } from "./machine.ts";
import { checkCertificate, checkHealth, checkName, checkPort } from "./network.ts";
import { checkCertificatesAccepted, checkClock, checkHello, checkRegistration } from "./server.ts";
import { checkKey, checkMedia, checkSignIn } from "./signing.ts";
import { checkEcho, checkMicrophone, checkSpeaker } from "./sound.ts";

export interface DoctorInput {
  readonly profileFolder: string;
  /** Absent when no server is known. */
  readonly server?: { readonly address: string; readonly pinsFile: string };
  /** Absent when no user ID is known, or nobody is to be signed in. */
  readonly identity?: Identity;
  /** Why there is no identity. */
  readonly withoutIdentity: string;
  readonly signal: AbortSignal;
  /** How long UDP may take (ms); for tests. */
  readonly mediaWithinMs?: number;
}

/** All of them, in their order. */
export const checkNames: readonly string[] = [
  "node",
  "libraries",
  "profile",
  "microphone",
  "speaker",
  "name",
  "port",
  "certificate",
  "http",
  "websocket",
  "clock",
  "registration",
  "certificates",
  "key",
  "sign-in",
  "audio",
  "relay",
];

type Tell = (result: NamedResult) => void;
/** Runs one, and tells its result. @returns whether what needs it can be looked at */
type Check = (name: string, run: () => CheckResult | Promise<CheckResult>) => Promise<boolean>;

export async function runChecks(input: DoctorInput, tell: Tell): Promise<readonly NamedResult[]> {
  const results: NamedResult[] = [];
  const check: Check = async (name, run) => {
    input.signal.throwIfAborted();
    const result = { name, ...(await run()) };
    results.push(result);
    tell(result);
    return result.status === "ok" || result.status === "warning";
  };
  await check("node", () => checkNode(process.version));
  await check("libraries", checkLibraries);
  await check("profile", () => checkProfile(input.profileFolder, input.server?.pinsFile));
  await check("microphone", checkMicrophone);
  await check("speaker", checkSpeaker);
  const { player, recorder } = soundCard();
  if (player !== undefined && recorder !== undefined) await check("echo", checkEcho);
  await checkServer(input, check);
  return results;
}

async function checkServer(input: DoctorInput, check: Check): Promise<void> {
  const { server, signal } = input;
  if (server === undefined) {
    await check("server", () => skipped(texts().doctor.noServer, texts().doctor.giveServer));
    return;
  }
  const address = new URL(server.address);
  const reached =
    (await check("name", () => checkName(address))) &&
    (await check("port", () => checkPort(address))) &&
    (await check("certificate", () => checkCertificate(address, Date.now()))) &&
    (await check("http", () => checkHealth(address)));
  if (!reached) return;
  const held = new HeldDevice();
  const terminal = await createAskingTerminal(address.origin, held.provider);
  try {
    const hello = await checkHello(terminal, address, signal);
    const isRight = await check("websocket", () => hello.result);
    if (hello.server === undefined) return;
    const keepsTime = await checkServerSays(hello.server, hello.clockOffMs ?? 0, check);
    await checkPerson(input, { terminal, held, maySignIn: isRight && keepsTime }, check);
  } finally {
    if (terminal.state.session.status === "signedIn") await terminal.release().catch(() => undefined);
    terminal.close();
    held.close();
  }
}

async function checkServerSays(server: ServerInfo, clockOffMs: number, check: Check): Promise<boolean> {
  const keepsTime = await check("clock", () => checkClock(clockOffMs));
  await check("registration", () => checkRegistration(server));
  await check("certificates", () => checkCertificatesAccepted(server));
  return keepsTime;
}

interface Person {
  readonly terminal: SignetTerminal;
  readonly held: HeldDevice;
  readonly maySignIn: boolean;
}

async function checkPerson(
  { identity, mediaWithinMs, withoutIdentity }: DoctorInput,
  { held, maySignIn, terminal }: Person,
  check: Check,
): Promise<void> {
  if (identity === undefined) {
    await check("key", () => skipped(texts().doctor.keyNotTested, withoutIdentity));
    return;
  }
  if (!(await check("key", () => checkKey(held, identity)))) return;
  if (!maySignIn) {
    await check("sign-in", () => skipped(texts().doctor.signInNotTested, texts().doctor.mendAbove));
    return;
  }
  if (!(await check("sign-in", () => checkSignIn(terminal, identity.user)))) return;
  const { audio, relay } = await checkMedia(terminal, mediaWithinMs);
  await check("audio", () => audio);
  await check("relay", () => relay);
}
