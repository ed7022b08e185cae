import { texts } from "@signet/words/command-line";

import { flag, option } from "../options/option-spec.ts";
import type { NamedResult } from "../checks/check.ts";
import { checkNames, runChecks } from "../checks/doctor.ts";
import type { DoctorInput } from "../checks/doctor.ts";
import { command } from "../command.ts";
import { Interrupted, exitCodes } from "../failure.ts";
import type { ExitCode } from "../failure.ts";
import { identityOptions, outputOptions } from "../options/terminal-options.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { clausesInOne } from "@signet/words";
import { clean } from "../output/clean.ts";
import { padTo } from "../output/columns.ts";
import { jsonLine } from "../output/json-line.ts";
import { printLines } from "../output/window-lines.ts";
import { Profile, defaultProfileFolder } from "../profile.ts";
import { identify } from "../run/identity.ts";
import { Interrupt } from "../run/interrupt.ts";
import { summaries } from "../summaries.ts";

const options = {
  ...identityOptions,
  "sign-in": option("yes|no", flag, texts().options.doctorSignIn, "yes"),
  json: outputOptions.json,
} as const;

export const doctor = command({
  name: "doctor",
  summary: summaries.doctor,
  about: texts().about.doctor,
  options,
  examples: ["signet doctor", "signet doctor --server https://calls.example.org --sign-in no"],
  run: async (values) => {
    const interrupt = new Interrupt();
    interrupt.listen();
    const tell = values.json === "yes" ? tellJson : tellPlain;
    try {
      const results = await runChecks(inputOf(values, values["sign-in"] !== "no", interrupt.signal), tell);
      return conclude(results, values.json === "yes");
    } catch (error) {
      if (interrupt.signal.aborted) throw new Interrupted();
      throw error;
    }
  },
});

/** What can be checked with what is known. @throws Failure for options that contradict each other */
function inputOf(values: TerminalOptions, signsIn: boolean, signal: AbortSignal): DoctorInput {
  const profile = new Profile(values.profile ?? defaultProfileFolder(process.env));
  const remembered = profile.recall();
  const server = values.server ?? remembered.server;
  const user = values.user ?? remembered.user;
  const known =
    server === undefined ? {} : { server: { address: server, pinsFile: profile.pinsFile(server) } };
  const base = { profileFolder: profile.folder, ...known, signal };
  if (!signsIn) return { ...base, withoutIdentity: texts().doctor.leaveOutSignIn };
  if (server === undefined || user === undefined)
    return { ...base, withoutIdentity: texts().doctor.giveUser };
  return { ...base, identity: identify(values), withoutIdentity: "" };
}

const statusColumns = 9;
const nameColumns = 14;

function tellPlain({ hint, message, name, status }: NamedResult): void {
  say(padTo(texts().doctor.status[status], statusColumns) + padTo(name, nameColumns) + clean(message));
  if (hint !== undefined)
    say(padTo("", statusColumns) + padTo(texts().doctor.hint, nameColumns) + clean(hint));
}

function say(text: string): void {
  printLines(text, statusColumns + nameColumns);
}

function tellJson({ hint, message, name, status }: NamedResult): void {
  console.log(jsonLine({ event: "check", name, status, message, ...(hint === undefined ? {} : { hint }) }));
}

function conclude(results: readonly NamedResult[], asJson: boolean): ExitCode {
  const count = (status: NamedResult["status"]): number =>
    results.filter((result) => result.status === status).length;
  const counts = {
    ok: count("ok"),
    warnings: count("warning"),
    failed: count("failed"),
    // Also those that nobody named, since what they need failed.
    skipped: checkNames.filter(
      (name) => !results.some((one) => one.name === name && one.status !== "skipped"),
    ).length,
  };
  const exitCode = results.find(({ status }) => status === "failed")?.exitCode ?? exitCodes.ok;
  if (asJson) console.log(jsonLine({ event: "checked", ...counts, exitCode }));
  else console.log(`\n${sentence(counts)}`);
  return exitCode;
}

function sentence({
  failed,
  skipped,
  warnings,
}: Readonly<Record<"failed" | "skipped" | "warnings", number>>): string {
  const parts = [
    ...(failed === 0 ? [] : [texts().doctor.countFailed(failed)]),
    ...(warnings === 0 ? [] : [texts().doctor.countWarnings(warnings)]),
    ...(skipped === 0 ? [] : [texts().doctor.countSkipped(skipped)]),
  ];
  if (failed > 0) return texts().doctor.mendFirst(clausesInOne(...parts));
  return parts.length === 0 ? texts().doctor.allWell : texts().doctor.nothingFailed(clausesInOne(...parts));
}
