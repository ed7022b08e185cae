/** The server's log of everybody's devices, where it is not believed any more. */
import { say } from "../say.ts";

export const log = {
  title: "Log of devices",
  signedBy: (key: string) => say`Signed by ${key}`,
  none: "Keeps none: what it shows of people's devices is its word alone",
  notBelieved: "It is not believed any more",
  save: "Save what was kept",
  fileOf: (n: number) => say`signet-evidence-${String(n)}.json`,
  saveHint:
    "Two checkpoints that the server signed, and that do not fit. Whoever has the file can tell whether they prove that it lied: on the page “Verify a file”, or with `signet verify`.",
  iKnowWhy: "I know why: begin anew",
  trustText: (key: string) =>
    say`From then on this browser believes the server's log as it is now, by the key ${key}. What was hidden or exchanged until now, such as a device that somebody revoked, cannot be noticed any more.`,
  trustNone:
    "From then on this browser believes what the server shows without a log. Nobody can notice any more what it hides or exchanges, but by comparing in person.",
  iAsked: "I asked who runs this server in another way than through it, and know why",
  begin: "Begin anew with this log",
  begun: "This browser begins anew with the server's log.",
};
