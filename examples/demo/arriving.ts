/** The steps before a call: server, registration, sign-in. */
import type { RunningServer } from "@signet/server";

import { bringPerson, described, namesOf, openTerminal } from "./cast.ts";
import type { Person } from "./cast.ts";
import { until } from "./patience.ts";
import { startDemoServer } from "./server.ts";
import type { Stage } from "./stage.ts";
import { makeToken } from "./token.ts";

/** Each one's voice is a tone (Hz); together they are a chord. */
const firstVoice = { userId: "anna", hertz: 440 };
const otherVoices = [
  { userId: "ben", hertz: 554 },
  { userId: "cleo", hertz: 659 },
];
const voiceOfToken = { userId: "dora", hertz: 831 };

/** Those who are always there. */
export const names: readonly string[] = [firstVoice, ...otherVoices].map(({ userId }) => userId);

export async function serve({ print, defer }: Stage): Promise<RunningServer> {
  print.step("Server", "It finds people and forwards their audio. It holds no keys and cannot listen.");
  const server = await startDemoServer();
  defer(() => server.close());
  const health = await fetch(new URL("/healthz", server.origin));
  const { status } = (await health.json()) as { status?: string };
  print.check(health.ok && status === "ok", `${server.origin}/healthz answers ${health.status} ${status}`);
  print.outcome(server.origin);
  return server;
}

/** The first one calls the others later. */
export async function register(stage: Stage, origin: string): Promise<[Person, ...Person[]]> {
  const { print, defer } = stage;
  print.step("Register", "A device's key never leaves it, and signs whose it is. Others verify that.");
  const bring = async (voice: typeof firstVoice, device?: Person["device"]): Promise<Person> => {
    const person = await bringPerson(origin, { ...voice, device }, stage.wire);
    defer(() => person.terminal.close());
    await person.terminal.register({ userId: person.userId, displayName: voice.userId });
    return person;
  };
  const anna = await bring(firstVoice);
  const people: [Person, ...Person[]] = [anna];
  for (const voice of otherVoices) people.push(await bring(voice));
  const token = await makeToken();
  if (token.type === "made") {
    defer(() => token.close());
    people.push(await bring(voiceOfToken, token.device));
  }
  // Rejects whatever does not verify.
  const found = await anna.terminal.lookup(people.map(({ userId }) => userId));
  for (const [index, { userId, device }] of people.entries()) {
    const isKnown = found[index]?.entry?.deviceId === device.deviceId;
    const by = userId === anna.userId ? "touched at" : "verified by";
    print.check(isKnown, `${userId.padEnd(6)}${described(device).padEnd(22)} ${by} anna's terminal`);
  }
  if (token.type === "missing") print.note(`${token.what} is missing, so no PKCS#11 token takes part`);
  const keys = people.filter(({ device }) => device.kind === "software").length;
  print.outcome(`${people.length} user IDs, ${keys} with software keys`);
  return people;
}

export async function signIn(
  { print, wire }: Stage,
  origin: string,
  people: readonly Person[],
): Promise<void> {
  print.step("Sign in", "Each takes the device elsewhere and signs there: calls then ring there only.");
  const moved: Person[] = [];
  for (const person of people) {
    const before = person.terminal;
    person.terminal = await openTerminal(origin, person, wire);
    await person.terminal.signIn({ userId: person.userId });
    const { session } = await until(
      before,
      (state) => state.session.status === "signedOut",
      `${person.userId}'s first terminal to be told`,
    );
    before.close();
    const now = person.terminal.state.session;
    const isBound = now.status === "signedIn" && now.device.deviceId === person.device.deviceId;
    const isTold = session.status === "signedOut" && session.reason === "takenOver";
    if (isBound && isTold) moved.push(person);
    else
      print.check(
        false,
        `${person.userId} is ${now.status} at the new terminal, ${session.status} at the old`,
      );
  }
  print.check(moved.length === people.length, `${namesOf(moved)}: signed in at new terminals, old ones told`);
  print.outcome(`${moved.length} of ${people.length} signed in at new terminals`);
}
