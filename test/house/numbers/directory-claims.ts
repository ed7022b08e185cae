/** What the documents say of the log and the map of the directory. */
import { inDocument } from "./claim.ts";
import { named } from "./code.ts";

inDocument("docs/protocol.md")(
  "At most {} user IDs. Who is not signed in asks",
  named("protocol", "mostProven"),
);
