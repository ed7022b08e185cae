/** What is typed in the live view: whom to bring into the call, to put out of it, to make its host; what to propose, and whose approval that takes. Pure. */
import { isGone, PersonId } from "@signet/terminal";
import type { CallView } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { clean } from "../output/clean.ts";
import { readAskedRule } from "../run/asked-rule.ts";
import type { Action, Key } from "./action.ts";
import type { Asking } from "./view.ts";

/** More than so many letters are no list of user IDs. */
const mostTyped = 400;

export const askingWords = (what: Asking["what"]): string => texts().live.asking[what];

/** What a key does meanwhile. */
export function typedAction(
  asking: Asking,
  { name, sequence = "" }: Key,
  call: CallView | undefined,
): Action {
  const { text, what } = asking;
  const typed = (now: string): Action => ({ type: "ask", asking: { ...asking, text: now } });
  if (name === "return" || name === "enter") return submitted(asking, call);
  if (name === "backspace") return typed(text.slice(0, -1));
  const isText = (what === "propose" ? /^\P{C}+$/u : /^[\x20-\x7e]+$/).test(sequence);
  return typed(isText ? (text + sequence).slice(0, mostTyped) : text);
}

function submitted(asking: Asking, call: CallView | undefined): Action {
  const { text, what } = asking;
  if (what === "propose")
    return text.trim() === ""
      ? { type: "cancel" }
      : { type: "ask", asking: { what: "approvers", text: "", proposal: text } };
  if (what === "approvers") {
    const rule = text.trim() === "" ? ({ type: "all" } as const) : readAskedRule(text);
    return rule === undefined
      ? { type: "say", text: texts().live.noApprovers(clean(text)) }
      : { type: "propose", text: asking.proposal, rule };
  }
  const words = [...new Set(text.toLowerCase().split(/[\s,;]+/))].filter((word) => word !== "");
  const [wrong] = words.filter((word) => !PersonId.safeParse(word).success);
  if (words.length === 0) return { type: "cancel" };
  if (wrong !== undefined) return { type: "say", text: texts().live.noUserId(clean(wrong)) };
  const userIds = words.map((word) => PersonId.parse(word));
  if (what === "invite") {
    const there = call?.participants.find(({ state, userId }) => userIds.includes(userId) && !isGone(state));
    return there === undefined
      ? { type: "invite", userIds }
      : { type: "say", text: texts().live.inCallAlready(there.userId) };
  }
  const [userId] = userIds;
  const person = call?.participants.find((one) => one.userId === userId);
  if (userIds.length > 1 || userId === undefined) return { type: "say", text: texts().live.oneAtATime };
  if (person === undefined || person.isSelf || person.state === "removed")
    return { type: "say", text: texts().live.notAmong(userId) };
  return { type: "confirm", confirmation: { type: what, userId } };
}
