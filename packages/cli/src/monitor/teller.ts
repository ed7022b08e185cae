/** What a monitor says: lines for people, one object in a line for programs. */
import type { UserId } from "@signet/terminal";
import { isoTime } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { clean } from "../output/clean.ts";
import { wordsFor } from "../output/error-words.ts";
import { jsonLine } from "../output/json-line.ts";
import { newsWords } from "../output/words.ts";
import type { Finding } from "./finding.ts";
import type { MonitorListener, Round } from "./monitor.ts";
import type { TakenStatement } from "./replay.ts";
import type { Cosigned } from "./witness.ts";

/** A word on how far it is comes no oftener (ms). */
const progressEveryMs = 2_000;

export class MonitorTeller implements MonitorListener {
  readonly #asJson: boolean;
  readonly #watched: ReadonlySet<string>;
  readonly #namedAdministrators = new Set<UserId>();
  #toldAtMs = performance.now();
  #isUnreached = false;
  #isFirst = true;
  #wasHidden = false;

  constructor(asJson: boolean, watched: ReadonlySet<string>) {
    this.#asJson = asJson;
    this.#watched = watched;
  }

  #say(line: string, event: { readonly event: string; readonly [field: string]: unknown }): void {
    if (!this.#asJson) return console.log(clean(line));
    const { event: name, ...fields } = event;
    console.log(jsonLine({ event: name, at: new Date().toISOString(), ...fields }));
  }

  monitoring(server: string, verifierKey: string, trusted: "given" | "known" | "first"): void {
    this.#say(texts().monitor.monitoring(server, verifierKey, texts().monitor.trusted[trusted]), {
      event: "monitoring",
      server,
      verifierKey,
      trusted,
    });
  }

  onProgress(done: number, all: number): void {
    if (done === all || performance.now() - this.#toldAtMs < progressEveryMs) return;
    this.#toldAtMs = performance.now();
    this.#say(texts().monitor.progress(done, all), { event: "progress", done, all });
  }

  onStatement({ happened, namedAdministrator, sequence, userId }: TakenStatement): void {
    if (namedAdministrator !== undefined && !this.#namedAdministrators.has(namedAdministrator)) {
      this.#namedAdministrators.add(namedAdministrator);
      this.#say(texts().monitor.namedAdministrator(namedAdministrator), {
        event: "namedAdministrator",
        userId: namedAdministrator,
      });
    }
    if (!this.#watched.has(userId)) return;
    const signed = happened.map(({ atMs, ...event }) => ({ ...event, at: isoTime(atMs) }));
    const words =
      sequence === 0 ? [texts().monitor.registered(userId)] : newsWords({ happened, userId }, undefined);
    for (const line of words)
      this.#say(texts().monitor.statement(line), { event: "statement", userId, sequence, happened: signed });
  }

  checked({ believed, grown, hidden, people, statements }: Round): void {
    if (hidden && !this.#wasHidden) this.#say(texts().monitor.hidden, { event: "hidden" });
    this.#wasHidden = hidden;
    if (!grown && !this.#isFirst) return;
    this.#isFirst = false;
    const { size } = believed.checkpoint;
    const line = hidden
      ? texts().monitor.consistent(size)
      : texts().monitor.checked(size, statements, people);
    const counts = hidden ? {} : { statements, people };
    this.#say(line, { event: "checked", size, entries: hidden ? "hidden" : "public", ...counts });
  }

  unreached(detail: string): void {
    if (this.#isUnreached) return;
    this.#isUnreached = true;
    this.#say(texts().monitor.waiting(detail), { event: "unreachable", detail });
  }

  reached(): void {
    if (!this.#isUnreached) return;
    this.#isUnreached = false;
    this.#say(texts().monitor.reached, { event: "reachable" });
  }

  listening(host: string, port: number): void {
    const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
    this.#say(texts().monitor.listening(url), { event: "listening", url });
  }

  cosigned(answer: Cosigned): void {
    if (answer.status !== 200) return;
    const { origin, size } = answer.checkpoint;
    this.#say(texts().monitor.cosigned(origin, size), { event: "cosigned", origin, size });
  }

  wordsOf({ facts, kind }: Finding): { readonly message: string; readonly hint: string } {
    const { code, position, sequence, userId } = facts;
    const about = {
      who: userId === undefined ? "" : clean(userId),
      sequence: sequence ?? 0,
      position: position ?? 0,
      why: code === undefined ? "" : wordsFor(code).message,
    };
    const words = texts().monitor.findings[kind];
    return {
      message: typeof words === "string" ? words : words(about),
      hint: texts().monitor.findingHint,
    };
  }

  /** Before the error, which says the same. */
  finding(finding: Finding, evidence: string): void {
    if (!this.#asJson) return;
    const { code, position, sequence, userId } = finding.facts;
    const { hint, message } = this.wordsOf(finding);
    this.#say("", {
      event: "finding",
      finding: finding.kind,
      message,
      hint,
      evidence,
      userId,
      sequence,
      position,
      code,
    });
  }
}
