/** What every command does that is a terminal: connect, sign in, do its work, and come to an end in order. */
import { setTimeout as delay } from "node:timers/promises";

import { SignetError, toBase64Url } from "@signet/terminal";
import type { SignedOutReason, Terminal, TerminalState } from "@signet/terminal";
import {
  FileDocumentPlace,
  FileEvidencePlace,
  FileMessagePlace,
  FilePinStore,
  createNodeTerminal,
} from "@signet/terminal/node";
import { signedOutWords } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { problemLines, serverCertificate } from "../checks/server-certificate.ts";
import { whyUnreached } from "../checks/way.ts";
import { Failure, exitCodeOf, exitCodes } from "../failure.ts";
import type { ExitCode } from "../failure.ts";
import { trustOf } from "../keys/certificates.ts";
import { HeldDevice } from "../keys/held-device.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { clean } from "../output/clean.ts";
import { withoutTries } from "../output/connection-events.ts";
import { wordsFor } from "../output/error-words.ts";
import { LateOutput, canShowView, openOutput } from "../output/open-output.ts";
import type { CommandEvent } from "../output/events.ts";
import type { Output } from "../output/output.ts";
import { eventsBetween } from "../output/state-events.ts";
import type { Sound } from "../sound/sound.ts";
import type { Identity } from "./identity.ts";
import { identify, remember } from "./identity.ts";
import { Interrupt } from "./interrupt.ts";
import { ownNameOf } from "./own-name.ts";
import { waitFor } from "./wait-for.ts";
import { requiredWitnesses } from "./witnesses.ts";

/** Between two attempts to sign in again (ms). */
const retryMs = 1_000;
/** How long the server may take to hear that this terminal leaves and is released (ms). */
const farewellMs = 3_000;

export interface TerminalRun {
  readonly identity: Identity;
  readonly terminal: Terminal;
  readonly held: HeldDevice;
  readonly output: LateOutput;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly interrupted: AbortSignal;
  /**
   * The state, as soon as `look` gives something of it.
   * @throws Interrupted; Failure when this terminal is signed out meanwhile
   */
  until<T>(look: (state: TerminalState) => T | undefined, ...signals: readonly AbortSignal[]): Promise<T>;
  /** Opens the device, which may ask for a passphrase or PIN, and signs in. */
  signIn(): Promise<void>;
  /** With the device that is open, as soon as the server is there. */
  signInAgain(): Promise<void>;
}

/** This terminal is not the person's any more. */
export class SignedOut extends Failure {
  readonly reason: SignedOutReason;

  constructor(reason: SignedOutReason) {
    super(
      reason === "deviceRemoved" ? exitCodes.device : exitCodes.refused,
      texts().trouble.signedOut(signedOutWords(reason).happened),
      againHint(reason),
    );
    this.reason = reason;
  }
}

function againHint(reason: SignedOutReason): string {
  if (reason === "deviceRemoved") return texts().trouble.putBack;
  if (reason === "revoked") return texts().trouble.otherKeySigns;
  return texts().trouble.runToSignIn;
}

/** The person wants out, by a key of the live view. */
class Quit extends Error {}

export interface RunSpec {
  readonly values: TerminalOptions;
  /** Without it this terminal takes part in no call. */
  readonly sound?: Sound;
  /** The command shows its state in a live view where it can. */
  readonly live?: boolean;
  /** Which calls the command answers by itself, as a sentence for the live view. */
  readonly answers?: string;
  /** What the terminal tells and the command does not, since it is about to say so itself. */
  readonly untold?: (event: CommandEvent) => boolean;
}

