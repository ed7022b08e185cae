/** What the documents say of how long the parts of proofs, devices and records may be. */
import { inDocument } from "./claim.ts";
import { found, named } from "./code.ts";

const most = (part: string): number =>
  found("protocol", new RegExp(String.raw`\b${part}: \{ least: \d+, most: ([\d_]+) \}`));
const least = (part: string): number =>
  found("protocol", new RegExp(String.raw`\b${part}: \{ least: (\d+), most: [\d_]+ \}`));
const parts = ["transcript", "authenticatorData", "clientDataJson", "signature"];
const protocol = inDocument("docs/protocol.md");
protocol(
  "transcript {} to {} bytes, authenticator data {} to {}, client data {} to {}, signature {} to {} |",
  ...parts.flatMap((part) => [least(part), most(part)]),
);
protocol(
  "public key {} to {} bytes, key handle at most {}; attestation's format at most {} characters, AAGUID at most {}; one to four certificates, each of at most {} bytes",
  found("protocol", /DER\. \*\/\s+publicKey: wireBytes\(\d+, (\d+)\)/),
  found("protocol", /DER\. \*\/\s+publicKey: wireBytes\((\d+), \d+\)/),
  found("protocol", /credentialId: wireBytes\((\d+)\)\.optional/),
  found("protocol", /format: z\.string\(\)\.max\((\d+)\)/),
  found("protocol", /aaguid: z\.string\(\)\.max\((\d+)\)/),
  named("device", "largestCertificateBytes"),
);
const record = inDocument("docs/record.md");
record("`verifierKey` of more than {} characters", named("record", "mostOriginCharacters"));
record(
  "a `checkpoint` of more than {} (or {} signatures)",
  named("record", "mostNoteCharacters"),
  named("directory", "mostNoteSignatures"),
);
record("a `resolution` or `cms` of more than {} bytes", named("record", "mostCmsBytes"));
record("more than {} resolutions", named("protocol", "mostResolutions"));
