/** Whether a report says no more than another one: nothing that is not there, and nothing more certain. */
import { isDeepStrictEqual } from "node:util";

import type {
  PersonReport,
  RecordReport,
  ResolutionReport,
  StayReport,
  ViewReport,
} from "../../src/index.ts";

const same = isDeepStrictEqual;
const absentOr = (said: unknown, known: unknown): boolean => said === undefined || same(said, known);
const within = (said: readonly unknown[], known: readonly unknown[]): boolean =>
  said.every((one) => known.some((other) => same(one, other)));

/** @returns what is said and was not; what only the server said is proven by nothing, and not looked at */
export function saidMore(said: RecordReport, known: RecordReport): readonly string[] {
  const faults: string[] = [];
  const hold = (holds: boolean, what: string): void => {
    if (!holds) faults.push(what);
  };
  hold(said.serverOrigin === known.serverOrigin && said.callId === known.callId, "which call");
  hold(same(withoutRevoked(said.call), withoutRevoked(known.call)), "the call");
  hold(saysNoMoreOfLog(said, known), "the log");
  for (const person of said.people) {
    const other = known.people.find(({ userId }) => userId === person.userId);
    hold(other !== undefined && isNoMorePerson(person, other, known), `person ${person.userId}`);
  }
  hold(within(said.statements.map(withoutRevoked), known.statements.map(withoutRevoked)), "statements");
  for (const resolution of said.resolutions)
    hold(
      known.resolutions.some((other) => isNoMoreResolution(resolution, other)),
      `resolution ${resolution.number}`,
    );
  hold(said.kept === undefined || same(said.kept, known.kept), "the keeper");
  return faults;
}

function withoutRevoked<T extends object>(said: T): Omit<T, "revoked"> {
  const { revoked: _, ...rest } = said as T & { readonly revoked?: unknown };
  return rest;
}

function saysNoMoreOfLog({ log }: RecordReport, { log: known }: RecordReport): boolean {
  if (log === undefined) return true;
  if (known === undefined || log.verifierKey !== known.verifierKey || log.size !== known.size) return false;
  if (log.keyGiven !== known.keyGiven) return false;
  return log.views.every((view) => known.views.some((other) => isNoMoreView(view, other)));
}

const isNoMoreView = (view: ViewReport, known: ViewReport): boolean =>
  view.size === known.size &&
  same(view.root, known.root) &&
  (view.fits === known.fits || view.fits === "notCompared") &&
  within(view.by, known.by);

function isNoMorePerson(person: PersonReport, known: PersonReport, report: RecordReport): boolean {
  return (
    person.displayName === known.displayName &&
    (person.rests === known.rests || person.rests === "file") &&
    absentOr(person.recovered, known.recovered) &&
    absentOr(person.guest?.letInBy, known.guest?.letInBy) &&
    person.guest?.vouchedBy === known.guest?.vouchedBy &&
    person.stays.every((stay) => known.stays.some((other) => isNoMoreStay(stay, other, report)))
  );
}

function isNoMoreStay(stay: StayReport, known: StayReport, { statements }: RecordReport): boolean {
  const { ended, seen } = stay;
  const isSame = stay.deviceId === known.deviceId && stay.answeredAtMs === known.answeredAtMs;
  if (!isSame || stay.deviceKind !== known.deviceKind || !absentOr(stay.revoked, known.revoked)) return false;
  const sawLess =
    seen === undefined ||
    (known.seen !== undefined &&
      seen.fromMs >= known.seen.fromMs &&
      seen.toMs <= known.seen.toMs &&
      seen.by.every((one) =>
        known.seen?.by.some(
          ({ by, fromMs, toMs }) => by === one.by && fromMs <= one.fromMs && toMs >= one.toMs,
        ),
      ));
  // When the call was over is an end for everybody, and later than any other.
  const isEnd =
    ended?.how === "ended" &&
    statements.some(({ atMs, by, type }) => type === "end" && atMs === ended.atMs && by === ended.by);
  const endsLater = isEnd && (known.ended === undefined || ended.atMs >= known.ended.atMs);
  return sawLess && (absentOr(ended, known.ended) || endsLater);
}

function isNoMoreResolution(said: ResolutionReport, known: ResolutionReport): boolean {
  const { decisions, number, proposed, rule, state, subject, withdrawn } = said;
  return (
    number === known.number &&
    same(withoutRevoked(proposed), withoutRevoked(known.proposed)) &&
    same(rule, known.rule) &&
    same(subject, known.subject) &&
    (state === known.state || state === "open") &&
    absentOr(withdrawn && withoutRevoked(withdrawn), known.withdrawn && withoutRevoked(known.withdrawn)) &&
    within(decisions.map(withoutRevoked), known.decisions.map(withoutRevoked))
  );
}
