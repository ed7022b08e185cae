/** A file that was verified, as people read it: on a page and in a window alike. All are clauses, but for what was put to people. */
import { LeaveReason, visibleText } from "@signet/protocol";
import type { ErrorCode } from "@signet/protocol";

import { errorWords } from "./errors.ts";
import { catalogue } from "./language.ts";
import { calledName } from "./names.ts";
import { resolutionRuleWords, resolutionStateWords } from "./resolutions.ts";
import { leaveReasonLabel, memberStateLabel } from "./states.ts";
import { moment } from "./times.ts";
import type {
  ToldEvidence,
  ToldJudgement,
  ToldLog,
  ToldPerson,
  ToldRecord,
  ToldResolution,
  ToldRevocation,
  ToldSigned,
  ToldStay,
} from "./told-record.ts";

export type RecordPartName = "about" | "call" | "people" | "resolutions" | "rests" | "server" | "limits";

export interface RecordPart {
  readonly name: RecordPartName;
  readonly heading: string;
  readonly note?: string;
  readonly items: readonly RecordItem[];
}

export interface RecordItem {
  readonly title?: string;
  readonly lines: readonly string[];
  /** As it was put to people, with its line breaks. */
  readonly text?: string;
}

/** How a file is called that was verified: the first holds, the next two prove a lie of the server. */
export type RecordVerdict = "holds" | "lied" | "proven" | "notProven" | "refused";

export interface RecordWords {
  readonly verdict: RecordVerdict;
  readonly happened: string;
  readonly parts: readonly RecordPart[];
}

/** Others are there for what they signed as administrators. */
const isInvolvedIn =
  ({ call, statements }: ToldRecord) =>
  ({ guest, stays, userId }: ToldPerson): boolean =>
    stays.length > 0 ||
    guest !== undefined ||
    userId === call.by ||
    call.invited.includes(userId) ||
    statements.some(({ by, userIds }) => by === userId || userIds.includes(userId));

/** Anybody can make a log and lie with it, and name it after a server: with a key that only the file names nothing is proven of that. */
function verdictWords(verdict: RecordVerdict, keyGiven: boolean): string {
  const { verdicts, verdictsByFile } = catalogue().records;
  const isLie = verdict === "lied" || verdict === "proven";
  return isLie && !keyGiven ? verdictsByFile[verdict] : verdicts[verdict];
}

/** A list of lines is an item without a title. */
const partOf = (name: RecordPartName, lines: readonly string[], note?: string): RecordPart => ({
  name,
  heading: catalogue().records.headings[name],
  ...(note === undefined ? {} : { note }),
  items: [{ lines }],
});

export function recordWords(record: ToldRecord): RecordWords {
  const words = catalogue().records;
  const verdict = record.log?.views.some(({ fits }) => fits === "otherView") === true ? "lied" : "holds";
  const naming = namingOf(record);
  const parts = [
    callPart(record, naming),
    {
      name: "people" as const,
      heading: words.headings.people,
      note: words.notes.people,
      items: record.people.filter(isInvolvedIn(record)).map((person) => personItem(record, person, naming)),
    },
    {
      name: "resolutions" as const,
      heading: words.headings.resolutions,
      items: record.resolutions.map((resolution) => resolutionItem(resolution, naming)),
    },
    partOf("rests", restsLines(record, naming)),
    partOf(
      "server",
      record.server.map(({ atMs, reason, state, userId }) =>
        words.server(
          moment(atMs),
          naming.nameOf(userId),
          reason === undefined ? memberStateLabel(state) : leaveReasonLabel(reason),
        ),
      ),
      words.notes.server,
    ),
    partOf("limits", limitLines(record, naming)),
  ];
  const hasSome = ({ items }: RecordPart): boolean =>
    items.some(({ lines, title }) => title !== undefined || lines.length > 0);
  const happened = verdictWords(verdict, record.log?.keyGiven === true);
  return { verdict, happened, parts: parts.filter(hasSome) };
}

/** As people were shown it in the call: what hides, or turns round what stands beside it, is written out. */
const inLine = (text: string): string => visibleText(text).replaceAll("\n", "⟨U+000A⟩");

interface Naming {
  readonly nameOf: (userId: string) => string;
  readonly namesOf: (userIds: readonly string[]) => string;
}

function namingOf({ people }: ToldRecord): Naming {
  const nameOf = (userId: string): string => {
    const person = people.find((one) => one.userId === userId);
    if (person === undefined) return userId;
    if (person.guest !== undefined) return calledName({ guest: { name: person.displayName } });
    return person.displayName === userId ? userId : catalogue().records.named(person.displayName, userId);
  };
  return { nameOf, namesOf: (userIds) => catalogue().list(userIds.map(nameOf)) };
}

const deviceWords = ({ deviceId, deviceKind }: Pick<ToldSigned, "deviceId" | "deviceKind">): string =>
  catalogue().records.devices[deviceKind](deviceId);

