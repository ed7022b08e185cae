/** What the documents say of blocking. */
import { inDocument } from "./claim.ts";
import { named } from "./code.ts";

const most = named("protocol", "mostBlocked");
inDocument("docs/protocol.md")(
  "At most {} for each person, and {} changes a minute",
  most,
  named("server", "blocksPerMinute"),
);
inDocument("docs/decisions/068-blocking.md")("It keeps {} of each person", most);
