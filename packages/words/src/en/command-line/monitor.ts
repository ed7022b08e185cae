/** Of `signet monitor`, and of witnesses. */
import { count, say } from "../say.ts";

/** Which entry it is about. */
export interface FindingAbout {
  /** Empty where it is about nobody. */
  readonly who: string;
  readonly sequence: number;
  readonly position: number;
  /** Why a statement does not hold; empty where it is about something else. */
  readonly why: string;
}

export const monitor = {
  summary: "watches over the log of a server, and says what is wrong in it",
  about:
    "reads the whole log of everybody's devices at URL: every signature, every rule, every state of the map, and that it only ever grows; then follows it. What does not hold ends it with exit code 8 and a file that proves it. A server that is not reached is waited for. With --witness-key it is a witness as well: it cosigns what it checked, for logs that ask at --listen. `--make-witness-key FILE NAME` makes such a key and prints what others verify with.",
  logKey: "key of the log, as who runs the server told you: name+id+key",
  logKeyDefault: "the first that the server names, then the same for good",
  state: "what was read and checked, to go on from there",
  stateDefault: "log-<server>.db in the profile",
  every: "how often it looks for what is new",
  once: "ends after one look",
  watch: "tells what is new of these user IDs: devices that come, are revoked, recovered",
  administrators:
    "who may administer from the beginning, as who runs the server told you; whoever else signs for others is a finding",
  anyAdministrator: "whoever the server lets, said once",
  witnessKey: "cosigns with this key; what was cosigned is kept beside it",
  witnessLog: "key of another log that may ask to be cosigned; may be given more than once",
  listen: "where logs ask this witness (C2SP tlog-witness)",
  makeWitnessKey: "makes a key for a witness in a new file, prints its public key, and ends",
  keyRule: {
    log: "the key of a log as signed notes write it, such as calls.example.org/log+1a2b3c4d+AS...",
    cosignature:
      "the key of a witness as signed notes write it, such as witness.example.org/w1+1a2b3c4d+BF...",
  },
  listenRule: "an address and a port, such as 127.0.0.1:8090",
  nameWitness: "a witness has one name",
  nameExample:
    "name it after where it is, for example `signet monitor --make-witness-key witness.key witness.example.org/w1`",
  badName: (name: string) => say`"${name}" is no name for a key`,
  keyNotMade: (path: string) => say`cannot make ${path}`,
  newFile: "name a file that is not there yet, in a folder that is",
  oneServer: "signet monitor takes the address of one server",
  serverExample: "for example `signet monitor https://calls.example.org`",
  otherState: "give another file with --state",
  stateOfOther: (server: string) => say`what is kept is of ${server}`,
  keyOfOther: (key: string) => say`the log that was read before is signed by ${key}`,
  noLog: (server: string) => say`${server} keeps no log`,
  noLogHint: "check the address; servers of an earlier version have none",
  unreached: "the log cannot be read",
  unreachedHint: "check that the server is there, with `signet doctor --server URL`",
  noWitnessKey: (path: string) => say`${path} holds no key of a witness`,
  makeOne: "make one with `signet monitor --make-witness-key FILE NAME`",
  cannotListen: (place: string) => say`cannot listen on ${place}`,
  otherPort: "give another address or port with --listen",
  monitoring: (server: string, key: string, trusted: string) =>
    say`watching over ${server}, log key ${key}, ${trusted}`,
  trusted: {
    given: "as you gave it",
    known: "the one of before",
    first: "believed because it is the first: ask who runs the server whether it is theirs",
  },
  progress: (done: number, all: number) => say`checked ${done} of ${all} entries`,
  namedAdministrator: (userId: string) =>
    say`${userId} signs for others as an administrator, by the server's word alone`,
  registered: (userId: string) => say`${userId} registered`,
  statement: (words: string) => say`new: ${words}`,
  hidden:
    "the server shows the entries of its log to nobody: only that it goes on from what was can be checked, no signature and no rule",
  consistent: (size: number) =>
    say`the log goes on from what was, ${count(size, { one: "entry", other: "entries" })}`,
  checked: (size: number, statements: number, people: number) =>
    say`all is well: ${count(size, { one: "entry", other: "entries" })} with ${count(statements, { one: "statement", other: "statements" })} of ${count(people, { one: "person", other: "people" })}`,
  waiting: (detail: string) => say`the log cannot be read, trying again: ${detail}`,
  unreadable: {
    other: (path: string) => say`${path} is nothing that a server of Signet shows`,
    status: (path: string, status: number) => say`${path} comes with status ${status}`,
    large: (path: string, bytes: number) => say`${path} has more than ${bytes} bytes`,
    failed: (path: string, reason: string) => say`${path}: ${reason}`,
    elsewhere: (url: string, server: string) =>
      say`the server says that its log is at ${url}, and is asked at ${server}`,
  },
  reached: "the log can be read again",
  listening: (url: string) => say`logs ask this witness at ${url}`,
  cosigned: (origin: string, size: number) =>
    say`cosigned ${origin} at ${count(size, { one: "entry", other: "entries" })}`,
  findings: {
    missing: "the server shows no log any more",
    otherKey: "the server names another key for its log than before",
    badCheckpoint: "the log's own key did not sign the checkpoint that the server shows",
    rolledBack: "the log has fewer entries than it had",
    forked: "the log is another one than it was: something in it was changed afterwards",
    tiles: "the hashes that the server shows are not those that it signed",
    withheld: "the server keeps back parts of the log that it signed",
    entries: ({ position }: FindingAbout) =>
      say`entry ${position} is not the one that the log has the hash of`,
    unknownEntry: ({ position }: FindingAbout) => say`entry ${position} has a form that no entry may have`,
    outOfOrder: ({ position, sequence, who }: FindingAbout) =>
      say`entry ${position} is statement ${sequence} of ${who}, whose turn it is not`,
    rule: ({ position, sequence, who, why }: FindingAbout) =>
      say`statement ${sequence} of ${who}, entry ${position}, does not hold: ${why}`,
    map: "the map of who has which keys is not what the statements in the log make it",
    missingMap: "the log does not end with its map",
  },
  findingHint: "believe nothing that this server shows of anybody until who runs it has explained it",
  evidenceHint: (hint: string, path: string) =>
    say`${hint}; what was found is in ${path}, and \`signet verify\` says what it proves`,
  witness: "address and key of a witness that is to cosign the log, URL=KEY; may be given more than once",
  witnessRule: "an address and a key such as https://w1.example.org=witness.example.org/w1+1a2b3c4d+BF...",
  witnessRuleMost: (most: number) => say`not more than ${most} witnesses, each once`,
  terminalWitness: "key of a witness that you trust; may be given more than once",
  requireWitnesses: "how many of these witnesses have to have seen the log, before anybody is believed",
  tooFewWitnesses: (least: number, keys: number) =>
    say`--require-witnesses is ${least}, and ${count(keys, { one: "witness is", other: "witnesses are" })} given`,
  giveWitnesses: "give the key of each with --trust-witness",
};
