import { emitKeypressEvents } from "node:readline";

import { SignetError, nobodyWasThere, noteWhoIsThere } from "@signet/terminal";
import type {
  CallId,
  DecideOptions,
  ErrorCode,
  NewAdministrator,
  ShownResolution,
  Terminal,
  TerminalState,
  UserId,
} from "@signet/terminal";
import { listOfNames } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { Failure } from "../failure.ts";
import { clean } from "../output/clean.ts";
import { lineFor } from "../output/error-words.ts";
import { named, timeOfDay } from "../output/words.ts";
import { actionFor } from "./keyboard.ts";
import type { Action, Key } from "./action.ts";
import { fitted } from "./question.ts";
import { renderScreen } from "./render.ts";
import { Screen } from "./screen.ts";
import { emptyView, withoutCallQuestion } from "./view.ts";
import type { View } from "./view.ts";
import { summaryOf } from "./words.ts";

/** Durations and what is left of a ring change each second; the meter is to follow a voice. */
const idleMs = 1_000;
const meterMs = 100;
/** Long enough to be read. */
const noticeMs = 8_000;
/** More calls than these are not worth a look back, and would grow without end on a desk that listens for weeks. */
const mostPast = 50;

export interface LiveViewOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** Somebody who wanted not to be heard, and need not be told that there is no microphone. */
  readonly isSilent: boolean;
  /** Which calls are answered without a key being pressed, as a sentence; none when absent. */
  readonly answers?: string | undefined;
  /** Approving signs no document, as was asked for. */
  readonly withoutCms?: boolean;
  /** What there is beside an approval. @throws Failure where a file cannot be read */
  readonly decideOptions: (resolution: ShownResolution) => Promise<DecideOptions>;
  /** The person wants out (`q`). */
  readonly onQuit: () => void;
  /** Ctrl-C, which raw mode hands over as a key. */
  readonly onInterrupt: () => void;
}

/**
 * The view over a whole terminal window. It shows the terminal's own state, so all it has to be told is what no state says. What
 * remains in the window at the end is a line for each call.
 */
