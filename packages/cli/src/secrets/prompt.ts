import { texts } from "@signet/words/command-line";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";

import { Failure, Interrupted, exitCodes } from "../failure.ts";
import { endSignals } from "../run/interrupt.ts";

/** Longer than any PIN or passphrase that somebody types; more is a file that was piped in by mistake. */
const longest = 1_024;
/** What the window holds already is read within this time. */
const typedAheadMs = 50;

/**
 * Asks on the terminal window without showing what is typed. The question goes to standard error, so that standard output stays
 * what was asked for.
 * @throws Interrupted on Ctrl-C, SIGTERM, and when the window is closed; Failure where nobody can be asked
 */
export async function promptSecret(question: string, elsewhere: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY)
    throw new Failure(exitCodes.device, texts().trouble.cannotAsk(question.trim()), elsewhere);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  // Of a window that is closed nothing can be read, written or set any more.
  for (const stream of [stdin, stderr]) stream.off("error", ignored).on("error", ignored);
  try {
    await discardTyped(stdin);
    stderr.write(`${question}: `);
    return await typed(stdin);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write("\n");
    stdin.off("error", ignored);
  }
}

const ignored = (): void => undefined;

/** What was typed before the question was there was meant for somebody else. @throws Interrupted on Ctrl-C */
async function discardTyped(stdin: NodeJS.ReadStream): Promise<void> {
  let wasInterrupted = false;
  const onData = (text: string): void => {
    wasInterrupted ||= text.includes("\u0003");
  };
  stdin.on("data", onData);
  await delay(typedAheadMs);
  // On a busy machine the time is over before the window was looked at even once; a turn of the loop looks.
  await nextTurn();
  stdin.off("data", onData);
  if (wasInterrupted) throw new Interrupted();
}

const windowGone = ["end", "error"] as const;

/** @throws Interrupted on Ctrl-C, SIGTERM, and when the window is closed */
function typed(stdin: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let characters: string[] = [];
    const finish = (end: () => void): void => {
      stdin.off("data", onData);
      for (const gone of windowGone) stdin.off(gone, onGone);
      for (const signal of endSignals) process.off(signal, onGone);
      end();
    };
    const onGone = (): void => finish(() => reject(new Interrupted()));
    const onData = (text: string): void => {
      for (const character of text) {
        if (character === "\r" || character === "\n") return finish(() => resolve(characters.join("")));
        if (character === "\u0003") return finish(() => reject(new Interrupted()));
        if (character === "\u0004") return finish(() => resolve(characters.join("")));
        if (character === "\u0015") characters = [];
        else if (character === "\u007F" || character === "\b") characters.pop();
        else if (characters.length < longest && character >= " ") characters.push(character);
      }
    };
    stdin.on("data", onData);
    for (const gone of windowGone) stdin.on(gone, onGone);
    for (const signal of endSignals) process.on(signal, onGone);
    if (stdin.readableEnded || stdin.destroyed) onGone();
  });
}
