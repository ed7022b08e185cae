/** What the documents say of the log and the map of the directory. */
import { inDocument } from "./claim.ts";
import { found, named } from "./code.ts";

inDocument("docs/protocol.md")(
  "At most {} user IDs. Who is not signed in asks",
  named("protocol", "mostProven"),
);
const [hash, size] = [named("directory", "hashBytes"), found("directory", /const sizeBytes = (\d+);/)];
const signature = found("directory", /const signatureBytes = (\d+);/);
const seen = size + 2 * hash + signature;
const directory = inDocument("docs/directory.md");
directory("| `signet-evidence`, {}; another form", named("directory", "evidenceVersion"));
directory("A terminal keeps at most {} of one server", named("terminal", "mostEvidence"));
directory("A file is of at most {} characters", named("directory", "mostEvidenceCharacters"));
directory("a text of {}, a proof of a tree", named("directory", "mostTextCharacters"));
directory("a proof of a tree of {} hashes", named("directory", "mostHashes"));
directory("and one of the map of {}.", found("directory", /const mostSiblings = (\d+);/));
directory("proofs](protocol.md#transcripts), {} bytes.", seen);
directory(
  "| {} | size |\n| {} | root |\n| {} | root of the map |\n| {} | the log's",
  size,
  hash,
  hash,
  signature,
);
inDocument("docs/protocol.md")("as the signer saw it, {} bytes", seen);