const revocationLines = (revoked: ToldRevocation | undefined): readonly string[] => {
  const { revoked: words, why } = catalogue().records;
  return revoked === undefined ? [] : [words(moment(revoked.atMs), why[revoked.why])];
};

function callPart(record: ToldRecord, { nameOf, namesOf }: Naming): RecordPart {
  const { call, callId, kept, serverOrigin, statements } = record;
  const words = catalogue().records;
  const lines = [
    words.call.began(nameOf(call.by), moment(call.atMs), deviceWords(call)),
    ...(call.invited.length === 0 ? [] : [words.call.called(namesOf(call.invited))]),
    ...revocationLines(call.revoked),
    ...statements.flatMap(({ atMs, by, type, userIds }) =>
      type === "invite" || type === "host"
        ? [words.call[type](nameOf(by), namesOf(userIds), moment(atMs))]
        : [],
    ),
    words.call.server(inLine(serverOrigin), callId),
    ...(kept === undefined ? [] : [words.kept(nameOf(kept.by), moment(kept.atMs), deviceWords(kept))]),
    ...revocationLines(kept?.revoked),
  ];
  return partOf("call", lines, words.notes.call);
}

function personItem(record: ToldRecord, person: ToldPerson, naming: Naming): RecordItem {
  const words = catalogue().records;
  const { guest, stays, userId } = person;
  const { nameOf } = naming;
  const [name, by] = [nameOf(userId), nameOf(guest?.vouchedBy ?? "")];
  const title =
    guest === undefined
      ? name
      : guest.letInBy === undefined
        ? words.guest(name, by)
        : words.guestLetIn(name, by, nameOf(guest.letInBy));
  const { call, statements } = record;
  const isBegun = ({ answeredAtMs }: ToldStay): boolean => userId === call.by && answeredAtMs === call.atMs;
  const declined = statements.filter(({ by: who, type }) => type === "decline" && who === userId);
  const lines = [
    ...stays.flatMap((stay) => stayLines(stay, isBegun(stay), naming)),
    ...declined.flatMap((said) => [
      words.declined(moment(said.atMs), deviceWords(said)),
      ...revocationLines(said.revoked),
    ]),
  ];
  return { title, lines: lines.length === 0 ? [words.stays.none] : lines };
}

function stayLines(stay: ToldStay, isBegun: boolean, naming: Naming): readonly string[] {
  const { stays: words } = catalogue().records;
  const { answeredAtMs, ended, revoked, seen } = stay;
  const [at, device] = [moment(answeredAtMs), deviceWords(stay)];
  return [
    isBegun ? words.began(at, device) : words.answered(at, device),
    ...seenLines(seen, naming),
    endLine(ended, naming),
    ...revocationLines(revoked),
  ];
}

/** Nobody is said to have signed a time that another one did. */
function seenLines(seen: ToldStay["seen"], { namesOf }: Naming): readonly string[] {
  const { stays: words } = catalogue().records;
  if (seen === undefined) return [words.notSeen];
  const [from, to] = [moment(seen.fromMs), moment(seen.toMs)];
  const { by: all } = seen;
  const those = (has: (one: (typeof all)[number]) => boolean): readonly string[] =>
    all.filter((one) => has(one)).map(({ by }) => by);
  if (from === to) return [words.seenOnce(from, namesOf(those(() => true)))];
  const first = those(({ fromMs }) => moment(fromMs) === from);
  const last = those(({ toMs }) => moment(toMs) === to);
  const others = those(({ by }) => !first.includes(by) && !last.includes(by));
  const [firstBy, lastBy] = [namesOf(first), namesOf(last)];
  return [
    firstBy === lastBy ? words.seen(from, to, firstBy) : words.seenBy(from, firstBy, to, lastBy),
    ...(others.length === 0 ? [] : [words.seenBetween(namesOf(others))]),
  ];
}

function endLine(ended: ToldStay["ended"], { nameOf }: Naming): string {
  const { stays: words } = catalogue().records;
  if (ended === undefined) return words.notEnded;
  const { atMs, by, how, reason } = ended;
  if (how !== "left") return words[how](moment(atMs), nameOf(by));
  const known = LeaveReason.safeParse(reason);
  const left = words.left(moment(atMs));
  return !known.success || known.data === "left" ? left : words.said(left, leaveReasonLabel(known.data));
}

