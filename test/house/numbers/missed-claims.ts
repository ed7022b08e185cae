/** What the documents say of missed calls. */
import { hours, inDocument, mib } from "./claim.ts";
import { found, named } from "./code.ts";

const days = (ms: number): number => hours(ms) / 24;
const bounds = [
  named("protocol", "mostMissedCalls"),
  named("server", "missedPerPair"),
  named("server", "missedPerCaller"),
] as const;
const mostDays = days(named("protocol", "mostKeptMissedMs"));
const usualDays = days(found("server", /keepMissedMs: ([\d_ *]+),/));

const protocol = inDocument("docs/protocol.md");
protocol("as much as goes into {} MiB and one at least", mib(named("server", "mostAnswerBytes")));
protocol(
  "at most {} are kept for a person, of which {} by one caller, and by one caller {} for all people; a call of more than {} bytes is not kept",
  ...bounds,
  named("server", "missedBytes"),
);
protocol("for how long the server keeps them, {} days at most, {} where nobody set it", mostDays, usualDays);
inDocument("docs/self-hosting.md")(
  "keeps it for {} days at most; `--keep-missed-days` sets another number of days, up to {}",
  usualDays,
  mostDays,
);
inDocument("docs/security.md")(
  "at most {} for a person, of which {} by one caller, and {} by one caller for all",
  ...bounds,
);
