/** The sound card, through programs that most systems have: ALSA's `arecord` and `aplay`, or SoX. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";

import { SignetError } from "@signet/protocol";
import type { ErrorCode } from "@signet/protocol";

import { frameSamples } from "./audio.ts";
import type { AudioSink, AudioSource } from "./audio.ts";
import { HeardFrames } from "./heard-frames.ts";

type Program = "arecord" | "aplay" | "rec" | "play" | "sox";

/** Raw samples as Signet has them: 48 kHz, one channel, 16 bits, little-endian. */
const alsaFormat = ["-q", "-t", "raw", "-f", "S16_LE", "-r", "48000", "-c", "1"];
const soxFormat = ["-t", "raw", "-e", "signed-integer", "-b", "16", "-L", "-r", "48000", "-c", "1"];
/** Left to themselves the programs gather for long: `arecord` hands out 125 ms at a time, and `aplay` begins when it has 500 ms. */
const argumentsOf = {
  arecord: [...alsaFormat, "--period-time=20000", "--buffer-time=200000", "-"],
  aplay: [...alsaFormat, "--period-time=20000", "--buffer-time=120000", "-"],
  rec: ["-q", "--buffer", "1920", ...soxFormat, "-"],
  play: ["-q", "--buffer", "1920", ...soxFormat, "-"],
};

/** Bytes that wait to be played, 200 ms beyond what the system's pipe holds; more would only come later and later. */
const mostWaitingBytes = 10 * frameSamples * 2;
/** A player has half a second left to play, and a recorder nothing to do; what still runs after this hangs, as when a device is gone. */
const hangsAfterMs = 3_000;

/** What a program said last of why it ended; that is a line, or a few. */
const mostSaidCharacters = 1_000;

/** Which programs record and play on this machine; whether they find a device shows only when they run. */
export function soundCard(): { recorder?: string; player?: string } {
  const recorder = find(["arecord", "rec", "sox"]);
  const player = find(["aplay", "play", "sox"]);
  return { ...(recorder === undefined ? {} : { recorder }), ...(player === undefined ? {} : { player }) };
}

/**
 * The microphone. Its `ended` rejects when it fails: with `media.microphoneBusy`, `media.microphoneDenied`, or `media.noMicrophone`.
 * @throws SignetError `media.noMicrophone` when no program can record
 */
export function microphoneSource(): AudioSource {
  const program = find(["arecord", "rec", "sox"]);
  if (program === undefined) throw new SignetError("media.noMicrophone");
  const list = program === "arecord" ? argumentsOf.arecord : argumentsOf.rec;
  const child = spawn(program, program === "sox" ? ["-d", ...list] : list, {
    env: inEnglish(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = saidBy(child.stderr);
  const stopWithUs = killAtExit(child);
  const frames = new HeardFrames();
  let closed = false;
  child.stdout.on("data", (chunk: Buffer) => frames.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    const gone = (cause: unknown): void => {
      stopWithUs();
      if (closed) resolve();
      else reject(deviceError(microphoneCodes, said(), cause));
    };
    child.once("error", gone);
    // All that it said has come by then.
    child.once("close", (code) => gone(new Error(`the recorder ended with ${code}`)));
  });
  // For whoever does not look at it.
  ended.catch(() => undefined);
  return {
    read: () => frames.read(),
    ended,
    close() {
      if (closed) return;
      closed = true;
      child.kill();
      killWhenHanging(child);
    },
  };
}

/**
 * The loudspeaker.
 * @throws SignetError `media.noSpeaker` when no program can play; `close` rejects with it when the program failed, or with `media.speakerBusy`
 */
export function speakerSink(): AudioSink {
  const program = find(["aplay", "play", "sox"]);
  if (program === undefined) throw new SignetError("media.noSpeaker");
  const list = program === "aplay" ? argumentsOf.aplay : argumentsOf.play;
  const child = spawn(program, program === "sox" ? [...list, "-d"] : list, {
    env: inEnglish(),
    stdio: ["pipe", "ignore", "pipe"],
  });
  const said = saidBy(child.stderr);
  const stopWithUs = killAtExit(child);
  const failed = Promise.withResolvers<SignetError>();
  let failure: SignetError | undefined;
  let closing = false;
  const fail = (cause: unknown): void => {
    failure ??= deviceError(speakerCodes, said(), cause);
    failed.resolve(failure);
  };
  // It ends then, and says why.
  child.stdin.on("error", () => undefined);
  const gone = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      fail(error);
      resolve();
    });
    child.once("close", (code) => {
      if (code !== 0 || !closing) fail(new Error(`the player ended with ${code}`));
      resolve();
    });
  }).finally(stopWithUs);
  return {
    failed: failed.promise,
    write(frame) {
      if (closing || failure !== undefined || child.stdin.writableLength > mostWaitingBytes) return;
      const bytes = Buffer.allocUnsafe(frame.length * 2);
      for (let i = 0; i < frame.length; i++) bytes.writeInt16LE(frame[i] ?? 0, i * 2);
      child.stdin.write(bytes);
    },
    async close() {
      if (!closing) killWhenHanging(child);
      closing = true;
      child.stdin.end();
      await gone;
      if (failure !== undefined) throw failure;
    },
  };
}

const inEnglish = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: "C", LANGUAGE: "C" });

const microphoneCodes = {
  busy: "media.microphoneBusy",
  denied: "media.microphoneDenied",
  gone: "media.noMicrophone",
} as const;
/** What is there to be played on is not forbidden to anybody by name. */
const speakerCodes = {
  busy: "media.speakerBusy",
  denied: "media.noSpeaker",
  gone: "media.noSpeaker",
} as const;

/** @returns the end of what it said so far */
function saidBy(stderr: Readable): () => string {
  let said = "";
  stderr.setEncoding("utf8");
  stderr.on("data", (text: string) => (said = (said + text).slice(-mostSaidCharacters)));
  return () => said.trim();
}

/**
 * ALSA, SoX and PulseAudio end with the text of the system's error (`EBUSY`, `EACCES`), in English where we start them.
 * @param said its last line goes with the error, for whoever has to look closer
 */
function deviceError(
  codes: Readonly<Record<"busy" | "denied" | "gone", ErrorCode>>,
  said: string,
  cause: unknown,
): SignetError {
  const line = said.split("\n").at(-1)?.trim();
  const why = /resource busy|device busy|already in use/i.test(said)
    ? "busy"
    : /permission denied|operation not permitted|access denied/i.test(said)
      ? "denied"
      : "gone";
  return new SignetError(codes[why], line === undefined || line === "" ? cause : new Error(line));
}

function find<Name extends Program>(names: readonly Name[]): Name | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return names.find((name) => folders.some((folder) => isProgram(join(folder, name))));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A program that was told to end and does not would keep the process alive. */
function killWhenHanging(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill("SIGKILL"), hangsAfterMs);
  child.once("exit", () => clearTimeout(timer));
}

/** @returns ends the watch */
function killAtExit(child: ChildProcess): () => void {
  // A killed process runs no handler, but then the pipe breaks, which ends these programs as well.
  const kill = (): void => void child.kill();
  process.once("exit", kill);
  return () => process.removeListener("exit", kill);
}
