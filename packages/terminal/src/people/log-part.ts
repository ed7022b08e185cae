/** The server's log to one terminal: what becomes of it, what is kept of it, and whether it says of the person here what they know. */
import { breaksRule } from "@signet/device";
import { formatEvidence, judgeEvidence, parseEvidence } from "@signet/directory";
import type { LogEvidence } from "@signet/directory";
import { codeOf, isConnectionCode, SerialQueue } from "@signet/protocol";
import type { DirectoryEntryIn, ErrorCode, ServerInfo, UserId } from "@signet/protocol";

import type { Environment } from "../environment.ts";
import type { Recognised } from "./devices.ts";
import type { Directory } from "./directory.ts";
import type { OnLogFault } from "./directory-log.ts";
import { MemoryEvidencePlace, mostEvidence } from "./evidence-place.ts";
import type { EvidencePlace } from "./evidence-place.ts";
import type { LogApi, LogFault, ShownLog } from "./log-api.ts";
import { watchOwn } from "./proven-person.ts";

/** What it takes of the session. */
export interface LogSession {
  readonly state: { readonly server?: ServerInfo | undefined } | undefined;
  readonly person: { readonly userId: UserId; readonly known: Recognised } | undefined;
  /** As of the session. */
  historyChanged(entry: DirectoryEntryIn, isLatest: boolean): Promise<void>;
}

export interface LogShell {
  readonly directory: () => Directory;
  readonly onRefused: (userId: UserId, code: ErrorCode) => void;
  readonly onFault: (code: ErrorCode) => void;
  /** What was warned of is settled. */
  readonly onSettled: (userId: UserId | undefined, ...codes: readonly ErrorCode[]) => void;
  readonly onChange: () => void;
}

const ofKey = ["log.missing", "log.otherKey"] as const satisfies readonly LogFault[];

export class LogPart implements LogApi {
  readonly #session: LogSession;
  readonly #shell: LogShell;
  readonly #nowMs: () => number;
  readonly #place: EvidencePlace;
  readonly #making = new SerialQueue();
  #key: string | undefined;
  #hasNamed = false;
  #watching: Promise<void> | undefined;

  constructor(
    session: LogSession,
    { evidencePlace, nowMs }: Pick<Environment, "evidencePlace" | "nowMs">,
    shell: LogShell,
  ) {
    this.#session = session;
    this.#shell = shell;
    this.#nowMs = nowMs;
    this.#place = evidencePlace ?? new MemoryEvidencePlace();
  }

  get state(): ShownLog | undefined {
    const { fault, verifierKey } = this.#shell.directory().log;
    return fault === undefined ? undefined : { code: fault, verifierKey };
  }

  /** What was found is kept first, and then told. */
  failed: OnLogFault = (code, found) => {
    const serverOrigin = this.#session.state?.server?.serverOrigin ?? "";
    try {
      if (found !== undefined) this.#keep({ serverOrigin, foundAtMs: this.#nowMs(), ...found });
    } catch (error) {
      this.#shell.onFault(codeOf(error));
    }
    // With their name, whoever looks at what somebody signed tells of it.
    if (code !== "log.otherView") this.#shell.onFault(code);
    this.#shell.onChange();
  };

  #keep(evidence: LogEvidence): void {
    if (this.#isKept(evidence)) return;
    if (this.#place.all().length < mostEvidence) return this.#place.keep(formatEvidence(evidence));
    this.#making
      .run(() => this.#keepInstead(evidence))
      .catch((error: unknown) => this.#shell.onFault(codeOf(error)));
  }

  /** What is found again at each start would leave no room for what is found later. */
  #isKept(evidence: LogEvidence): boolean {
    const written = (one: LogEvidence): string => formatEvidence({ ...one, foundAtMs: 0 });
    return this.#place.all().some((text) => {
      const kept = parseEvidence(text);
      return kept !== undefined && written(kept) === written(evidence);
    });
  }

  /**
   * A server can fill the place with what convinces nobody before it does what does: what is proven takes the place of the oldest that is not, and nothing
   * takes the place of what is.
   */
  async #keepInstead(evidence: LogEvidence): Promise<void> {
    if (!(await isProven(evidence))) return;
    for (const text of this.#place.all()) {
      const kept = parseEvidence(text);
      if (kept !== undefined && (await isProven(kept))) continue;
      if (!this.#isKept(evidence)) this.#place.keep(formatEvidence(evidence), text);
      return;
    }
  }

  sessionChanged(): void {
    const server = this.#session.state?.server;
    if (server === undefined || (this.#hasNamed && this.#key === server.logKey)) return;
    this.#hasNamed = true;
    this.#key = server.logKey;
    const { log } = this.#shell.directory();
    const before = log.fault;
    log.named(server.logKey);
    // It is back, as it was.
    if (before !== undefined && log.fault === undefined) this.#shell.onSettled(undefined, ...ofKey);
  }

  /** When it is told what was found of the person since the sign-in, and kept what is. Never rejects. */
  async settled(): Promise<void> {
    await this.#watching;
    await this.#making.run(() => Promise.resolve());
  }

  watchOwn(): Promise<void> {
    return (this.#watching = this.#watchOwn());
  }

  /** Whether others are shown of who is signed in what they know of themselves; told where not. Never rejects. */
  async #watchOwn(): Promise<void> {
    const userId = this.#session.person?.userId;
    if (userId === undefined) return;
    const directory = this.#shell.directory();
    const own = () => {
      const { person } = this.#session;
      return person?.userId === userId ? person.known.person : undefined;
    };
    const hearNewest = async (): Promise<void> =>
      this.#session.historyChanged(await directory.lookUp(userId), true);
    try {
      await watchOwn(directory.log, { own, hearNewest });
    } catch (error) {
      const code = codeOf(error);
      // What is wrong with the log as a whole was told.
      if (isConnectionCode(code) || code === "auth.signInRequired" || code === directory.log.fault) return;
      this.#shell.onRefused(userId, code);
    }
  }

  async trust(verifierKey: string | undefined): Promise<void> {
    const { directory, onChange, onSettled } = this.#shell;
    const { log } = directory();
    const before = log.fault;
    await log.beginAnew(verifierKey);
    if (before !== undefined) onSettled(undefined, before);
    onChange();
    await this.watchOwn();
  }

  evidence(): readonly string[] {
    return this.#place.all();
  }
}

const isProven = async (evidence: LogEvidence): Promise<boolean> =>
  (await judgeEvidence(evidence, undefined, breaksRule)).judgement === "proven";
