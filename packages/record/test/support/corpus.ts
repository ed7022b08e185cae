/** Files, good and bad, with what a verifier says of them: for verifiers in other languages, too (docs/record.md). */
import { formatVerifierKey } from "@signet/directory";

import { formatRecord, verifyFile } from "../../src/index.ts";
import type { CallRecord, VerifyOptions } from "../../src/index.ts";
import { atLimits } from "./at-limits.ts";
import { certifiedCalls } from "./certified-calls.ts";
import { callOfFive } from "./call-of-five.ts";
import { changedAnyhow } from "./changed-anyhow.ts";
import { evidence, evidentLies, otherForms } from "./evident-lies.ts";
import { mutationsOf } from "./mutations.ts";
import { crossedCalls, liedTo, resolutionAlone } from "./other-calls.ts";
import { plain } from "./plain.ts";
import type { Plain } from "./plain.ts";
import { seededLog } from "./seeded-keys.ts";

export interface CorpusFile {
  readonly name: string;
  readonly text: string;
  readonly options: VerifyOptions;
}

/** Of certificates one and all parts are looked at, and nothing is signed of them in a registration. */
const certifiedChanged = new Set(["path-middle", "path-name-longer", "name-mail-broken", "cms-eddsa"]);

/** @param mutations of the record of a call of five: half of them of one that nobody signed */
export async function corpus(mutations: number): Promise<readonly CorpusFile[]> {
  const { log, record } = await callOfFive();
  const { record: unkept } = await callOfFive({ isKept: false });
  const { record: unlogged } = await callOfFive({ withLog: false });
  const logKeys = [log.signer.key];
  const otherKeys = [seededLog("signet.example/other").key];
  const files: CorpusFile[] = [];
  const add = (name: string, file: CallRecord | string, options: VerifyOptions = {}) =>
    files.push({ name, text: typeof file === "string" ? file : formatRecord(file), options });
  add("five", record);
  add("five-line", `${formatRecord(record)}\n`);
  add("five-key", record, { logKeys });
  add("five-other-key", record, { logKeys: otherKeys });
  add("five-unkept", unkept);
  add("five-unlogged", unlogged);
  add("empty", "");
  add("cut", formatRecord(record).slice(0, -1));
  add("deep", `${"[".repeat(17)}${"]".repeat(17)}`);
  add("many", `[${"{},".repeat(375_000)}{}]`);
  add("crossed", await crossedCalls());
  add("resolution", await resolutionAlone());
  for (const size of ["same", "whole", "other"] as const) add(`lied-${size}`, await liedTo(size));
  add("lied-unproven", await liedTo("other", { isProven: false }));
  for (const { name, text } of await evidentLies()) {
    add(`evidence-${name}`, text);
    const changed = changedAnyhow(text, Math.ceil(mutations / 5), files.length);
    for (const [index, one] of changed.entries()) add(`evidence-${name}-${index}`, one.text);
  }
  const lie = await evidence({ isLie: true });
  add("evidence-key", lie, { logKeys });
  add("evidence-other-key", lie, { logKeys: otherKeys });
  for (const { name, text } of otherForms(lie)) add(`evidence-form-${name}`, text);
  for (const { name, text } of await atLimits()) add(name, text);
  for (const { anchors, name, text } of await certifiedCalls()) {
    add(name, text, { anchors });
    if (!certifiedChanged.has(name)) continue;
    const changed = changedAnyhow(text, mutations, files.length);
    for (const [index, one] of changed.entries()) add(`certified-${name}-${index}`, one.text, { anchors });
  }
  for (const [index, { text }] of mutationsOf(record, Math.ceil(mutations / 2), 1).entries())
    add(`kept-${String(index).padStart(3, "0")}`, text);
  for (const [index, { text }] of mutationsOf(unkept, Math.floor(mutations / 2), 2).entries())
    add(`unkept-${String(index).padStart(3, "0")}`, text);
  return files;
}

/** What {@link verifyFile} says, and what it was given: keys as they are written. */
export async function verdictOf({ options, text }: CorpusFile): Promise<Plain> {
  const logKeys = (options.logKeys ?? []).map((key) => formatVerifierKey(key));
  const { anchors = [] } = options;
  return plain({ logKeys, anchors, verified: await verifyFile(text, options) });
}
