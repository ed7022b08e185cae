/** User IDs that are typed in the live view: whom to bring into the call, to put out of it, to make its host. Pure. */
import { isGone, UserId } from "@signet/terminal";
import type { CallView } from "@signet/terminal";

import { clean } from "../output/clean.ts";
import type { Action, Key } from "./action.ts";
import type { Asking } from "./view.ts";

/** More than so many letters are no list of user IDs. */
const mostTyped = 400;

export const askingWords: Record<Asking["what"], string> = {
  invite: "bring whom into the call? user IDs:",
  remove: "put whom out of the call? user ID:",
  makeHost: "make whom the host of the call? user ID:",
};

/** What a key does while user IDs are typed. */
export function typedAction(
  asking: Asking,
  { name, sequence = "" }: Key,
  call: CallView | undefined,
): Action {
  const { text, what } = asking;
  if (name === "return" || name === "enter") return submitted(asking, call);
  if (name === "backspace") return { type: "ask", asking: { what, text: text.slice(0, -1) } };
  const isText = /^[\x20-\x7e]+$/.test(sequence);
  return { type: "ask", asking: isText ? { what, text: (text + sequence).slice(0, mostTyped) } : asking };
}

function submitted({ text, what }: Asking, call: CallView | undefined): Action {
  const words = [...new Set(text.toLowerCase().split(/[\s,;]+/))].filter((word) => word !== "");
  const [wrong] = words.filter((word) => !UserId.safeParse(word).success);
  if (words.length === 0) return { type: "cancel" };
  if (wrong !== undefined) return { type: "say", text: `${clean(wrong)} is no user ID` };
  const userIds = words.map((word) => UserId.parse(word));
  if (what === "invite") {
    const there = call?.participants.find(({ state, userId }) => userIds.includes(userId) && !isGone(state));
    return there === undefined
      ? { type: "invite", userIds }
      : { type: "say", text: `${there.userId} is in the call already, or called` };
  }
  const [userId] = userIds;
  const person = call?.participants.find((one) => one.userId === userId);
  if (userIds.length > 1 || userId === undefined) return { type: "say", text: "one at a time" };
  if (person === undefined || person.isSelf || person.state === "removed")
    return { type: "say", text: `${userId} is not among the others in this call` };
  return { type: "confirm", confirmation: { type: what, userId } };
}
