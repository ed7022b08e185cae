import { SignetError, PersonId } from "@signet/terminal";
import type { UserId } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes, wrongUse } from "../failure.ts";
import { identityOptions, outputOptions } from "../options/terminal-options.ts";
import { block, listBlocked, unblock } from "../run/blocked-people.ts";
import { compare, comparedFacts } from "../run/compared-people.ts";
import { namesOf, ownState, tellKeptHere } from "../run/own-state.ts";
import { runTerminal } from "../run/terminal-run.ts";
import type { TerminalRun } from "../run/terminal-run.ts";
import { summaries } from "../summaries.ts";

type Act = (run: TerminalRun, isJson: boolean) => Promise<void>;

export const people = command({
  name: "people",
  summary: summaries.people,
  about: texts().own.people.about,
  operands: "[list|add|note|favourite|remove|compare|block|unblock|blocked] ...",
  options: { ...identityOptions, ...outputOptions },
  examples: [
    "signet people",
    "signet people add ben",
    "signet people note ben 'plumber, rings twice'",
    "signet people favourite ben",
    "signet people favourite ben no",
    "signet people remove ben",
    "signet people compare ben",
    "signet people block ben",
    "signet people unblock ben",
    "signet people blocked",
  ],
  run: (values, operands) => {
    const act = actOf(operands);
    return runTerminal({ values }, async (run) => {
      await run.signIn();
      await act(run, values.json === "yes");
      tellKeptHere(run);
      return exitCodes.ok;
    });
  },
});

/** @throws Failure for words that say nothing to be done: before anybody is asked for a passphrase */
function actOf([verb = "list", who, what, ...more]: readonly string[]): Act {
  const { data: userId } = PersonId.safeParse(who);
  const isOf = (count: number): boolean =>
    more.length === 0 && [who, what].filter((word) => word !== undefined).length === count;
  if (verb === "list" && isOf(0)) return list;
  if (verb === "blocked" && isOf(0)) return (run) => listBlocked(run);
  if (userId !== undefined) {
    if (verb === "add" && isOf(1)) return (run) => add(run, userId);
    if (verb === "note" && what !== undefined && isOf(2))
      return (run) => write(run, userId, () => run.terminal.personal.putPerson(userId, { note: what }));
    if (verb === "favourite" && (isOf(1) || (isOf(2) && what === "no")))
      return (run) =>
        write(run, userId, () => run.terminal.personal.putPerson(userId, { favourite: what === undefined }));
    if (verb === "block" && isOf(1)) return (run) => block(run, userId);
    if (verb === "unblock" && isOf(1)) return (run) => unblock(run, userId);
    if (verb === "compare" && isOf(1))
      return async (run, isJson) => {
        await ownState(run);
        await compare(run, userId, isJson);
        await tell(run, userId);
      };
    if (verb === "compare" && isOf(2) && what === "no")
      return (run) => write(run, userId, () => run.terminal.personal.forgetComparison(userId));
    if (verb === "remove" && isOf(1)) return (run) => remove(run, userId);
  }
  const words = [verb, who, what, ...more].filter((word) => word !== undefined).join(" ");
  throw wrongUse(texts().own.people.what(words), texts().own.people.verbs);
}

const list: Act = async (run) => tell(run);

/** @param only whom it is told of; undefined for all */
async function tell(run: TerminalRun, only?: UserId): Promise<void> {
  const own = await ownState(run);
  const told = own.people.filter(({ userId }) => only === undefined || userId === only);
  const nameOf = await namesOf(
    run,
    told.map(({ userId }) => userId),
    own,
  );
  const groupNames = new Map(own.groups.map(({ groupId, name }) => [groupId, name]));
  const comparisons = new Map(own.comparisons?.map((one) => [one.userId, one]));
  for (const { favourite = false, groupIds, note = "", userId } of told)
    run.output.event({
      event: "listed",
      userId,
      displayName: nameOf(userId),
      favourite,
      ...(note === "" ? {} : { note }),
      groups: groupIds.flatMap((groupId) => groupNames.get(groupId) ?? []),
      ...comparedFacts(comparisons.get(userId)),
    });
}

/** @throws SignetError `user.unknown` for a user ID that nobody has, `call.self` for one's own */
async function add(run: TerminalRun, userId: UserId): Promise<void> {
  if (userId === run.identity.user) throw new SignetError("call.self");
  const [found] = await run.terminal.lookup([userId]);
  if (found?.entry === undefined) throw new SignetError(found?.refused ?? "user.unknown");
  await ownState(run);
  const { displayName } = found;
  await run.terminal.personal.putPerson(userId, displayName === undefined ? {} : { name: displayName });
  await tell(run, userId);
}

/** @throws Failure for somebody who is not on the list */
async function requireListed(run: TerminalRun, userId: UserId): Promise<void> {
  const { people: listed } = await ownState(run);
  if (listed.some((person) => person.userId === userId)) return;
  throw wrongUse(texts().own.people.notListed(userId), texts().own.people.addFirst(userId));
}

async function write(run: TerminalRun, userId: UserId, change: () => Promise<void>): Promise<void> {
  await requireListed(run, userId);
  await change();
  await tell(run, userId);
}

async function remove(run: TerminalRun, userId: UserId): Promise<void> {
  await requireListed(run, userId);
  await run.terminal.personal.removePerson(userId);
  run.output.event({ event: "unlisted", userId });
  await ownState(run);
}
