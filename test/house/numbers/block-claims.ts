/** What the documents say of blocking, and of who sees who is there. */
import { inDocument } from "./claim.ts";
import { named } from "./code.ts";

const most = named("protocol", "mostBlocked");
inDocument("docs/protocol.md")(
  "At most {} for each person, and {} changes a minute",
  most,
  named("server", "blocksPerMinute"),
);
inDocument("docs/decisions/068-blocking.md")("It keeps {} of each person", most);

const shown = named("protocol", "mostShownTo");
inDocument("docs/protocol.md")(
  "to whom it is shown, at most {}. It is kept over sign-ins, and changed {} times a minute",
  shown,
  named("server", "presencesPerMinute"),
);
inDocument("docs/decisions/071-presence.md")("a list of user IDs, at most {}.", shown);
