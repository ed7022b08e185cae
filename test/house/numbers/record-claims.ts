/** What the documents say of the record of a call. */
import { inDocument, seconds } from "./claim.ts";
import { named } from "./code.ts";

const stands = seconds(named("terminal", "standsMs"));
const every = seconds(named("terminal", "everyMs"));
inDocument("docs/protocol.md")("two members or more that stood for {} s, and at once", stands);
inDocument("docs/protocol.md")("another one than anybody asked about for {} s, or half", every);
const record = inDocument("docs/record.md");
record("of an epoch {} seconds after it began", stands);
record("more often than every {} seconds", every);
const epochs = named("terminal", "mostEpochs");
const words = named("terminal", "mostEpochWords");
record("of more than {} epochs, or {} words", epochs, words);
const why = inDocument("docs/decisions/081-record.md");
why("For an epoch that stood for {} s, and every {} s at most", stands, every);
why(
  "{} answers, {} words of leaving, {} of the server's; of epochs {} with {} signatures",
  named("terminal", "mostAnswers"),
  named("terminal", "mostEnds"),
  named("terminal", "mostServerWords"),
  epochs,
  words,
);

record("Digests have {} bytes", named("directory", "hashBytes"));
record("| `version` | {} |", named("record", "recordVersion"));
record("A file of more than {} bytes", named("record", "mostFileBytes"));
record("more than {} deep within each other", named("record", "mostDepth"));
record("with more than {} commas", named("record", "mostValues"));
const clockMinutes = named("device", "clockToleranceMs") / 60_000;
record("not more than {} minutes older than the latest answer", 2 * clockMinutes);
record("two clocks may each be {} minutes", clockMinutes);
record("where {} minutes of clock difference", clockMinutes);
