/**
 * Answers calls, plays an announcement, and leaves.
 *
 *   SIGNET_PASSPHRASE=... npx node examples/announcement-bot.ts --server http://localhost:8080 --user infoline
 *     --key-file infoline.key [--invite CODE] [--in hours.wav] [--from anna --from ben]
 *
 * Without a file it plays a short melody. Without `--from` it answers everybody.
 */
import { setTimeout as delay } from "node:timers/promises";

import { nodeMedia, openAudioFile } from "@signet/terminal/node";
import type { AudioSource } from "@signet/terminal/node";

import { answerCalls, audioFile, startBot } from "./bot.ts";
import { melody } from "./melody.ts";

/** What was said last is still on its way to the others when the source has ended (ms). */
const partingMs = 500;

/** Asked for when a call is answered; the terminal begins to read it when the call stands and somebody listens. */
let announcement: AudioSource | undefined;

const terminal = await startBot(nodeMedia({ source: () => announcement ?? melody() }));

answerCalls(terminal, async (callId) => {
  const source = audioFile === undefined ? melody() : await openAudioFile(audioFile);
  announcement = source;
  try {
    await terminal.answer(callId);
    // Read to its end, or closed with the call.
    await source.ended;
    await delay(partingMs);
    await terminal.leave();
  } finally {
    source.close();
  }
});
