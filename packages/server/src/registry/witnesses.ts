/**
 * Has the log cosigned by witnesses (C2SP tlog-witness): each new checkpoint is sent to each of them, with the proof that it goes on from the last one
 * that they cosigned. What they answer is verified, and served with the log.
 */
import {
  formatAddCheckpoint,
  formatNote,
  formatVerifierKey,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  withCosignatures,
} from "@signet/directory";
import type { NoteSignature, VerifierKey } from "@signet/directory";
import type { Logger } from "pino";

import type { ServerMetrics } from "../metrics.ts";
import type { DirectoryLog } from "./directory-log.ts";

/** As many as terminals are told of. */
export const mostWitnesses = 8;

/** For one answer, until its last byte (ms). */
const answerMostMs = 10_000;
/** Lines of signatures. */
const answerMostBytes = 65_536;
/** After a failure, twice as long after each further one (ms). */
const firstRetryMs = 1_000;
const longestRetryMs = 5 * 60_000;
/** A cosignature says until when nothing else was seen: an older one is asked for anew, for terminals that want a fresh one (ms). */
const refreshMs = 15 * 60_000;

export interface WitnessPlace {
  /** Of the submission prefix, without a slash at its end. */
  readonly url: string;
  readonly key: VerifierKey;
}

interface Watched extends WitnessPlace {
  /** Entries of the log that it cosigned last, as far as it is known here. */
  size: number;
  /** What it cosigned last. */
  text?: string;
  atMs: number;
  retryAtMs: number;
  failures: number;
  isBusy: boolean;
}

export interface WitnessesParts {
  readonly places: readonly WitnessPlace[];
  readonly directoryLog: DirectoryLog;
  readonly metrics: ServerMetrics;
  readonly log: Logger;
}

type Answer =
  | { readonly result: "cosigned"; readonly signature: NoteSignature }
  | { readonly result: "behind"; readonly size: number }
  | { readonly result: "refused" | "unreachable"; readonly why: string };

export class Witnesses {
  readonly #parts: WitnessesParts;
  readonly #watched: readonly Watched[];
  readonly #stop = new AbortController();
  #latest = "";
  #isLooking = false;

