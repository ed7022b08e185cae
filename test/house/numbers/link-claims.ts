/** What the documents say of links to people. */
import { inDocument } from "./claim.ts";
import { named } from "./code.ts";

inDocument("docs/decisions/073-links-and-the-app.md")(
  "of the characters that such links have, {} at most",
  named("protocol", "longestCallPath"),
);
