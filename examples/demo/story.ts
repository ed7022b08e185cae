/** What happens in the demo, in order. It stops after the first step in which something is not as it should be. */
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

export function createStory(print: Printer, muted: string | undefined): Story {
  const cleanups: (() => unknown)[] = [];
  const stage: Stage = { print, muted, wire: new Wire(), defer: (cleanup) => void cleanups.push(cleanup) };
  return {
    tell: () => tell(stage),
    close: async () => {
      for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
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
