import { call, openGuest, signedIn } from "@signet/e2e/support/browser.ts";
import type { Guest } from "@signet/e2e/support/browser.ts";
import type { ListeningPage } from "@signet/e2e/support/listening.ts";
import { answer as answerHeadless } from "@signet/e2e/support/scene.ts";

import { BadWay, heard } from "./figures.ts";
import type { Figures, LossTask } from "./figures.ts";
import { Listener, measured } from "./listener.ts";

interface Counts {
  readonly total: number;
  readonly concealed: number;
  readonly fec: number;
  readonly received: number;
  readonly target: number;
  readonly resent: number;
}

export async function pageLoss(task: LossTask): Promise<Figures[]> {
  const way = new BadWay(task);
  if (!task.fec) way.rewrite = (answer) => answer.replaceAll("useinbandfec=1", "useinbandfec=0");
  const near = await Listener.open("ben", task);
  const guest = await openGuest("about:blank", "anna", {
    switches: [`--use-file-for-fake-audio-capture=${task.sentence}`],
  });
  const figures: Figures[] = [];
  try {
    await way.aroundPage(guest.page);
    await register(guest, task.origin);
    await call(guest, ["ben"]);
    await answerHeadless(near.headless);
    for (const lost of task.shares) {
      way.share = lost;
      const hears: { concealed: number; recovered: number }[] = [];
      const isHeard: ReturnType<Listener["figures"]>[] = [];
      let note = "";
      for (let round = 0; round < task.rounds; round++) {
        let before: Counts | undefined;
        await measured(async () => {
          near.forget();
          before = await counts(guest);
        });
        const after = await counts(guest);
        const total = after.total - before!.total;
        hears.push({
          concealed: (after.concealed - before!.concealed) / total,
          recovered: (after.fec - before!.fec) / (total / 960),
        });
        isHeard.push(near.figures());
        note = `(it sends ${after.target} bit/s, and sent ${after.resent - before!.resent} packets again)`;
      }
      figures.push({ lost, hears: heard(hears), isHeard: heard(isHeard), note });
    }
    return figures;
  } finally {
    near.headless.terminal.close();
    await guest.close();
    way.close();
  }
}

async function register(guest: Guest, origin: string): Promise<void> {
  const { page, userId } = guest;
  await page.goto(origin);
  await page.getByRole("textbox", { name: "User ID" }).fill(userId);
  await page.getByRole("textbox", { name: "Display name" }).fill(userId);
  await page.getByRole("button", { name: "Create user ID" }).click();
  await signedIn(guest);
}

/** What the browser counted so far of all that it receives, in samples and packets. */
function counts({ page }: Guest): Promise<Counts> {
  return page.evaluate(async () => {
    const { peers } = (globalThis as unknown as { signetTest: ListeningPage }).signetTest;
    const found = { total: 0, concealed: 0, fec: 0, received: 0, target: 0, resent: 0 };
    const add = (stats: Record<string, number>): void => {
      found.total += stats["totalSamplesReceived"] ?? 0;
      // What is made up where nobody speaks is not missed by anybody.
      found.concealed += (stats["concealedSamples"] ?? 0) - (stats["silentConcealedSamples"] ?? 0);
      found.fec += stats["fecPacketsReceived"] ?? 0;
      found.received += stats["packetsReceived"] ?? 0;
    };
    for (const peer of peers.slice(-1))
      (await peer.getStats()).forEach((stats: Record<string, number> & { readonly type: unknown }) => {
        if (stats.type === "inbound-rtp" && (stats["packetsReceived"] ?? 0) > 0) add(stats);
        if (stats.type === "outbound-rtp") {
          found.target = stats["targetBitrate"] ?? 0;
          found.resent = stats["retransmittedPacketsSent"] ?? 0;
        }
      });
    return found;
  });
}
