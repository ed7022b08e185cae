/** What every bot has in common: who it is, where its key is kept, and how it begins and ends. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { createSoftwareKey, exportKeyFile, openSoftwareKey } from "@signet/device";
import type { SoftwareDevice } from "@signet/device";
import { UserId, isAlone } from "@signet/terminal";
import type { CallId, MediaProvider, Terminal } from "@signet/terminal";
import { createNodeTerminal, openAudioFile, until } from "@signet/terminal/node";

import { inWords } from "./in-words.ts";

const { values } = parseArgs({
  options: {
    server: { type: "string", default: process.env["SIGNET_SERVER"] ?? "http://localhost:8080" },
    user: { type: "string", default: process.env["SIGNET_USER"] ?? "bot" },
    "key-file": { type: "string", default: process.env["SIGNET_KEY_FILE"] ?? "bot.key" },
    invite: { type: "string" },
    in: { type: "string" },
    from: { type: "string", multiple: true, default: [] },
  },
});

/** An audio file to play, where one was given. */
export const audioFile: string | undefined = values.in;

/** Whose calls are answered: everybody's, or those of `--from`. */
const isWelcome = (userId: UserId): boolean => values.from.length === 0 || values.from.includes(userId);

/**
 * Signs in, and registers the first time; until SIGINT or SIGTERM, at which the bot releases its terminal. What cannot be done is
 * said in a sentence, and ends the process with 1.
 */
export async function startBot(media: MediaProvider): Promise<Terminal> {
  try {
    return await start(media);
  } catch (error) {
    console.error(`error: ${inWords(error)}`);
    process.exit(1);
  }
}

async function start(media: MediaProvider): Promise<Terminal> {
  const userId = UserId.parse(values.user);
  // Better now than when somebody calls.
  if (audioFile !== undefined) (await openAudioFile(audioFile)).close();
  const isNew = !existsSync(values["key-file"]);
  const device = await openKey(isNew);
  const terminal = await createNodeTerminal({ server: values.server, device, media });
  console.log(`connecting to ${values.server}`);
  await until(terminal, ({ connection }) => connection.status === "online");
  if (isNew) await register(terminal, userId, device);
  else await terminal.signIn({ userId });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop(terminal));
  leaveWhenAlone(terminal);
  console.log(`${userId} is ready at ${values.server}`);
  return terminal;
}

async function register(terminal: Terminal, userId: UserId, device: SoftwareDevice): Promise<void> {
  // Before it is registered: a key that got lost after that would take the user ID with it.
  writeFileSync(values["key-file"], exportKeyFile(device), { mode: 0o600, flag: "wx" });
  const invite = values.invite === undefined ? {} : { inviteCode: values.invite };
  await terminal.register({ userId, displayName: userId, ...invite }).catch((error: unknown) => {
    // A key that belongs to nobody would sign in nowhere.
    rmSync(values["key-file"]);
    throw error;
  });
}

/**
 * Hands those who may call to `answer`, one call after the other, and declines the rest. Who rings is verified already: what does
 * not verify does not ring.
 */
export function answerCalls(terminal: Terminal, answer: (callId: CallId) => Promise<void>): void {
  let seen: readonly CallId[] = [];
  let before = Promise.resolve();
  terminal.subscribe(({ ringing }) => {
    const news = ringing.filter(({ callId }) => !seen.includes(callId));
    seen = ringing.map(({ callId }) => callId);
    for (const { callId, from } of news) {
      const welcome = isWelcome(from.userId);
      console.log(`${from.userId} calls: ${welcome ? "answered" : "declined"}`);
      before = before
        .then(() => (welcome ? answer(callId) : terminal.decline(callId)))
        // The caller may have given up meanwhile; the next one is answered all the same.
        .catch((error: unknown) => console.error(inWords(error)));
    }
  });
}

/** A call goes on for whoever is left in it. A bot that stayed would be busy for everybody who calls next. */
function leaveWhenAlone(terminal: Terminal): void {
  let done: CallId | undefined;
  terminal.subscribe(({ call }) => {
    if (call?.phase !== "active" || call.callId === done || !isAlone(call)) return;
    done = call.callId;
    console.log("everybody else left");
    // It may have ended meanwhile.
    terminal.leave().catch(() => undefined);
  });
}

/** The key file is encrypted with SIGNET_PASSPHRASE. */
async function openKey(isNew: boolean): Promise<SoftwareDevice> {
  const passphrase = process.env["SIGNET_PASSPHRASE"];
  // No program that is started from here has need of it.
  delete process.env["SIGNET_PASSPHRASE"];
  if (passphrase === undefined) throw new Error("set SIGNET_PASSPHRASE; the key file is encrypted with it");
  if (isNew) return createSoftwareKey({ algorithm: "EdDSA", passphrase });
  return openSoftwareKey(readFileSync(values["key-file"], "utf8"), passphrase);
}

async function stop(terminal: Terminal): Promise<void> {
  // Without a connection the server cannot be told; it finds out by itself.
  await terminal.release().catch(() => undefined);
  terminal.close();
  process.exit(0);
}
