import { answer as answerHeadless } from "@signet/e2e/support/scene.ts";

import { BadWay, heard } from "./figures.ts";
import type { Figures, LossTask } from "./figures.ts";
import { Listener, measured } from "./listener.ts";

export async function commandLineLoss(task: LossTask): Promise<Figures[]> {
  const way = new BadWay(task);
  const far = await Listener.open("anna", task, (media) => way.around(media));
  const near = await Listener.open("ben", task);
  const figures: Figures[] = [];
  try {
    await far.headless.terminal.call([near.headless.userId]);
    await answerHeadless(near.headless);
    for (const lost of task.shares) {
      way.share = lost;
      const [hears, isHeard] = [[], []] as ReturnType<Listener["figures"]>[][];
      for (let round = 0; round < task.rounds; round++) {
        await measured(() => {
          far.forget();
          near.forget();
        });
        hears!.push(far.figures());
        isHeard!.push(near.figures());
      }
      figures.push({ lost, hears: heard(hears!), isHeard: heard(isHeard!) });
    }
    return figures;
  } finally {
    for (const { headless } of [far, near]) headless.terminal.close();
    way.close();
  }
}
