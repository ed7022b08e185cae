/** When which tone was heard, by a page or by `signet` at the command line, and for how long it was not. */
import { closeSync, openSync, readSync } from "node:fs";

import { frameMs } from "@signet/protocol/voice";
import { frameSamples } from "@signet/terminal/node";

import type { Guest } from "../browser.ts";
import type { RunningCommand } from "../command-line.ts";
import { toneIn } from "../ear.ts";
import { eventually } from "../wait.ts";
import type { PageHearing } from "./page-hearing.ts";

/** Who notes what is heard. */
export interface Hearing {
  /** When the tone was heard since then, milliseconds since 1970, in order; each look some 20 ms after the one before. */
  timesOf(hertz: number, sinceMs: number): Promise<readonly number[]>;
}

/** Of the machine, for all processes: milliseconds since 1970, with fractions. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

/** A voice of `writeVoice` is silent for some 100 ms between syllables, and a stutter takes one away: what is longer is a gap. */
const stutterMs = 600;
/** So long without a gap, it is back. */
const steadyMs = 1_500;

export interface Silence {
  /** The longest since it began, ms. */
  readonly longestMs: number;
  /** From its beginning until the sound stayed, ms. */
  readonly untilMs: number;
}

/**
 * Waits until a tone is heard steadily again.
 * @param sinceMs when something happened to it
 * @param fromMs what is heard before that may have been on its way; default a second later
 */
export async function heardAgain(
  hearing: Hearing,
  hertz: number,
  sinceMs: number,
  { fromMs = sinceMs + 1_000, limitMs = 120_000 }: { fromMs?: number; limitMs?: number } = {},
): Promise<Silence> {
  return eventually(
    `${hertz} Hz`,
    async () => {
      const times = await hearing.timesOf(hertz, sinceMs);
      const start = steadyFrom(times, fromMs);
      if (start === undefined) return undefined;
      const gaps = times.map((time, i) => time - (times[i - 1] ?? sinceMs));
      const backMs = times.find((_, i) => times[i]! >= start || isSteady(times, i, fromMs)) ?? start;
      const longestMs = Math.max(...gaps.filter((_, i) => times[i]! <= start));
      return { longestMs: Math.round(longestMs), untilMs: Math.round(backMs - sinceMs) };
    },
    limitMs,
  );
}

/** @returns from when on it is heard without a gap for long enough, after `fromMs` */
function steadyFrom(times: readonly number[], fromMs: number): number | undefined {
  return times.find((time, i) => time >= fromMs && isSteady(times, i, fromMs));
}

function isSteady(times: readonly number[], first: number, fromMs: number): boolean {
  const start = times[first]!;
  for (let i = first + 1; i < times.length; i++) {
    if (times[i]! - times[i - 1]! > stutterMs) return false;
    if (times[i]! - Math.max(start, fromMs) >= steadyMs) return true;
  }
  return false;
}

/** Which share of the looks since then found the tone. */
export async function shareHeard(hearing: Hearing, hertz: number, ms: number): Promise<number> {
  const sinceMs = nowMs();
  // What `signet` writes comes once a second.
  await new Promise((resolve) => setTimeout(resolve, ms + 1_200));
  const times = await hearing.timesOf(hertz, sinceMs);
  return times.filter((time) => time < sinceMs + ms).length / (ms / frameMs);
}

/** Of a page that {@link import("./page-hearing.ts").installPageHearing} was put into. */
export const pageHearing = ({ page }: Guest): Hearing => ({
  timesOf: (hertz, sinceMs) =>
    page.evaluate(
      ([hertz, sinceMs]) =>
        (globalThis as unknown as { pageHearing: PageHearing }).pageHearing.timesOf(hertz, sinceMs),
      [hertz, sinceMs] as const,
    ),
});

/** A voice has 12,000 at its loudest; between its syllables it is not heard. */
const audible = 1_500;
const headerBytes = 44;

/**
 * Of `signet ... --json --out heard.wav`, which writes once a second what it played in that second: looked at all the time, so that
 * what a look finds is of just then.
 */
export class WrittenHearing implements Hearing {
  readonly #command: RunningCommand;
  readonly #voices: readonly number[];
  readonly #times = new Map<number, number[]>();
  readonly #looking: NodeJS.Timeout;
  #file: string | undefined;
  #fd: number | undefined;
  #at = headerBytes;

  constructor(command: RunningCommand, voices: readonly number[]) {
    this.#command = command;
    this.#voices = voices;
    for (const hertz of voices) this.#times.set(hertz, []);
    this.#looking = setInterval(() => this.#look(), frameMs);
  }

  timesOf(hertz: number, sinceMs: number): Promise<readonly number[]> {
    this.#look();
    return Promise.resolve((this.#times.get(hertz) ?? []).filter((time) => time >= sinceMs));
  }

  close(): void {
    clearInterval(this.#looking);
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** The next call is written to another file. */
  #follow(): void {
    const file = this.#command.lines.findLast((line) => line.includes('"recording"'));
    if (file === undefined || file === this.#file) return;
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#file = file;
    this.#at = headerBytes;
    this.#fd = openSync((JSON.parse(file) as { file: string }).file, "r");
  }

  #look(): void {
    this.#follow();
    if (this.#fd === undefined) return;
    const bytes = Buffer.alloc(frameSamples * 2 * 500);
    const read = readSync(this.#fd, bytes, 0, bytes.length, this.#at);
    const frames = Math.floor(read / (frameSamples * 2));
    if (frames === 0) return;
    this.#at += frames * frameSamples * 2;
    const atMs = nowMs();
    for (let i = 0; i < frames; i++) {
      const samples = new Int16Array(bytes.buffer, bytes.byteOffset + i * frameSamples * 2, frameSamples);
      for (const hertz of this.#voices)
        if (toneIn([samples], hertz) > audible)
          this.#times.get(hertz)?.push(atMs - (frames - 1 - i) * frameMs);
    }
  }
}
