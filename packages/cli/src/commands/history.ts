import type { UserId } from "@signet/terminal";
import { isoTime } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes } from "../failure.ts";
import { identityOptions, outputOptions } from "../options/terminal-options.ts";
import { namesOf, ownState, tellKeptHere } from "../run/own-state.ts";
import { runTerminal } from "../run/terminal-run.ts";
import { summaries } from "../summaries.ts";

/** As in other events. */
const asGuest = ({
  invitedBy,
  name,
}: {
  readonly name: string;
  readonly invitedBy?: UserId | undefined;
}) => ({
  name,
  ...(invitedBy === undefined ? {} : { invitedBy }),
  verified: false as const,
});

export const history = command({
  name: "history",
  summary: summaries.history,
  about: texts().own.history.about,
  options: { ...identityOptions, ...outputOptions },
  examples: ["signet history", "signet history --json"],
  run: (values) =>
    runTerminal({ values }, async (run) => {
      await run.signIn();
      // What was missed is in it.
      await run.terminal.askMissed();
      const own = await ownState(run);
      const nameOf = await namesOf(
        run,
        own.history.flatMap(({ userIds }) => userIds),
        own,
      );
      for (const { guests = [], partMs, startedAtMs, userIds, ...call } of own.history.toReversed())
        run.output.event({
          event: "pastCall",
          ...call,
          startedAt: isoTime(startedAtMs),
          seconds: Math.round(partMs / 1_000),
          ...(guests.length === 0 ? {} : { guests: guests.map(asGuest) }),
          people: userIds.map((userId) => ({ userId, displayName: nameOf(userId) })),
        });
      tellKeptHere(run);
      return exitCodes.ok;
    }),
});
