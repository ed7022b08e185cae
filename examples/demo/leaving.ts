/** The steps in which somebody leaves, and the call ends. */
import type { CallEnd, TerminalState } from "@signet/terminal";

import { anyCall, isShared, settled } from "./calling.ts";
import { namesOf } from "./cast.ts";
import type { Person } from "./cast.ts";
import { heardAfresh, levelAt, unheardPairs } from "./hearing.ts";
import { eventually, until } from "./patience.ts";
import type { Stage } from "./stage.ts";
import { countOpened, withoutCopies } from "./wire.ts";

/** How many encrypted frames are tried: two seconds of one voice. */
const framesTried = 100;

/** @param leaver goes; `staying` change the key */
export async function leave(stage: Stage, leaver: Person, staying: readonly Person[]): Promise<void> {
  const { print } = stage;
  const { userId } = leaver;
  print.step("Leave", `${userId} leaves, and keeps her old keys. The others change the key at once.`);
  const before = leaver.terminal.state.call;
  const startedMs = performance.now();
  await leaver.terminal.leave();
  await settled(staying, staying, before?.epoch ?? -1);
  const rekeyMs = performance.now() - startedMs;
  const after = anyCall(staying);
  print.check(
    isShared(staying) && (after?.epoch ?? -1) > (before?.epoch ?? -1),
    `epoch ${before?.epoch} -> ${after?.epoch} at ${namesOf(staying)}, ${rekeyMs.toFixed(0)} ms after she left`,
  );
  print.check(
    isShared(staying) && after?.safetyCode !== before?.safetyCode,
    `safety code ${after?.safetyCode}, the same at all of them`,
  );
  await heardAfresh(staying);
  await tryKeys(stage, leaver, staying);
  const isQuiet = (): boolean => staying.every(({ ear }) => !ear.hears(leaver.hertz));
  await eventually(() => isQuiet() && unheardPairs(staying).length === 0);
  const levels = staying.map((listener) => `${levelAt(listener, leaver)} dB at ${listener.userId}`);
  print.check(isQuiet(), `${userId}'s tone is gone: ${levels.join(", ")}`);
  const pairs = staying.length * (staying.length - 1);
  const heard = pairs - unheardPairs(staying).length;
  print.check(heard === pairs, `the others go on: ${heard} of ${pairs} voices heard`);
  print.outcome(`epoch ${before?.epoch} -> ${after?.epoch} in ${rekeyMs.toFixed(0)} ms`);
}

/** Takes frames from the wire, and has somebody who stays and the one who left open them with all keys they ever had. */
async function tryKeys({ print, wire }: Stage, leaver: Person, [stays]: readonly Person[]): Promise<void> {
  if (stays === undefined) return;
  const from = wire.frames.length;
  await eventually(() => withoutCopies(wire.frames.slice(from)).length >= framesTried);
  const frames = withoutCopies(wire.frames.slice(from)).slice(0, framesTried);
  const [current] = wire.keysOf(stays.userId).slice(-1);
  const keys = wire.keysOf(leaver.userId);
  if (current === undefined) throw new Error(`${stays.userId} was given no key`);
  const withKey = await countOpened(frames, [current], current);
  const withOldKeys = await countOpened(frames, keys, current);
  const line = (whose: string, count: number): string =>
    `${`opened with ${whose}:`.padEnd(34)}${count} of ${frames.length} frames sent since`;
  print.check(
    frames.length === framesTried && withKey === framesTried,
    line(`${stays.userId}'s key`, withKey),
  );
  print.check(
    keys.length > 0 && withOldKeys === 0,
    line(`${leaver.userId}'s old keys (${keys.length})`, withOldKeys),
  );
}

export async function end({ print }: Stage, [first, ...others]: readonly Person[]): Promise<void> {
  print.step("End", "anna ends it for all, and signs that: the server cannot say it in her name.");
  await first?.terminal.endForAll();
  const endOf = (state: TerminalState): CallEnd | undefined => state.call?.end;
  const isSigned = (end: CallEnd | undefined): boolean => end?.type === "ended" && end.signed;
  const saw = async ({ userId, terminal }: Person): Promise<TerminalState> =>
    until(terminal, (state) => isSigned(endOf(state)), `${userId} to see the signed end`);
  await Promise.all(others.map(saw));
  const signed = others.filter(({ terminal: { state } }) => isSigned(endOf(state)));
  print.check(signed.length === others.length, `${namesOf(signed)}: ended, and verified anna's signature`);
  print.outcome(`${signed.length} of ${others.length} saw the signature`);
}
