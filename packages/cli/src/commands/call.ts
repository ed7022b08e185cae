import { SignetError } from "@signet/terminal";
import type { UserId } from "@signet/terminal";
import { voiceMessageOf } from "@signet/terminal/node";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { wrongUse } from "../failure.ts";
import {
  groupOptions,
  identityOptions,
  leavingOptions,
  mediaOptions,
  outputOptions,
  resolutionOptions,
  userId,
} from "../options/terminal-options.ts";
import { callResult, stayInCall } from "../run/in-call.ts";
import { inGroup } from "../run/in-group.ts";
import { leaveMessage } from "../run/leave-message.ts";
import { ownState, tellKeptHere } from "../run/own-state.ts";
import { runTerminal } from "../run/terminal-run.ts";
import type { TerminalRun } from "../run/terminal-run.ts";
import { Sound } from "../sound/sound.ts";
import { summaries } from "../summaries.ts";

export const call = command({
  name: "call",
  summary: summaries.call,
  about: texts().about.call,
  operands: "ID...",
  options: {
    ...groupOptions,
    ...leavingOptions,
    ...identityOptions,
    ...mediaOptions,
    ...resolutionOptions,
    ...outputOptions,
  },
  examples: [
    "signet call ben cara",
    "signet call ben --in announcement.wav",
    "signet call --group choir",
    "signet call ben --message sorry.wav",
    "signet call ben --in none --record ben.opus --hang-up-after 60",
  ],
  run: async (values, operands) => {
    const { group } = values;
    const named = peopleOf(operands, group !== undefined);
    // Read before anybody is rung.
    const message = values.message === undefined ? undefined : await voiceMessageOf(values.message);
    const sound = await Sound.open(values);
    return runTerminal({ values, sound, live: true }, async (run) => {
      // Said before the device signs anything.
      if (named.includes(run.identity.user)) throw new SignetError("call.self");
      if (new Set(named).size < named.length) throw new SignetError("call.duplicateMember");
      await run.signIn();
      const people = group === undefined ? named : await withGroup(run, named, group);
      await run.terminal.call(people, run.interrupted);
      const stayed = await stayInCall(run, sound, values);
      if (message !== undefined) await leaveMessage(run, stayed.call, message);
      return callResult(stayed);
    });
  },
});

/** Whoever is named as well as in it is called once. */
async function withGroup(
  run: TerminalRun,
  named: readonly UserId[],
  group: string,
): Promise<readonly UserId[]> {
  const own = await ownState(run);
  tellKeptHere(run);
  return [...new Set([...named, ...inGroup(own, group)])].filter((userId) => userId !== run.identity.user);
}

function peopleOf(operands: readonly string[], hasGroup: boolean): readonly UserId[] {
  if (operands.length === 0 && !hasGroup)
    throw wrongUse(texts().trouble.nobodyToCall, texts().trouble.nameThem);
  return operands.map((operand) => {
    const parsed = userId(operand);
    if (!parsed.ok) throw wrongUse(texts().trouble.noUserId(operand), texts().help.expected(parsed.expected));
    return parsed.value;
  });
}
