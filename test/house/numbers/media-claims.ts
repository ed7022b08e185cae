/** What the documents say of media connections and relays. */
import { hours, inDocument, seconds } from "./claim.ts";
import { named } from "./code.ts";

const protocol = inDocument("docs/protocol.md");
protocol(
  "The first message is an Allocate, within {} s. Allocations last {} min.",
  seconds(named("server", "helloMs")),
  named("media", "allocationMs") / 60_000,
);
protocol(
  "the last {} count, for {} s; it has {} allocations at most (TURN 486), the server {} (TURN 508)",
  named("server", "mostGrants"),
  seconds(named("server", "relayCredentialMs")),
  named("server", "relayAllocationsPerTerminal"),
  named("server", "relayAllocations"),
);
inDocument("docs/self-hosting.md")(
  "end by themselves after {} h",
  hours(named("server", "outsideCredentialMs")),
);
protocol("one that is not connected after {} s is over", seconds(named("media", "replaceWithinMs")));
protocol("to which nothing has come for {} s", seconds(named("terminal", "suspectAfterMs")));
protocol("has come from this terminal for {} s", seconds(named("media", "quietAfterMs")));
protocol("not reached at all | at most {} s", seconds(named("protocol", "retryInCallMs")));
inDocument("docs/architecture.md")("(in a call {} s)", seconds(named("protocol", "retryInCallMs")));
inDocument("docs/security.md")(
  "is still to come count as neither, for {} s",
  seconds(named("terminal", "keyWithinMs")),
);
protocol("`media.tooManyOffers` ({} a minute for each person)", named("server", "offersPerMinute"));
