/** What happens in the demo, in order. It stops after the first step in which something is not as it should be. */
import { setTimeout as delay } from "node:timers/promises";

import { register, serve, signIn } from "./arriving.ts";
import { join, ring } from "./calling.ts";
import { listen } from "./hearing.ts";
import { end, leave } from "./leaving.ts";
import type { Printer } from "./print.ts";
import type { Stage } from "./stage.ts";
import { Wire } from "./wire.ts";

export interface Story {
  /** @throws Error when a step does not come to its end */
  tell(): Promise<void>;
  /** Closes terminals, server and token, and removes what they kept. */
  close(): Promise<void>;
}

/** How long {@link Story.close} waits for a step that is still being told, since it may open something yet (ms). */
const lateMs = 1_000;

/** @param muted user ID of somebody to mute, to see that it is noticed */
export function createStory(print: Printer, muted: string | undefined): Story {
  const cleanups: (() => unknown)[] = [];
  const stage: Stage = { print, muted, wire: new Wire(), defer: (cleanup) => void cleanups.push(cleanup) };
  let told: Promise<void> = Promise.resolve();
  const cleanUp = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };
  return {
    tell: () => (told = tell(stage)),
    close: async () => {
      await cleanUp();
      await Promise.race([told.catch(() => undefined), delay(lateMs)]);
      await cleanUp();
    },
  };
}

async function tell(stage: Stage): Promise<void> {
  const { origin } = await serve(stage);
  const people = await register(stage, origin);
  const leaver = people.find(({ userId }) => userId === "cleo") ?? people[0];
  const staying = people.filter((person) => person !== leaver);
  const steps = [
    () => signIn(stage, origin, people),
    () => ring(stage, people),
    () => join(stage, people),
    () => listen(stage, people),
    () => leave(stage, leaver, staying),
    () => end(stage, staying),
  ];
  for (const step of steps) {
    if (stage.print.hasFailed) return;
    await step();
  }
}
