/** Moves between two terminals without a browser, with the sound that the command line has: each with a device of its own of one person. */
import { registerHeadless, openHeadless } from "@signet/e2e/support/headless.ts";
import type { Headless } from "@signet/e2e/support/headless.ts";
import { deviceAtHand } from "@signet/terminal";
import type { DeviceProvider, TerminalEnvironment, TerminalState } from "@signet/terminal";
import { nodeMedia } from "@signet/terminal/node";

import { createLoadDevice } from "../server/load-device.ts";
import type { Silences } from "./figures.ts";
import { frameMs, steadyTone, ToneLog } from "./tones.ts";

export const annaHertz = 400;
const hertz = [700, 1_000] as const;
/** In one call, back to where it began; a person who moves more than five times in a minute is refused. */
export const movesPerCall = 4;
/** Heard by both for so long, nothing of what came before the move is under way any more (ms). */
const steadyMs = 700;

const media = (spoken: number, sink: ToneLog): Pick<TerminalEnvironment, "media"> => ({
  media: nodeMedia({ source: () => steadyTone(spoken), sink: () => sink, localAddress: "127.0.0.1" }),
});
const isActive = ({ call }: TerminalState): boolean => call?.phase === "active";

/** Who stays: hears the mover, whose voice at each terminal is a tone of its own. */
export async function openListener(
  origin: string,
  voices: readonly number[],
): Promise<{ readonly anna: Headless; readonly heard: ToneLog }> {
  const heard = new ToneLog(...voices);
  const anna = await registerHeadless(origin, "anna", { environment: media(annaHertz, heard) });
  return { anna, heard };
}

export async function commandLineMoves(origin: string, calls: number): Promise<Silences> {
  const { anna, heard } = await openListener(origin, hertz);
  const [first, second] = await Promise.all([createLoadDevice(), createLoadDevice()]);
  const devices: DeviceProvider = {
    ...deviceAtHand(first),
    create: ({ beside }) => Promise.resolve({ device: beside === undefined ? first : second }),
  };
  const ears = [new ToneLog(annaHertz), new ToneLog(annaHertz)] as const;
  const environment = { ...media(hertz[0], ears[0]), devices };
  const desk = await registerHeadless(origin, "bobby", { device: first, environment });
  await desk.terminal.addDevice({ name: "Second" });
  const laptop = await openHeadless(origin, "bobby", {
    device: second,
    environment: media(hertz[1], ears[1]),
  });
  await laptop.terminal.signIn({ userId: laptop.userId });
  const silences: Silences = { others: [], mover: [] };
  try {
    const places = [desk, laptop] as const;
    for (let move = 0; move < calls * movesPerCall; move++) {
      if (move % movesPerCall === 0) {
        heard.reset();
        await anna.terminal.call([desk.userId]);
        const { ringing } = await desk.until((state) => state.ringing.length > 0, "ringing");
        await desk.terminal.answer(ringing[0]!.callId);
        await steadily(heard, hertz[0]);
      }
      const [from, to] = move % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
      await places[to].until(({ elsewhere }) => elsewhere !== undefined, "offered to move");
      heard.reset();
      ears[to].reset();
      await places[to].terminal.moveHere();
      await Promise.all([
        places[to].until(isActive, "moved here"),
        places[from].until(({ call }) => call?.phase === "ended", "moved away"),
      ]);
      await Promise.all([steadily(heard, hertz[to]), steadily(ears[to], annaHertz)]);
      silences.others.push(gapMs(heard.last.get(hertz[from]), heard.first.get(hertz[to])));
      silences.mover.push(gapMs(ears[from].last.get(annaHertz), ears[to].first.get(annaHertz)));
      places[from].terminal.dismissCall();
      if (move % movesPerCall === movesPerCall - 1) await endForAll(anna, desk, laptop);
    }
    return silences;
  } finally {
    for (const { terminal } of [anna, desk, laptop]) terminal.close();
  }
}

/** Until nobody is shown anything of the call. */
export async function endForAll(initiator: Headless, ...others: readonly Headless[]): Promise<void> {
  await initiator.terminal.endForAll();
  for (const one of [initiator, ...others]) {
    await one.until(
      ({ call, elsewhere }) => elsewhere === undefined && (call === undefined || call.phase === "ended"),
      "that the call is over",
    );
    one.terminal.dismissCall();
  }
}

/** Between two frames that follow each other there is none. */
export function gapMs(lastMs: number | undefined, firstMs: number | undefined): number {
  if (lastMs === undefined || firstMs === undefined) throw new Error("a tone was not heard");
  return Math.max(0, firstMs - lastMs - frameMs);
}

/** Waits until this tone has been heard for a while, up to now. */
export async function steadily(log: ToneLog, tone: number): Promise<void> {
  for (let tries = 0; tries < 3_000; tries++) {
    const [first, last] = [log.first.get(tone), log.last.get(tone)];
    if (first !== undefined && last !== undefined && last - first >= steadyMs) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${tone} Hz was waited for in vain`);
}