  constructor(parts: WitnessesParts) {
    this.#parts = parts;
    this.#watched = parts.places.map((place) => ({
      ...place,
      size: 0,
      atMs: 0,
      retryAtMs: 0,
      failures: 0,
      isBusy: false,
    }));
    if (parts.places.length > 0)
      parts.metrics.gauge(
        "witnesses_current",
        "Witnesses that cosigned the latest checkpoint of the log",
        () => this.#watched.filter(({ text }) => text === this.#latest).length,
      );
  }

  /** To be called about once a second: what came within that time is cosigned together. */
  tick(nowMs: number): void {
    if (this.#isLooking || this.#watched.length === 0 || this.#parts.directoryLog.key === undefined) return;
    this.#isLooking = true;
    void this.#look(nowMs)
      .catch((error: unknown) => this.#parts.log.error({ err: error }, "the witnesses were not asked"))
      .finally(() => {
        this.#isLooking = false;
      });
  }

  close(): void {
    this.#stop.abort();
  }

  async #look(nowMs: number): Promise<void> {
    const note = await this.#parts.directoryLog.stored.checkpoint();
    const text = parseNote(note)?.text ?? "";
    // An empty log has nothing that anybody could show otherwise.
    if ((parseCheckpoint(text)?.size ?? 0) === 0) return;
    this.#latest = text;
    for (const witness of this.#watched) {
      const isDue = witness.text !== text || nowMs - witness.atMs > refreshMs;
      if (witness.isBusy || !isDue || nowMs < witness.retryAtMs) continue;
      witness.isBusy = true;
      void this.#ask(witness, note, text, nowMs).finally(() => {
        witness.isBusy = false;
      });
    }
  }

  async #ask(witness: Watched, note: string, text: string, nowMs: number): Promise<void> {
    const { log, metrics } = this.#parts;
    let answer = await this.#add(witness, note);
    if (answer.result === "behind") {
      metrics.witnessAnswers.inc({ result: answer.result });
      witness.size = answer.size;
      answer = await this.#add(witness, note);
    }
    if (this.#stop.signal.aborted) return;
    metrics.witnessAnswers.inc({ result: answer.result });
    const name = witness.key.name;
    if (answer.result === "cosigned") {
      if (witness.failures > 0) log.info({ witness: name }, "the witness cosigns again");
      Object.assign(witness, { text, atMs: nowMs, failures: 0, size: parseCheckpoint(text)?.size ?? 0 });
      return this.#keep(witness.key, note, answer.signature);
    }
    const why = answer.result === "behind" ? `it has cosigned ${answer.size} entries` : answer.why;
    if (witness.failures === 0)
      log.warn({ witness: name, why }, "the witness does not cosign; it is asked again");
    witness.retryAtMs = nowMs + Math.min(longestRetryMs, firstRetryMs * 2 ** witness.failures);
    witness.failures = Math.min(witness.failures + 1, 20);
  }

  async #add({ key, size, url }: Watched, note: string): Promise<Answer> {
    const to = parseCheckpoint(parseNote(note)?.text ?? "")?.size ?? 0;
    // Of more than there is nothing can be proven: as after an old backup, or where it said something else than is so. It is asked how far it is.
    const oldSize = size > to ? 0 : size;
    const proof = oldSize === 0 ? [] : await this.#parts.directoryLog.consistency(oldSize, to);
    if (proof === undefined) return { result: "refused", why: "the log is shorter than it was" };
    try {
      const { status, text, type } = await this.#post(
        `${url}/add-checkpoint`,
        formatAddCheckpoint({ oldSize, proof, note }),
      );
      if (status === 409 && type === "text/x.tlog.size" && /^(0|[1-9]\d{0,15})\n$/.test(text))
        return { result: "behind", size: Number(text) };
      if (status !== 200) return { result: "refused", why: `status ${status}` };
      const signature = await this.#verified(key, note, text);
      return signature === undefined
        ? { result: "refused", why: "its answer holds no signature of its key" }
        : { result: "cosigned", signature };
    } catch (error) {
      return { result: "unreachable", why: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Follows no redirect: where a witness is, who runs the server says. */
  async #post(url: string, body: string): Promise<{ status: number; type: string; text: string }> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(answerMostMs)]);
    const headers = { "content-type": "text/plain; charset=utf-8" };
    const answer = await fetch(url, { method: "POST", body, headers, redirect: "manual", signal });
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of answer.body ?? []) {
      length += part.length;
      if (length > answerMostBytes) throw new Error("its answer is too large");
      parts.push(part);
    }
    const text = new TextDecoder().decode(Buffer.concat(parts));
    return { status: answer.status, type: answer.headers.get("content-type") ?? "", text };
  }

  async #verified(key: VerifierKey, note: string, lines: string): Promise<NoteSignature | undefined> {
    const own = withoutOthers(note, this.#parts.directoryLog.key);
    const whole = own === undefined ? undefined : withCosignatures(own, lines);
    const logKey = this.#parts.directoryLog.key;
    if (whole === undefined || logKey === undefined) return undefined;
    const opened = await openCheckpoint(whole, logKey, [key]);
    if (!opened.ok || opened.cosignatures.length === 0) return undefined;
    return parseNote(whole)?.signatures.findLast(
      ({ keyId, name }) => keyId === key.keyId && name === key.name,
    );
  }

  /** Beside those of the others on the same text; the latest text first, also where a slow witness answers of an older one. */
  async #keep(key: VerifierKey, note: string, signature: NoteSignature): Promise<void> {
    const { directoryLog } = this.#parts;
    const text = parseNote(note)?.text ?? "";
    const isOwn = (one: NoteSignature): boolean => one.keyId === key.keyId && one.name === key.name;
    const others = directoryLog.cosigned.flatMap((former) => {
      const parsed = parseNote(former);
      const signatures = parsed?.signatures.filter((one) => !isOwn(one)) ?? [];
      // The log's own comes first; without any beside it nobody has a use for it.
      return parsed === undefined || signatures.length < 2 ? [] : [{ text: parsed.text, signatures }];
    });
    const same = others.find((other) => other.text === text);
    const log = parseNote(withoutOthers(note, directoryLog.key) ?? "")?.signatures ?? [];
    const signatures = [...(same?.signatures ?? log), signature];
    const sizeOf = (one: { readonly text: string }): number => parseCheckpoint(one.text)?.size ?? 0;
    const notes = [{ text, signatures }, ...others.filter((other) => other !== same)]
      .toSorted((one, other) => sizeOf(other) - sizeOf(one))
      .slice(0, mostWitnesses);
    await directoryLog.keepCosigned(notes.map((one) => formatNote(one)));
  }
}

/** With the log's own signature alone. */
function withoutOthers(note: string, key: VerifierKey | undefined): string | undefined {
  const parsed = parseNote(note);
  const signatures = parsed?.signatures.filter(
    ({ keyId, name }) => keyId === key?.keyId && name === key.name,
  );
  return parsed === undefined || signatures === undefined || signatures.length === 0
    ? undefined
    : formatNote({ text: parsed.text, signatures });
}

/** As `/.well-known/signet-log` names them. */
export const namesOf = (places: readonly WitnessPlace[]): readonly string[] =>
  places.map(({ key }) => formatVerifierKey(key));
