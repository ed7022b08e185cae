/** What the documents say of the log and the map of the directory. */
import { inDocument } from "./claim.ts";
import { found, named } from "./code.ts";

inDocument("docs/protocol.md")(
  "At most {} user IDs. Who is not signed in asks",
  named("protocol", "mostProven"),
);
inDocument("docs/directory.md")(
  "| `form` | `signet-evidence/{}` |",
  found("directory", /const form = "signet-evidence\/(\d+)"/),
);
