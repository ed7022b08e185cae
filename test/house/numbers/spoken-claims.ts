/** What the documents say of words for what is said. */
import { inDocument, seconds } from "./claim.ts";
import { found, named } from "./code.ts";

const protocol = inDocument("docs/protocol.md");
const unprovenS = seconds(named("e2ee", "unprovenAfterMs"));
const judgedS = seconds(named("e2ee", "judgedAfterMs"));
const backS = seconds(named("e2ee", "backAfterMs"));
const silentS = seconds(named("e2ee", "silentAfterMs"));
const tagBytes = named("e2ee", "frameTagBytes");
const tailFrames = found("e2ee", /tailFrames = (\d+)n/);
protocol("or did within the last {} s, so that a call", seconds(named("server", "heardBeforeMs")));
protocol("it takes words for {} s more", seconds(named("server", "lastWordMs")));
protocol(
  "`call.tooManyWords` ({} a minute for each person, {} at once)",
  named("server", "spokenWordsPerMinute"),
  named("server", "spokenWordsAtOnce"),
);
protocol("| {} | epoch |", 8);
protocol("| {} | leaf index |", 2);
protocol("| {} | context of the KID |", 1);
protocol("| {} | {} where nothing was sealed for {} s behind it, else {} |", 1, 1, silentS, 0);
protocol("| {} | the first counter that this encryptor", 8);
protocol("| {} | counter of the first frame |", 8);
protocol(
  "| {} for each frame, up to {} | the first {} bytes of SHA-256",
  tagBytes,
  named("e2ee", "mostTags"),
  tagBytes,
);
protocol("| {} | Ed25519 signature by the leaf's key", named("e2ee", "signatureBytes"));
protocol("the {} bytes of the call ID, and all before", 16);
protocol("and {} s after the last frame. At most", silentS);
protocol("said again on the next one, for {} s.", seconds(named("terminal", "saidAgainMs")));
protocol("no word for {} s, and none had come", unprovenS);
protocol("or none for {} s, and no such answer: **unchecked**", judgedS);
protocol("no word for {} s, and the receiver had no", unprovenS);
protocol("marked until all of it has its word, or {} s after", unprovenS + judgedS);
protocol("the word's length in {} bytes, and", named("e2ee", "aheadBytes") - 1);
protocol("its KID would have more than {} bytes", 4);
protocol("At most {} words wait for the server's answer", named("terminal", "mostUnderWay"));
protocol(
  "A word is in {} packets, {} frames or more apart, and in {} while",
  named("terminal", "copiesBeside"),
  found("e2ee", /apartFrames = (\d+)n/),
  named("terminal", "copiesAlone"),
);
protocol("otherwise {} s after the last frame", backS);
protocol("or within {} s before; or none", seconds(named("e2ee", "awayForMs")));
protocol("at most {} frames behind the last word", tailFrames);
inDocument("docs/decisions/076-speakers-proof.md")("pauses, {} frames without another", tailFrames);