export class LiveView {
  readonly #terminal: Terminal;
  readonly #options: LiveViewOptions;
  readonly #screen: Screen;
  readonly #color: boolean;
  readonly #unicode: boolean;
  readonly #past: { readonly summary: string; readonly recorded: string[] }[] = [];
  /** Who was in the call that goes on, or was the last one. */
  #wereThere = nobodyWasThere;
  #callId: CallId | undefined;
  #counted = false;
  #view: View = emptyView;
  #unsubscribe: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #drawing: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(terminal: Terminal, options: LiveViewOptions) {
    this.#terminal = terminal;
    this.#options = options;
    const { answers, isSilent: silent, withoutCms = false } = options;
    this.#view = { ...emptyView, silent, answers, withoutCms };
    this.#screen = new Screen(options.input, options.output, () => this.#draw());
    this.#color = useColor(options.output);
    this.#unicode = /utf-?8/i.test(
      process.env["LC_ALL"] || process.env["LC_CTYPE"] || process.env["LANG"] || "",
    );
  }

  /** Takes over the window until it is closed. */
  open(): void {
    const { input } = this.#options;
    this.#screen.open();
    emitKeypressEvents(input);
    input.on("keypress", this.#onKey);
    this.#unsubscribe = this.#terminal.subscribe((state) => {
      this.#follow(state);
      this.#drawSoon();
    });
    this.#follow(this.#terminal.state);
    this.#tick();
  }

  /** One line that matters now: why a key did nothing, what was decided. */
  notice(text: string): void {
    this.#view = { ...this.#view, notices: [...this.#view.notices, text].slice(-3) };
    this.#drawSoon();
    const timer = setTimeout(() => {
      const notices = this.#view.notices.filter((other) => other !== text);
      this.#view = { ...this.#view, notices };
      this.#drawSoon();
    }, noticeMs);
    timer.unref();
  }

  /** @param atMs when this terminal leaves a call that it is alone in, ms since 1970 */
  leavesAt(atMs: number): void {
    this.#view = { ...this.#view, leavesAtMs: atMs };
    this.#drawSoon();
  }

  /** The microphone is held back while others are heard, from now on. */
  halfDuplex(): void {
    this.#view = { ...this.#view, isHalfDuplex: true };
    this.#drawSoon();
  }

  /** @param code why nothing comes out of the loudspeaker; undefined when something does */
  speaker(code: ErrorCode | undefined): void {
    this.#view = { ...this.#view, speaker: code };
    this.#drawSoon();
  }

  /** What the call is written to just now. */
  recording(file: string): void {
    this.#view = { ...this.#view, recording: [...this.#view.recording, file] };
    this.#drawSoon();
  }

  /** All of the file is on disk; it is named when the screen is gone. */
  recorded(file: string): void {
    this.#past.at(-1)?.recorded.push(file);
    this.#view = { ...this.#view, recording: this.#view.recording.filter((other) => other !== file) };
    this.#drawSoon();
  }

  /** Gives the window back; draws no more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unsubscribe();
    clearTimeout(this.#timer);
    clearImmediate(this.#drawing);
    this.#options.input.off("keypress", this.#onKey);
    this.#follow(this.#terminal.state);
    this.#screen.close(
      this.#past.flatMap(({ recorded, summary }) => [
        summary,
        ...recorded.map((file) => clean(texts().lines.recorded(file))),
      ]),
    );
  }

  readonly #onKey = (_text: string | undefined, key: Key): void => {
    const action = actionFor(key, this.#terminal.state, fitted(this.#view, this.#screen.size));
    if (action === undefined) return;
    this.#do(action);
    this.#draw();
  };

  #do(action: Action): void {
    const terminal = this.#terminal;
    if (action.type !== "select" && action.type !== "confirm")
      this.#view = { ...this.#view, confirm: undefined, asking: undefined };
    switch (action.type) {
      case "answer":
      case "join":
        return this.#run(this.#answer(action.callId), texts().live.answering);
      case "switch":
        return this.#run(terminal.switchTo(action.callId), texts().live.answering);
      case "moveHere":
        return this.#run(terminal.moveHere(), texts().live.movingHere);
      case "bringIn":
        return this.#run(terminal.bringIn(action.callId), texts().live.bringing);
      case "ask":
        this.#view = { ...this.#view, asking: action.asking };
        return undefined;
      case "invite":
        return this.#run(this.#invite(action.userIds), texts().live.inviting);
      case "remove":
        return this.#run(terminal.remove([action.userId]));
      case "makeHost":
        return this.#run(terminal.makeHost(action.userId));
      case "propose":
        return this.#run(this.#propose(action));
      case "decide":
        return this.#run(this.#decide(action), texts().live.deciding);
      case "say":
        return this.notice(action.text);
      case "decline":
        return this.#run(terminal.decline(action.callId));
      case "select":
        this.#view = { ...this.#view, selected: action.callId };
        return undefined;
      case "mute":
        return terminal.setMuted(action.muted);
      case "leave":
        return this.#run(terminal.leave());
      case "end":
        return this.#run(terminal.endForAll());
      case "confirm":
        this.#view = { ...this.#view, confirm: action.confirmation, asking: undefined };
        return undefined;
      case "trust":
        return this.#run(this.#trust(action));
      case "trustAdministrator":
        return this.#run(this.#trustAdministrator(action.administrator));
      case "trustLog":
        return this.#run(this.#terminal.log.trust(action.log.verifierKey));
      case "dismissWarning":
        return terminal.dismissWarning(action.id);
      case "seeMissed":
        return terminal.seeMissed();
      case "dismissNotice":
        return terminal.dismissNotice(action.id);
      case "dismissCall":
        return terminal.dismissCall();
      case "retry":
        return terminal.retryNow();
      case "help":
        this.#view = { ...this.#view, help: !this.#view.help };
        return undefined;
      case "cancel":
        return undefined;
      case "suspend":
        return this.#screen.suspend();
      case "quit":
        return this.#options.onQuit();
      case "interrupt":
        return this.#options.onInterrupt();
    }
  }

  async #answer(callId: CallId): Promise<void> {
    const from = this.#terminal.state.ringing.find((ring) => ring.callId === callId)?.from;
    try {
      await this.#terminal.answer(callId);
    } catch (error) {
      const isOnTheWay = error instanceof SignetError && error.code === "call.answeredYours";
      if (!isOnTheWay || from === undefined) throw error;
      // Both answered at once: nothing failed.
      this.notice(texts().live.isJoining(named(from)));
    }
  }

  /** No touch is spent on a user ID that nobody has. */
  async #invite(userIds: readonly UserId[]): Promise<void> {
    const people = await this.#terminal.lookup(userIds);
    const unknown = people.filter(({ entry, refused }) => entry === undefined && refused === undefined);
    if (unknown.length > 0)
      this.notice(texts().live.nobodyHas(listOfNames(unknown.map(({ userId }) => userId))));
    else await this.#terminal.invite(userIds);
  }

  async #propose({ rule, text }: Extract<Action, { readonly type: "propose" }>): Promise<void> {
    await this.#terminal.resolutions.propose({ type: "text", text }, rule);
  }

  async #decide({ decision, resolution, withoutCms }: Extract<Action, { readonly type: "decide" }>) {
    // Who rejects signs no document, so that it does not matter whether there is one.
    const signs = decision === "approve" && withoutCms !== true;
    const options = signs ? await this.#options.decideOptions(resolution) : { withoutCms: true };
    await this.#terminal.resolutions.decide(resolution.id, decision, resolution.whole, options);
  }

  async #trust({ changed, warningId }: Extract<Action, { readonly type: "trust" }>): Promise<void> {
    const { deviceId, userId } = changed;
    await this.#terminal.trustChangedKey(userId, deviceId);
    if (warningId !== undefined) this.#terminal.dismissWarning(warningId);
    this.notice(texts().live.keyIsKnown(userId));
  }

  /** The warning goes with it. */
  async #trustAdministrator({ head, userId }: NewAdministrator): Promise<void> {
    await this.#terminal.administration.trust(userId, head);
    this.notice(texts().live.administratorIsKnown(userId));
  }

  /** Says why it failed; what succeeds shows itself. */
  #run(work: Promise<void>, busy?: string): void {
    if (busy !== undefined) this.#view = { ...this.#view, busy };
    work
      .catch((error: unknown) => {
        if (error instanceof Failure) return this.notice(error.message);
        // A mistake of ours ends the program, and the window shows it.
        if (!(error instanceof SignetError)) throw error;
        this.notice(lineFor(error.code));
      })
      .finally(() => {
        this.#view = { ...this.#view, busy: undefined };
        this.#drawSoon();
      });
  }

  /** Keeps who was there, and a line for each call that is over. */
  #follow({ call }: TerminalState): void {
    if (call === undefined) return;
    if (call.callId !== this.#callId) {
      this.#callId = call.callId;
      this.#counted = false;
    }
    this.#wereThere = noteWhoIsThere(this.#wereThere, call);
    if (call.phase === "ended" && !this.#counted) {
      this.#counted = true;
      this.#view = withoutCallQuestion(this.#view);
      const summary = `${timeOfDay(call.startedAtMs)}  ${summaryOf(call, this.#wereThere.userIds)}`;
      this.#past.push({ summary, recorded: [] });
      if (this.#past.length > mostPast) this.#past.shift();
    }
  }

  #tick(): void {
    this.#draw();
    const { call } = this.#terminal.state;
    const listens = call !== undefined && call.phase !== "ended" && call.microphone.status === "on";
    this.#timer = setTimeout(() => this.#tick(), listens ? meterMs : idleMs);
    this.#timer.unref();
  }

  /** Several changes at once are one picture. */
  #drawSoon(): void {
    this.#drawing ??= setImmediate(() => this.#draw());
  }

  #draw(): void {
    clearImmediate(this.#drawing);
    this.#drawing = undefined;
    if (this.#closed) return;
    const level = this.#terminal.microphoneLevel();
    const { call } = this.#terminal.state;
    // The call that the screen still shows is not among those before it.
    const past = call?.phase === "ended" ? this.#past.slice(0, -1) : this.#past;
    const lines = renderScreen(
      this.#terminal.state,
      { ...this.#view, level, past: past.slice(-5).map(({ summary }) => summary) },
      { ...this.#screen.size, nowMs: Date.now(), color: this.#color, unicode: this.#unicode },
    );
    this.#screen.draw(lines);
  }
}

/** https://no-color.org: any value but the empty one. */
function useColor(output: NodeJS.WriteStream): boolean {
  const noColor = process.env["NO_COLOR"] ?? "";
  return noColor === "" && process.env["TERM"] !== "dumb" && output.hasColors();
}
