/** What the documents say of words in a call, and of resolutions. */
import { inDocument, seconds } from "./claim.ts";
import { found, named } from "./code.ts";

const protocol = inDocument("docs/protocol.md");
protocol("for the others in the group, at most {} bytes as it is sealed", named("protocol", "mostWordBytes"));
protocol(
  "in memory while the call goes on: {}, and {} bytes.",
  found("protocol", /mostWords = (\d+)/),
  named("protocol", "mostWordsBytes"),
);
protocol(
  "`word.tooMany` (of one person {} at once, then {} a minute, questions among them; {} MiB at once, then {} KiB a minute)",
  found("server", /callWordShare = \{ perMinute: \d+, burst: (\d+) \}/),
  found("server", /callWordShare = \{ perMinute: (\d+), burst/),
  found("server", /callWordByteShare = \{ perMinute: \d+ \* 1024, burst: (\d+) \* 1024/),
  found("server", /callWordByteShare = \{ perMinute: (\d+) \* 1024/),
);
protocol('`MLS-Exporter("signet words v1", "", {})`', named("e2ee", "baseKeyBytes"));
protocol("then zero bytes to a multiple of {} bytes, of which", found("e2ee", /const stepBytes = (\d+);/));
protocol("waits {} s for an epoch that a word names", seconds(named("terminal", "awaitEpochMs")));
protocol("| `text`, text | 1 to {} characters, not", named("protocol", "longestResolutionText"));
protocol("a list of at most {} (its count", named("protocol", "mostPeople"));
protocol("the name has at most {} UTF-16 units", named("protocol", "longestResolutionFileName"));
protocol("A call has at most {} of them; one more", named("protocol", "mostResolutions"));
protocol("filled with zero bytes to {} bytes and the length", named("terminal", "besideCertificatesBytes"));
const step = found("e2ee", /const stepBytes = (\d+);/);
inDocument("docs/security.md")("how long it is in steps of {} bytes", step);
inDocument("docs/decisions/078-resolutions.md")("Whole steps of {} bytes", step);
