/**
 * Says back what it hears, a second later: to test one's microphone, or a server.
 *
 *   SIGNET_PASSPHRASE=... npx node examples/echo-bot.ts --server http://localhost:8080 --user echo --key-file echo.key
 *     [--invite CODE] [--from anna --from ben]
 *
 * With several people in the call it echoes all of them at once: a terminal hears everybody mixed, and never itself.
 */
import { nodeMedia } from "@signet/terminal/node";
import type { AudioSink, AudioSource } from "@signet/terminal/node";

import { answerCalls, startBot } from "./bot.ts";

/** How much later: fifty frames of 20 ms. */
const delayFrames = 50;

/** What was heard and not said yet. A terminal is in one call at a time. */
let heard: Int16Array[] = [];

const ear = (): AudioSink => ({
  write(frame) {
    // The frame is used again by whoever gave it.
    heard.push(frame.slice());
    // While nothing is said yet, what is older is forgotten.
    if (heard.length > 2 * delayFrames) heard.shift();
  },
  async close() {
    heard = [];
  },
});

const mouth = (): AudioSource => ({
  read: () => (heard.length > delayFrames ? heard.shift() : undefined),
  ended: new Promise(() => undefined),
  close: () => undefined,
});

const terminal = await startBot(nodeMedia({ source: mouth, sink: ear }));

answerCalls(terminal, (callId) => terminal.answer(callId));
