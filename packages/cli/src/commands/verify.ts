import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";

import { mostFileBytes, verifyBytes } from "@signet/record";
import type { Verified } from "@signet/record";
import { evidenceWords, recordWords } from "@signet/words";
import type { RecordWords } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { Failure, exitCodes, unusableFile, wrongUse } from "../failure.ts";
import type { ExitCode } from "../failure.ts";
import { anchorsIn } from "../keys/certificates.ts";
import { noteKeys } from "../options/note-keys.ts";
import { option, text } from "../options/option-spec.ts";
import { outputOptions } from "../options/terminal-options.ts";
import { wordsFor } from "../output/error-words.ts";
import { jsonLine } from "../output/json-line.ts";
import { recordLines } from "../output/record-lines.ts";
import { summaries } from "../summaries.ts";

const options = {
  "log-key": {
    ...option("key", noteKeys("log"), texts().verify.logKey, texts().verify.logKeyDefault),
    repeats: true,
  },
  anchors: option("file", text(texts().options.file), texts().verify.anchors),
  json: outputOptions.json,
} as const;

export const verify = command({
  name: "verify",
  summary: summaries.verify,
  about: texts().verify.about,
  operands: "FILE",
  options,
  examples: [
    "signet verify signet-record.json",
    "signet verify signet-record.json --log-key calls.example.org/log+1a2b3c4d+AS... --anchors authority.pem",
    "signet verify evidence.json --json",
  ],
  run: async ({ anchors: authorities, json, "log-key": logKeys = [] }, [path, ...more]) => {
    if (path === undefined || more.length > 0)
      throw wrongUse(texts().verify.oneFile, texts().verify.oneFileExample);
    // One that has ended since holds for what was signed before.
    const anchors = authorities === undefined ? [] : await anchorsIn("--anchors", authorities, 0);
    const verified = await verifyBytes(bytesOf(path), { logKeys, anchors });
    if (json === "yes") console.log(jsonLine(eventOf(path, verified)));
    if (verified.kind === "refused") {
      const { hint, message } = wordsFor(verified.code);
      const { at, code } = verified;
      const placed = at === "" || at === "format" ? message : texts().verify.atPlace(message, at);
      throw new Failure(exitCodes.refused, texts().trouble.ofFile(path, placed), hint, code);
    }
    const words = wordsOf(verified);
    if (json !== "yes") for (const line of recordLines(path, words)) console.log(line);
    return exitCodesOf[words.verdict];
  },
});

type Held = Exclude<Verified, { readonly kind: "refused" }>;

const exitCodesOf: Readonly<Record<RecordWords["verdict"], ExitCode>> = {
  holds: exitCodes.ok,
  lied: exitCodes.dishonest,
  proven: exitCodes.dishonest,
  notProven: exitCodes.refused,
  refused: exitCodes.refused,
};

const wordsOf = (verified: Held): RecordWords =>
  verified.kind === "record"
    ? recordWords(verified.report)
    : evidenceWords(verified.evidence, verified, verified.keyGiven);

/** With base64url for bytes. */
function eventOf(file: string, verified: Verified): object {
  const verdict = verified.kind === "refused" ? "refused" : wordsOf(verified).verdict;
  const written = (_name: string, value: unknown): unknown =>
    value instanceof Uint8Array ? Buffer.from(value).toString("base64url") : value;
  return JSON.parse(JSON.stringify({ event: "verified", file, verdict, ...verified }, written)) as object;
}

/** @throws Failure for what cannot be read, and for what is longer than any file of Signet's */
function bytesOf(path: string): Uint8Array<ArrayBuffer> {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const stats = fstatSync(file);
    // Of a pipe nobody knows how long it is.
    if (!stats.isFile()) throw unusableFile(path, "record.unread");
    if (stats.size > mostFileBytes) throw unusableFile(path, "record.tooLarge");
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    throw cause instanceof Failure ? cause : unusableFile(path, "record.unread", cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