export async function runTerminal(
  { values, sound, live = false, answers, untold = () => false }: RunSpec,
  body: (run: TerminalRun) => Promise<ExitCode>,
): Promise<ExitCode> {
  const identity = identify(values);
  const { server } = identity;
  const witnesses = requiredWitnesses(values);
  const output = new LateOutput();
  const trust = await trustOf(identity, (warning) => output.event({ event: "warning", ...warning }));
  const held = new HeldDevice();
  const interrupt = new Interrupt();
  const quit = new AbortController();
  const terminal = await createNodeTerminal({
    server,
    device: held.provider,
    pins: new FilePinStore(identity.profile.pinsFile(server)),
    evidence: new FileEvidencePlace(identity.profile.evidenceFolder(server), (file) =>
      output.event({ event: "evidenceKept", file }),
    ),
    documents: new FileDocumentPlace(identity.profile.documentsFolder),
    messages: new FileMessagePlace(identity.profile.documentsFolder),
    ...(trust === undefined ? {} : { certificates: trust }),
    ...(witnesses === undefined ? {} : { witnesses }),
    ...(sound === undefined ? {} : { media: sound.provider }),
  });
  interrupt.listen();
  const signals = [interrupt.signal, quit.signal];
  try {
    await connected(terminal, server, signals);
    const open = (): Promise<void> =>
      output.open(() =>
        openOutput(values, {
          terminal,
          live,
          answers,
          onQuit: () => quit.abort(new Quit()),
          onInterrupt: () => interrupt.trigger(),
        }),
      );
    // The live view takes the window, in which a passphrase or PIN may have to be asked for first.
    if (!live || !canShowView(values)) await open();
    tellEvents(terminal, output, (event) => untold(event) || isAccepted(event, values), {
      // In the live view they stand until the person closes them.
      seesMissed: !live || !canShowView(values),
    });
    return await body({
      identity,
      terminal,
      held,
      output,
      interrupted: interrupt.signal,
      until: (look, ...more) =>
        waitFor(terminal, (state) => requireSignedIn(state, held) ?? look(state), [...signals, ...more]),
      signIn: async () => {
        await held.open(identity);
        await open();
        const { "trust-log": logKey } = values;
        if (logKey !== undefined) await terminal.log.trust(logKey === "none" ? undefined : logKey);
        // One's own history may rest on them: who was recovered by one could not sign in before.
        const isTrusted = await isAdministratorTrusted(terminal, values);
        await terminal.signIn({ userId: identity.user, signal: interrupt.signal });
        if (!isTrusted) await trustAdministrator(terminal, values);
        const { "trust-administrator": accepted } = values;
        if (accepted !== undefined) output.event({ event: "administratorAccepted", userId: accepted.userId });
        await trustChanged(terminal, values);
        remember(identity, held.token);
        if (sound?.missing.speaker === true)
          output.event({ event: "warning", ...wordsFor("media.noSpeaker"), code: "media.noSpeaker" });
      },
      signInAgain: () => signInAgain(terminal, identity, signals),
    });
  } catch (error) {
    if (error instanceof Quit) return exitCodes.ok;
    throw error;
  } finally {
    await leaveInOrder(terminal);
    output.close();
    held.close();
    sound?.close();
  }
}

/** @throws Failure that says why the server is not reached, or which address it has */
async function connected(terminal: Terminal, server: string, signals: readonly AbortSignal[]): Promise<void> {
  try {
    await waitFor(terminal, (state) => requireOnline(state, server), signals);
  } catch (error) {
    await lookCloser(error, server);
    await nameServer(error, server, signals);
  }
}

/** Why there is no connection is not told to a terminal, but can be looked at. @throws Failure where that was it */
async function lookCloser(unreached: unknown, server: string): Promise<void> {
  if (!(unreached instanceof Failure) || unreached.code !== "connection.lost") return;
  const url = new URL(server);
  const found = url.protocol === "https:" ? await serverCertificate(url).catch(() => undefined) : undefined;
  const { message, hint } =
    found?.problem === undefined
      ? await whyUnreached(url, Date.now())
      : problemLines(found.names, found.problem);
  throw new Failure(
    unreached.exitCode,
    texts().trouble.cannotReachFor(server, message),
    hint,
    found?.problem?.code ?? unreached.code,
    unreached,
  );
}

function requireOnline({ connection }: TerminalState, server: string): true | undefined {
  if (connection.status === "online") return true;
  if (connection.status === "connecting") return undefined;
  const { code } = connection;
  if (code === "connection.lost")
    throw new Failure(
      exitCodes.unreachable,
      texts().trouble.cannotReach(server),
      texts().trouble.checkServer,
      code,
    );
  const { message, hint } = wordsFor(code);
  throw new Failure(exitCodeOf(code), message, hint, code);
}

/** The server is there to be asked which address it has. @throws always */
async function nameServer(error: unknown, server: string, signals: readonly AbortSignal[]): Promise<never> {
  if (!(error instanceof Failure) || error.code !== "server.otherOrigin") throw error;
  const name = await ownNameOf(server, signals);
  if (name === undefined) throw error;
  throw new Failure(
    error.exitCode,
    texts().trouble.callsItself(server, clean(name)),
    texts().trouble.giveThatServer(clean(name)),
    error.code,
    error,
  );
}

