/** What the server says of itself. */
import { count, say } from "../say.ts";

export const aboutServer = {
  administers: "Administers",
  nobody: "Nobody is named",
  afterSignIn: "Told after you sign in",
  software: "Program",
  untold: "It does not tell",
  missedCalls: "Missed calls",
  keptDays: (days: number) =>
    days === 0
      ? "Are not kept, nor are voice messages"
      : say`Kept for ${count(days, { one: "day", other: "days" })} while no terminal of yours was there, and voice messages as long`,
  closedPages: "Closed pages",
  wakes: "Can be told that somebody calls",
  wakesNot: "Are told of nothing: it is switched off here",
  withoutUdp: "Networks without UDP",
  relays: "It passes calls on there",
  relaysNot: "Have no sound: the relay is switched off here",
  echo: "Echo",
  echoRuns: (userId: string) => say`${userId} answers, and gives back what you say`,
  echoAway: (userId: string) => say`${userId} is named for it, but is not there now`,
  echoUntold: (userId: string) =>
    say`${userId} is named for it; whether they are there is told while you are signed in and connected`,
  noEcho: "None: nobody here answers to give back what you say",
  itsWord:
    "All of this is what the server says of itself; nobody signed it. You know the server by its address, and your browser by the certificate for that. The key of its log is one that you can compare with others: who sees another one is shown other people's devices. People you know by their devices.",
};
