/** What the documents say of a person's document. */
import { hours, inDocument } from "./claim.ts";
import { named } from "./code.ts";
import "./echo-claims.ts";
import "./block-claims.ts";
import "./link-claims.ts";
import "./log-claims.ts";
import "./picture-claims.ts";
import "./record-claims.ts";
import "./word-claims.ts";
import "./missed-claims.ts";
import "./message-claims.ts";

inDocument("docs/protocol.md")(
  "The document has at most {} bytes, and there are at most {} keys of {} bytes. A person puts {} at once and {} a minute.",
  named("protocol", "mostSealedBytes"),
  named("protocol", "mostWrappedKeys"),
  named("protocol", "mostWrappedBytes"),
  named("server", "documentBurst"),
  named("server", "documentsPerMinute"),
);

inDocument("docs/protocol.md")(
  "The endpoint has at most {} characters, is https,",
  named("protocol", "longestEndpoint"),
);

inDocument("docs/protocol.md")(
  "Of one person's browsers {} count, those that said so last, for {} days.",
  named("server", "browsersMost"),
  hours(named("server", "unusedMostMs")) / 24,
);

inDocument("docs/protocol.md")(
  "A person says so {} times a minute at most, and is woken {} times a minute",
  named("server", "pushesPerMinute"),
  named("server", "wakesPerMinute"),
);

inDocument("docs/security.md")(
  "{} browsers of a person, {} times a minute and twice by one caller, {} on their way at once",
  named("server", "browsersMost"),
  named("server", "wakesPerMinute"),
  named("server", "sendingMost"),
);

inDocument("docs/security.md")(
  "no redirect; {} s, and no more of an answer",
  named("server", "answerMostMs") / 1_000,
);