/** The warning about an administrator whom the command accepts, as they are. */
function isAccepted(event: CommandEvent, { "trust-administrator": accepted }: TerminalOptions): boolean {
  if (event.event !== "warning" || event.keys === undefined || accepted === undefined) return false;
  return event.userId === accepted.userId && event.head === toBase64Url(accepted.head);
}

/** Tells that the terminal is online, and each event from then on. */
function tellEvents(
  terminal: Terminal,
  output: Output,
  isUntold: (event: CommandEvent) => boolean,
  { seesMissed }: { readonly seesMissed: boolean },
): void {
  let last: TerminalState = { ...terminal.state, connection: { status: "connecting" } };
  const follow = (now: TerminalState): void => {
    const state = withoutTries(last, now);
    const events = eventsBetween(last, state);
    last = state;
    for (const event of events) if (!isUntold(event)) output.event(event);
    if (!seesMissed) return;
    // What is said in a line is not said again by the next command.
    const missed = events.flatMap((event) => (event.event === "missed" ? [event.callId] : []));
    if (missed.length > 0) terminal.seeMissed(missed);
  };
  follow(terminal.state);
  terminal.subscribe(follow);
}

/** A call that goes on, or went on, elsewhere after the device did is not cut short here. */
function requireSignedIn({ call, session }: TerminalState, { token }: HeldDevice): undefined {
  const isGoingOn = call?.heldUntilMs !== undefined || call?.end?.type === "moved";
  if (session.status === "signedIn" || isGoingOn) return undefined;
  const { reason = "released" } = session;
  const cause = reason === "deviceRemoved" ? token?.lostBecause : undefined;
  throw cause === undefined ? new SignedOut(reason) : unableToAnswer(cause);
}

/** The token is there, and does not sign any more: nobody should be rung where nobody can answer. */
export function unableToAnswer(cause: SignetError): Failure {
  const { message, hint } = wordsFor(cause.code);
  const text = texts().trouble.cannotAnswer(message);
  return new Failure(exitCodes.device, text, hint, cause.code, cause);
}

async function signInAgain(
  terminal: Terminal,
  { user }: Identity,
  signals: readonly AbortSignal[],
): Promise<void> {
  for (;;) {
    await waitFor(terminal, ({ connection }) => connection.status === "online" || undefined, signals);
    try {
      return await terminal.signIn({ userId: user });
    } catch (error) {
      const isAway = error instanceof SignetError && exitCodeOf(error.code) === exitCodes.unreachable;
      if (!isAway) throw error;
    }
    await delay(retryMs, undefined, { signal: AbortSignal.any([...signals]) });
  }
}

/** @throws SignetError `directory.otherKey` where nobody is asked about with this head */
async function trustAdministrator(
  terminal: Terminal,
  { "trust-administrator": administrator }: TerminalOptions,
): Promise<void> {
  if (administrator !== undefined)
    await terminal.administration.trust(administrator.userId, administrator.head);
}

/** Before the sign-in: where the server names them itself. Who is named by what somebody signed is known only once that was met. */
async function isAdministratorTrusted(terminal: Terminal, values: TerminalOptions): Promise<boolean> {
  try {
    await trustAdministrator(terminal, values);
    return true;
  } catch (error) {
    if (error instanceof SignetError && error.code === "directory.otherKey") return false;
    throw error;
  }
}

/** The person decided on the key that an earlier run named. @throws SignetError `directory.otherKey` when the server shows another by now */
async function trustChanged(
  terminal: Terminal,
  { "trust-changed-key": changed }: TerminalOptions,
): Promise<void> {
  if (changed === undefined) return;
  const { userId, deviceId } = changed;
  await terminal.lookup([userId]);
  await terminal.trustChangedKey(userId, deviceId);
}

/** The key of this terminal ends with the process: nobody should be rung where nobody can answer. */
async function leaveInOrder(terminal: Terminal): Promise<void> {
  const { session, connection } = terminal.state;
  // Where the device was removed, that is being told to the server.
  const isOwed = session.status === "signedIn" || session.reason === "deviceRemoved";
  if (isOwed && connection.status === "online") {
    const patience = new AbortController();
    await Promise.race([
      terminal.release().catch(() => undefined),
      delay(farewellMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
  }
  terminal.close();
}
