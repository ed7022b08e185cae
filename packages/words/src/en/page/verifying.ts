/** The page that verifies files. */
import { say } from "../say.ts";

export const verifying = {
  title: "Verify a file",
  documentTitle: "Verify a file - Signet",
  intro:
    "A record of a call, a resolution, or evidence against a server: see what the signatures in it prove. Nobody has to be signed in, and nothing leaves this browser: it works without a network, too.",
  choose: "Choose files",
  drop: "or drop them here",
  more: "What you know from elsewhere",
  logKey: "Keys of server logs",
  logKeyHint:
    "As who runs the server told you in another way, one in a line. Without one, only the file says which key is the server’s.",
  badLogKey: "That is no key of a log: they look like calls.example.org/log+1a2b3c4d+AS...",
  anchors: "Certificates of authorities that you trust",
  anchorsHint: "PEM, for records of people whose devices have a certificate.",
  anchorsTaken: (count: number) => say`Certificates taken: ${count}`,
  results: "What they prove",
  verifying: "Verifying ...",
  result: (file: string, verdict: string) => say`${file}: ${verdict}`,
  print: "Print",
  toSignet: "To Signet",
  link: "Verify a file",
};
