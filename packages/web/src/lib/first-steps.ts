/** What somebody new does once, in this order, each by itself. Pure. */
import type { TerminalState, UserId } from "@signet/terminal";

export const firstSteps = ["signIn", "sound", "echo", "person"] as const;
export type FirstStep = (typeof firstSteps)[number];

interface Begun {
  readonly personal: TerminalState["personal"];
  /** Who gives back what one says, where the server names somebody else for that. */
  readonly echo: UserId | undefined;
  /** The microphone or oneself was heard here, before a call. */
  readonly hasTestedSound: boolean;
}

/** Whoever signed in has done the first; with nobody who gives back, any call with sound is one. */
export function stepsDone({ echo, hasTestedSound, personal }: Begun): ReadonlySet<FirstStep> {
  const talked = personal?.history.filter(({ outcome }) => outcome === "talked") ?? [];
  const hasTalked = talked.some(({ userIds }) => echo === undefined || userIds.includes(echo));
  const others = personal?.people.filter(({ userId }) => userId !== echo) ?? [];
  return new Set<FirstStep>([
    "signIn",
    ...(hasTestedSound || talked.length > 0 ? (["sound"] as const) : []),
    ...(hasTalked ? (["echo"] as const) : []),
    ...(others.length > 0 ? (["person"] as const) : []),
  ]);
}

/** Whether they are new: whoever talked with somebody and has people needs no guide, and it is not known before it is known what they have. */
export function isNew(personal: TerminalState["personal"]): boolean {
  if (personal === undefined || personal.carrying.status === "pending") return false;
  const hasTalked = personal.history.some(({ outcome }) => outcome === "talked");
  return !hasTalked || personal.people.length === 0;
}