function resolutionItem(resolution: ToldResolution, { nameOf, namesOf }: Naming): RecordItem {
  const { decisions, number, proposed, rule, state, subject, withdrawn } = resolution;
  const { resolution: words } = catalogue().records;
  const told = state === "open" ? words.undecided : resolutionStateWords(state);
  const said = decisions.flatMap((one) => {
    const [who, at] = [nameOf(one.by), moment(one.atMs)];
    const trusted = one.cms?.trusted === true ? words.cmsTrusted : words.cms;
    return [
      words[one.decision](who, at, deviceWords(one)),
      ...(one.cms === undefined ? [] : [trusted(who, inLine(one.cms.subject), inLine(one.cms.issuer))]),
      ...revocationLines(one.revoked),
    ];
  });
  const lines = [
    words.state(told, resolutionRuleWords(rule, nameOf)),
    // Who was there when it was proposed is what the proposer wrote: only an epoch of that number in the file speaks against it.
    ...(rule.type === "named" ? [] : [words.asked(nameOf(proposed.by), namesOf(rule.userIds))]),
    words.proposed(nameOf(proposed.by), moment(proposed.atMs), deviceWords(proposed)),
    ...revocationLines(proposed.revoked),
    ...(said.length === 0 ? [words.nobody] : said),
    ...(withdrawn === undefined ? [] : [words.withdrew(nameOf(withdrawn.by), moment(withdrawn.atMs))]),
  ];
  const title = words.heading(number, nameOf(proposed.by));
  if (subject.type === "text") return { title, text: visibleText(subject.text), lines };
  const hex = Array.from(subject.sha256, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const file = words.file(inLine(subject.name), words.bytes(subject.sizeBytes));
  return { title, lines: [file, words.sha256(hex), ...lines] };
}

function restsLines({ log, people }: ToldRecord, naming: Naming): readonly string[] {
  const { rests: words } = catalogue().records;
  const ofPeople = people.flatMap(({ guest, recovered, rests, stays, userId }) => {
    const name = naming.nameOf(userId);
    const certificates = stays.flatMap(({ certificate }) => (certificate === undefined ? [] : [certificate]));
    const certified = certificates.map(({ issuer, subject, trusted }) =>
      (trusted ? words.certified : words.uncertified)(name, inLine(subject), inLine(issuer)),
    );
    return [
      guest === undefined ? words[rests](name) : words.guest(name),
      ...(recovered === undefined
        ? []
        : [words.recovered(name, naming.nameOf(recovered.by), moment(recovered.atMs))]),
      ...new Set(certified),
    ];
  });
  return [...logLines(log, naming), ...ofPeople];
}

function logLines(log: ToldLog | undefined, { namesOf }: Naming): readonly string[] {
  const { rests: words } = catalogue().records;
  if (log === undefined) return [words.noLog];
  const { keyGiven, size, verifierKey, viewless, views } = log;
  return [
    (keyGiven ? words.keyGiven : words.keyOfFile)(inLine(verifierKey)),
    words.size(size),
    ...views.flatMap((view) => (view.fits === "fits" ? [] : [words[view.fits](namesOf(view.by), view.size)])),
    ...(viewless.length === 0 ? [] : [words.viewless(namesOf(viewless))]),
  ];
}

function limitLines({ kept, log, people }: ToldRecord, { nameOf }: Naming): readonly string[] {
  const { limits: words } = catalogue().records;
  const isSeen = people.some(({ stays }) => stays.some(({ seen }) => seen !== undefined));
  return [
    kept === undefined ? words.notKept : words.kept(nameOf(kept.by)),
    words.absent,
    ...(isSeen ? [] : [words.presence]),
    ...(log === undefined || log.keyGiven ? [] : [words.whose]),
    words.revocation,
    words.clocks,
    words.content,
  ];
}

/** @param keyGiven the key is one that the person here gave; else the file's own */
export function evidenceWords(
  { foundAtMs, known, logKey, serverOrigin, shown }: ToldEvidence,
  { judgement: verdict, why }: ToldJudgement,
  keyGiven: boolean,
): RecordWords {
  const { evidence: words, limits } = catalogue().records;
  const { heading } = partOf("about", []);
  const about: RecordPart = {
    name: "about",
    heading,
    items: [
      {
        lines: [
          words.why[why],
          words.server(inLine(serverOrigin)),
          words.found(moment(foundAtMs)),
          keyGiven ? words.keyGiven(inLine(logKey)) : words.keyOfFile(inLine(logKey)),
        ],
      },
      ...(known === undefined ? [] : [{ title: words.known, lines: [], text: visibleText(known) }]),
      ...(shown === undefined ? [] : [{ title: words.shown, lines: [], text: visibleText(shown) }]),
    ],
  };
  const parts = [about, ...(keyGiven ? [] : [partOf("limits", [limits.whose])])];
  return { verdict, happened: verdictWords(verdict, keyGiven), parts };
}

/** @param at the place in the file; empty for the file as a whole */
export function refusedWords(code: ErrorCode, at: string): RecordWords {
  const { headings, at: place, verdicts } = catalogue().records;
  const { happened, next } = errorWords(code);
  const lines = [happened, ...(at === "" ? [] : [place(at)]), next];
  return {
    verdict: "refused",
    happened: verdicts.refused,
    parts: [{ name: "about", heading: headings.about, items: [{ lines }] }],
  };
}
