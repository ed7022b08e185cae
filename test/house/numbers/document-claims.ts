/** What the documents say of a person's document. */
import { inDocument } from "./claim.ts";
import { named } from "./code.ts";
import "./missed-claims.ts";

inDocument("docs/protocol.md")(
  "The document has at most {} bytes, and there are at most {} keys of {} bytes. A person puts {} at once and {} a minute.",
  named("protocol", "mostSealedBytes"),
  named("protocol", "mostWrappedKeys"),
  named("protocol", "mostWrappedBytes"),
  named("server", "documentBurst"),
  named("server", "documentsPerMinute"),
);
