/** The steps of a call: it rings, people join, and all have one key. */
import type { TerminalState } from "@signet/terminal";

import { described } from "./cast.ts";
import type { Person } from "./cast.ts";
import { until } from "./patience.ts";
import type { Stage } from "./stage.ts";

export async function ring(
  { print }: Stage,
  [anna, ...others]: readonly [Person, ...Person[]],
): Promise<void> {
  print.step("Ring", "anna's device signs whom she calls. Terminals verify that before they ring.");
  const startedMs = performance.now();
  await anna.terminal.call(others.map(({ userId }) => userId));
  const rings = others.map(async ({ userId, terminal }) => {
    const { ringing } = await until(
      terminal,
      (state) => state.ringing.length > 0,
      `${userId}'s terminal to ring`,
    );
    const [call] = ringing;
    return { userId, from: call?.from, ms: performance.now() - startedMs };
  });
  let slowestMs = 0;
  for (const { userId, from, ms } of await Promise.all(rings)) {
    const isHers = from?.userId === anna.userId && from.verification.deviceId === anna.device.deviceId;
    const by = from === undefined ? "nobody" : `${from.userId}, ${described(from.verification)}`;
    print.check(isHers, `${userId.padEnd(6)}rings after ${ms.toFixed(0).padStart(3)} ms: ${by} verified`);
    slowestMs = Math.max(slowestMs, ms);
  }
  print.outcome(`all rang within ${slowestMs.toFixed(0)} ms`);
}

export async function join({ print }: Stage, people: readonly [Person, ...Person[]]): Promise<void> {
  print.step("Join", "Signed answers let them into the group (MLS). Epoch: the number of its key.");
  const [, ...others] = people;
  await Promise.all(
    others.map(({ terminal }) => terminal.answer(terminal.state.ringing[0]?.callId ?? ("" as never))),
  );
  await settled(people, people, -1);
  for (const { userId, terminal } of people) {
    const { call } = terminal.state;
    const known = people.filter((person) => isVerifiedAt(terminal.state, person));
    const seen = known.filter((person) => person.userId !== userId).length;
    print.check(
      known.length === people.length,
      `${userId.padEnd(6)}verified ${seen} others; epoch ${call?.epoch}; ${call?.safetyCode}`,
    );
  }
  print.check(
    isShared(people),
    `one epoch and one safety code at all ${people.length}: they hold the same key`,
  );
  print.outcome(`epoch ${anyCall(people)?.epoch}, one safety code at all ${people.length}`);
}

/** Waits until all of `people` are in the same epoch, later than `afterEpoch`, with exactly `members` in the call. */
export async function settled(
  people: readonly Person[],
  members: readonly Person[],
  afterEpoch: number,
): Promise<void> {
  const isComplete = ({ call }: TerminalState): boolean =>
    call?.phase === "active" &&
    call.safetyCode !== undefined &&
    (call.epoch ?? -1) > afterEpoch &&
    call.participants.filter(({ state }) => state === "joined").length === members.length;
  const wait = (person: Person, what: string, test: (state: TerminalState) => boolean) =>
    until(person.terminal, test, `${person.userId} to ${what}`);
  await Promise.all(people.map((person) => wait(person, `be in the call of ${members.length}`, isComplete)));
  // Joiners may be admitted one by one; the last epoch is the one that counts.
  const latest = Math.max(...people.map(({ terminal }) => terminal.state.call?.epoch ?? -1));
  const isLatest = ({ call }: TerminalState): boolean =>
    call?.epoch === latest && call.safetyCode !== undefined;
  await Promise.all(people.map((person) => wait(person, `reach epoch ${latest}`, isLatest)));
}

export const anyCall = ([first]: readonly Person[]): TerminalState["call"] => first?.terminal.state.call;

/** All see the same epoch and the same safety code. */
export function isShared(people: readonly Person[]): boolean {
  const views = people.map(({ terminal: { state } }) => `${state.call?.epoch} ${state.call?.safetyCode}`);
  return new Set(views).size === 1 && anyCall(people)?.safetyCode !== undefined;
}

/** This terminal itself verified a proof of the person's own device. */
function isVerifiedAt({ call }: TerminalState, { userId, device }: Person): boolean {
  const verification = call?.participants.find((participant) => participant.userId === userId)?.verification;
  return verification?.deviceId === device.deviceId && verification.kind === device.kind;
}
