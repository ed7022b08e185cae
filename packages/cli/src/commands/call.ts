import { SignetError } from "@signet/terminal";
import type { UserId } from "@signet/terminal";
import { voiceMessageOf } from "@signet/terminal/node";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { wrongUse } from "../failure.ts";
import {
  identityOptions,
  leavingOptions,
  mediaOptions,
  outputOptions,
  userId,
} from "../options/terminal-options.ts";
import { callResult, stayInCall } from "../run/in-call.ts";
import { leaveMessage } from "../run/leave-message.ts";
import { runTerminal } from "../run/terminal-run.ts";
import { Sound } from "../sound/sound.ts";
import { summaries } from "../summaries.ts";

export const call = command({
  name: "call",
  summary: summaries.call,
  about: texts().about.call,
  operands: "ID...",
  options: { ...leavingOptions, ...identityOptions, ...mediaOptions, ...outputOptions },
  examples: [
    "signet call ben cara",
    "signet call ben --in announcement.wav",
    "signet call ben --message sorry.wav",
    "signet call ben --in none --record ben.opus --hang-up-after 60",
  ],
  run: async (values, operands) => {
    const people = peopleOf(operands);
    // Read before anybody is rung.
    const message = values.message === undefined ? undefined : await voiceMessageOf(values.message);
    const sound = await Sound.open(values);
    return runTerminal({ values, sound, live: true }, async (run) => {
      // Said before the device signs anything.
      if (people.includes(run.identity.user)) throw new SignetError("call.self");
      if (new Set(people).size < people.length) throw new SignetError("call.duplicateMember");
      await run.signIn();
      await run.terminal.call(people, run.interrupted);
      const stayed = await stayInCall(run, sound, values);
      if (message !== undefined) await leaveMessage(run, stayed.call, message);
      return callResult(stayed);
    });
  },
});

function peopleOf(operands: readonly string[]): readonly UserId[] {
  if (operands.length === 0) throw wrongUse(texts().trouble.nobodyToCall, texts().trouble.nameThem);
  return operands.map((operand) => {
    const parsed = userId(operand);
    if (!parsed.ok) throw wrongUse(texts().trouble.noUserId(operand), texts().help.expected(parsed.expected));
    return parsed.value;
  });
}
