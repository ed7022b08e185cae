/** What somebody new does once, in this order, each by itself. Pure. */
import type { TerminalState, UserId } from "@signet/terminal";

export const firstSteps = ["signIn", "sound", "call", "person"] as const;
export type FirstStep = (typeof firstSteps)[number];

/** What was done once stays done, also where the calls and people that showed it are gone. */
const keptSteps: ReadonlySet<unknown> = new Set<FirstStep>(["call", "person"]);
export const isKeptStep = (value: unknown): value is FirstStep => keptSteps.has(value);

interface Begun {
  readonly personal: TerminalState["personal"];
  /** Who gives back what one says, where the server names somebody else for that. */
  readonly echo: UserId | undefined;
  /** Oneself was heard here, before a call. */
  readonly hasTestedSound: boolean;
  /** What this browser knows to have been done. */
  readonly kept: ReadonlySet<FirstStep>;
}

/** Whoever signed in has done the first. A call is one with whomever it was, and tests no sound: nobody said how it was. */
export function stepsDone({ echo, hasTestedSound, kept, personal }: Begun): ReadonlySet<FirstStep> {
  const hasTalked = personal?.history.some(({ outcome }) => outcome === "talked") ?? false;
  const hasPeople = personal?.people.some(({ userId }) => userId !== echo) ?? false;
  const done = new Set<FirstStep>(["signIn", ...kept]);
  if (hasTestedSound) done.add("sound");
  if (hasTalked) done.add("call");
  if (hasPeople) done.add("person");
  return done;
}

/** Whether they are new: whoever talked with somebody and has people needs no guide, and it is not known before it is known what they have. */
export function isNew(personal: TerminalState["personal"], done: ReadonlySet<FirstStep>): boolean {
  if (personal === undefined || personal.carrying.status === "pending") return false;
  return !done.has("call") || !done.has("person");
}
