/** Numbers of the documents that no constant of the code has: names, examples, and what was measured or tried. */

/** Anywhere. The number itself is what `{}` matches. */
const names: readonly string[] = [
  String.raw`RFC {}`,
  String.raw`sections? (?:[\d.]+(?:,| and) )?{}`,
  String.raw`Node {}`,
  String.raw`npm {}`,
  String.raw`TURN {}`,
  String.raw`version {}`,
  String.raw`WebAuthn level {}`,
  String.raw`ISO {}`,
];

/** Of one document. */
const examples: Readonly<Record<string, readonly string[]>> = {
  "docs/record.md": [
    String.raw`integers from {} to`,
    String.raw`{}\^\d\d - \d`,
    String.raw`\d\^{} - \d`,
    String.raw`\d\^\d\d - {}`,
    String.raw`milliseconds since {}`,
    String.raw`statements\[{}\]`,
    String.raw`{}-byte length`,
    String.raw`integers as {} bytes`,
  ],
  "docs/browsers.md": [String.raw`ESR \({}\)`, String.raw`Debian {}`, String.raw`has it, {}`],
  "README.md": ["they get {}", String.raw`--port {}`, "the exit code is {} when one"],
  "docs/protocol.md": [
    // What a JavaScript number, 32 bits, and the signatures and encodings of standards hold.
    String.raw`milliseconds since {}`,
    String.raw`\`id\` is an integer from {} to`,
    "O is read as {},",
    "I and L as {}.",
    String.raw`from 0 to {} - 1, chosen`,
    String.raw`\`replaces\` \({}: none`,
    String.raw`\d\^\d\d - {}`,
    String.raw`\`signature\`, {} bytes`,
    String.raw`{}-byte (?:big-endian )?(?:length|count)`,
    "{} bytes big-endian",
    "integers are {} bytes, as in transcripts",
    "without salt, {} bytes for AES-256",
    "of a leaf key, from {}, over",
    "user ID; from {}, one of each",
    String.raw`\| \`text\`, text \| {} to`,
    String.raw`\`version\` \({}\)`,
    String.raw`(?:\be|\`epoch\`) \+ {}`,
  ],
  "docs/architecture.md": ["epoch {}, alone"],
  "docs/certificates.md": [
    String.raw`SoftHSM {}`,
    String.raw`\| version \| {};`,
    "that of Debian {} says",
    // What the forms of others have.
    "Latin {} as",
    "exponent above {} that",
    "has at most {} bits",
    "from {} to 2049",
    "from 1950 to {},",
  ],
  "docs/command-line.md": ["The exit code is {} when nothing failed"],
  "docs/library.md": ["a file of mode {},"],
  "docs/origin.md": [String.raw`module {}\)`],
  // What an attack of the tests is like, and what was measured.
  "docs/security.md": [
    "and some {} s",
    // Measured.
    "proofs of {} bytes: ",
    ": {} who join ten at once",
    "take {} bytes of Commit",
    "Commit and {} of Welcome",
    "one who joins {} takes",
    "takes {} and",
    "takes 1,143 and {}",
  ],
  "docs/security-tests.md": [
    String.raw`{} minutes (?:off|old)`,
    "{} random messages",
    "RSA of {} bits",
    "even ones, {} ",
    // A status of HTTP.
    String.raw`rebinding \| {} \|`,
  ],
  "docs/self-hosting.md": [
    // That of HTTPS.
    String.raw`relay\.example\.org:{}\?`,
    "can be on port {} with a name",
    "`bind :{} ssl",
    String.raw`(?:--port |SIGNET_PORT=|"port": ){}`,
    String.raw`--media-port-range {}`,
    String.raw`(?:203\.0\.113\.7|127\.0\.0\.1):{}; `,
    "Ports below {} need permission",
    "a list of {} certificates",
    String.raw`certificates \({} MB`,
    "takes about {} s",
    "{} GB of memory",
    String.raw`\(\`signet_calls\` is {}\)`,
    String.raw`\`/healthz\` answers {} and`,
    "otherwise {}, with",
    String.raw`\`signet_storage_ok\` is {}`,
    "answers {} when",
    "with status {}",
    "umask {};",
    // An allowance for whole sites, and examples of networks.
    String.raw`IPv6: /{}\)`,
    String.raw`--trusted-proxy 10.0.0.0/{},`,
    String.raw`,2001:db8::{}\``,
  ],
};

const number = String.raw`\d[\d,]*(?:\.\d+)*(?:\^\d+)?`;

/** Whether the number that begins at `at` in `text` is of such a kind. */
export function isOfNoConstant(document: string, text: string, at: number): boolean {
  return [...names, ...(examples[document] ?? [])].some((pattern) => {
    const [before = "", after = ""] = pattern.replaceAll(" ", String.raw`\s+`).split("{}");
    const here = new RegExp(`(?<=${before})${number}${after}`, "y");
    here.lastIndex = at;
    return here.test(text);
  });
}
