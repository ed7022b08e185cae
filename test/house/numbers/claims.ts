/**
 * Every number in the documents that stands in the code as well. `{}` in a sentence is such a number, and what follows
 * are their values, from the code; a sentence that stands in several places of a document says the same in each.
 */
import { hours, inDocument, kib, mib, seconds } from "./claim.ts";
import { found, named } from "./code.ts";
import "./certificate-claims.ts";
import "./directory-claims.ts";
import "./document-claims.ts";
import "./guest-claims.ts";
import "./limit-claims.ts";
import "./media-claims.ts";
import "./spoken-claims.ts";

export { allClaims, type Claim } from "./claim.ts";

const lostS = seconds(named("protocol", "lostMs"));
const ringS = seconds(found("protocol", /ringMs: ([\d_]+),/));
const commitS = seconds(named("protocol", "commitMs"));
const pingS = seconds(named("protocol", "pingMs"));
const answerS = seconds(named("protocol", "answerMs"));
const retryS = seconds(named("protocol", "retryMs"));
const retryMostS = seconds(named("protocol", "retryMostMs"));
const helloS = seconds(named("server", "helloMs"));
const probeS = seconds(named("server", "probeMs"));
const signInHours = hours(named("device", "longestSignInMs"));
const messageBytes = named("protocol", "maxMessageBytes");
const strangersBytes = named("server", "maxStrangersBytes");
const storedMib = mib(named("protocol", "mostStoredBytes"));
const few = named("protocol", "fewMembers");
const defaultPort = named("server", "defaultPort");
const frameMs = named("protocol", "frameMs");
const frameSamples = named("protocol", "frameUnits");
const sampleRate = named("terminal", "sampleRate");
const scryptN = found("device", /scryptCost = \{ n: ([\d *]+),/);
const keyFileMib = (128 * scryptN * found("device", /scryptCost = \{[^}]*\br: (\d+)/)) / 1024 ** 2;
const rsaBits = named("device", "leastRsaBits");
/** Of IPv6: a household's, and a site's. */
const prefixes = [1, 4].map((addresses) =>
  found("server", new RegExp(`bits: (\\d+), addresses: ${addresses} `)),
);

const readme = inDocument("README.md");
readme("`http://localhost:{}`", defaultPort);
readme("{} taken? `npm start", defaultPort);

const protocol = inDocument("docs/protocol.md");
protocol("where they are not together after {} s, they do.", seconds(named("terminal", "mergeMs")));
protocol("it waits (`waiting`) for {} s from the beginning", seconds(named("protocol", "mostWaitMs")));
protocol("but not beyond {} s, while the proof", seconds(named("protocol", "mostRingAfterWaitMs")));
protocol(
  "{} devices count at once. A history has {} statements at most, the registration among them, and {} bytes after it, counted",
  named("device", "mostDevices"),
  named("protocol", "mostStatements"),
  named("protocol", "mostHistoryBytes"),
);
protocol(
  "go no further than {} statements and {} bytes, or {} statements and {} bytes after",
  named("protocol", "commonStatements"),
  named("protocol", "commonHistoryBytes"),
  named("protocol", "statementsAnew"),
  named("protocol", "historyBytesAnew"),
);
protocol(
  "The last {} statements and {} bytes are for `recover`",
  named("protocol", "administratorsStatements"),
  named("protocol", "administratorsHistoryBytes"),
);
protocol("each device that counts keeps a statement of {} bytes free", named("protocol", "revocationBytes"));
protocol(
  "{} statements at most, of which {} are for `remove` and `host` alone, with transcripts of {} bytes together, of which {}",
  named("protocol", "mostCallStatements"),
  named("protocol", "reservedCallStatements"),
  named("protocol", "mostCallListBytes"),
  named("protocol", "reservedCallListBytes"),
);
protocol("from a terminal of at most {} bytes, before sign-in of {}", messageBytes, strangersBytes);
protocol(
  "{} messages a second for long, or {} at once",
  named("server", "messagesPerSecond"),
  named("server", "messageBurst"),
);
const replies = "{} MiB at once and {} MiB a minute";
const replyNumbers = [mib(named("server", "replyBytes")), mib(named("server", "replyBytesPerMinute"))];
protocol(replies, ...replyNumbers);
const inviteMib = mib(named("server", "mostInviteBytes"));
protocol(
  "It lists the latest {}, of those\nthe latest one and what fits beside it within {} MiB",
  named("protocol", "mostCalls"),
  inviteMib,
);
inDocument("docs/security-tests.md")("what fits beside it within {} MiB are named", inviteMib);
protocol("A reply holds the first Commits, {} MiB of them", mib(named("protocol", "mostSyncBytes")));
protocol(
  "or {} Commits or {} MiB of one person within a minute",
  named("protocol", "mostCommitsPerMinute"),
  mib(named("protocol", "mostCommitBytesPerMinute")),
);
const joins =
  "{} within a minute, {} KiB or {} MiB of Welcomes in this call, or {} refusals by committers within {} minutes";
const joinNumbers = [
  named("protocol", "mostJoinsPerMinute"),
  kib(named("protocol", "mostJoinBytes")),
  mib(named("protocol", "mostWelcomeBytes")),
  named("protocol", "mostRefusals"),
  named("protocol", "refusalsCountMs") / 60_000,
];
protocol(joins, ...joinNumbers);
protocol(
  "A person makes {} statements at once and {} a minute",
  named("server", "statementBurst"),
  named("server", "statementsPerMinute"),
);
protocol(
  "or {} who ever might), `call.tooLarge`, `call.tooManyRings` (of one person {} people at once and {} a minute",
  named("protocol", "mostPeople"),
  named("server", "invitationBurst"),
  named("server", "invitationsPerMinute"),
);
protocol("directory entries of all are more than {} MiB", mib(named("protocol", "mostEntryBytes")));
inDocument("docs/security-tests.md")(
  "call-joins`: {} MiB of Welcomes",
  mib(named("protocol", "mostWelcomeBytes")),
);
protocol("closed, refused, or {} s without an answer", answerS);
protocol(
  "at most {}, of {} characters each",
  named("protocol", "mostFeatures"),
  named("protocol", "longestFeature"),
);
const moveS = seconds(named("protocol", "moveMs"));
protocol("is signed out, or {} s are", moveS);
protocol("T2 gives up, is signed out, {} s --> joined", moveS);
protocol("its call goes on for {} s, or until it is moved", moveS);
protocol("whose device is bound elsewhere, until it is over | {} s |", moveS);
protocol(
  "no more than {} minutes old",
  (2 * named("device", "clockToleranceMs") + named("terminal", "followedWithinMs")) / 60_000,
);
const nonceBytes = found("protocol", /PresentNonce = wireBytes\((\d+), \d+\)/);
protocol("`nonce`: {} random bytes", nonceBytes);
protocol("| `nonce` | bytes | {} bytes", nonceBytes);
const pairingMinutes = named("protocol", "pairingMs") / 60_000;
const codeCharacters = named("protocol", "codeCharacters");
protocol("makes a code of {} characters of Crockford", codeCharacters);
// Of 32 characters.
protocol("`), {} random bits, and shows", 5 * codeCharacters);
inDocument("docs/security.md")("by a code of {} bits that", 5 * codeCharacters);
protocol("| code for a device elsewhere, until it is entered, and from then on | {} min |", pairingMinutes);
protocol(
  "by itself {} minutes after the code was shown, and {} minutes after",
  pairingMinutes,
  pairingMinutes,
);
protocol("It is kept for {} minutes, in memory", named("server", "recoveryMs") / 60_000);
protocol("the server keeps {}: beyond them", named("protocol", "mostRecoveries"));
protocol("a page at a time: {} people at most", named("server", "pagePeople"));
protocol("and what fits into {} KiB.\n\n```json request", named("server", "pageBytes") / 1024);
protocol("within its {} minutes; then there are {} more", pairingMinutes, pairingMinutes);
protocol("From one address, {} wrong ones a minute", named("server", "wrongCodesPerMinute"));
protocol("a person opens {} a minute and a server has", named("server", "pairingsPerMinute"));
protocol("and a server has {} (`protocol", named("server", "pairings"));
protocol("nonce ({} bytes), ciphertext", named("terminal", "nonceBytes"));
protocol("and tag. {} words in all", named("server", "mostWords"));
protocol("| sealed word | at most {} bytes |", found("protocol", /SealedWord = wireBytes\(([\d_]+), \d+\)/));
const microphoneWords = named("server", "microphoneWordsPerMinute");
protocol(
  "`call.tooManyWords` (of one person {} at once, then {} a minute)",
  microphoneWords,
  microphoneWords,
);
protocol("the latest first, as far as {} KiB go. Asked for", kib(named("protocol", "mostMicrophoneBytes")));
const presentRates = [named("protocol", "presentBurst"), named("protocol", "presentPerSecond")];
protocol("{} at once, {} a second", ...presentRates);
const asksOfOne = named("server", "asksOfOneBurst");
protocol("of one person about one call {} at once, then one a second", asksOfOne);
const askEveryS = seconds(named("terminal", "askEveryMs"));
protocol(
  "It asks again every {} s, and takes the call away when two questions in a row are not answered within {} s",
  askEveryS,
  seconds(found("terminal", /const answerMs = ([\d_]+);/)),
);
protocol(
  "it asks again after {} s, twice as long each time up to {} s",
  seconds(named("terminal", "askAgainSoonMs")),
  askEveryS,
);
protocol("waits {} s, then twice as long each time up to {} s", retryS, retryMostS);
protocol("pings every {} s and takes {} s without answer for a lost connection", pingS, answerS);
protocol(
  "silent for {} s, and what did not say hello within {} s",
  seconds(named("server", "silenceMs")),
  helloS,
);
protocol("the call counts it as lost after {} s", lostS);
protocol(
  "| user ID | {} to {} characters",
  found("protocol", /\[a-z0-9\._-\]\{(\d+),\d+\}/),
  found("protocol", /\[a-z0-9\._-\]\{\d+,(\d+)\}/),
);
protocol(
  "| display name | {} to {} characters",
  found("protocol", /DisplayName = z\s+\.string\(\)\s+\.min\((\d+)\)/),
  found("protocol", /DisplayName = z\s+\.string\(\)\s+\.min\(\d+\)\s+\.max\((\d+)\)/),
);
protocol("| call ID | {} random bytes", found("protocol", /CallId = randomId\((\d+)\)/));
protocol("| terminal ID | first {} bytes", found("protocol", /TerminalId = randomId\((\d+)\)/));
protocol("| device ID | first {} bytes", found("protocol", /DeviceId = randomId\((\d+)\)/));
protocol("| leaf | {} to {} |", ...range("LeafIndex"));
protocol("| epoch, task | {} to {} - 1 |", 0, range("Epoch")[1] + 1);
protocol("| epoch, task | {} to {} - 1 |", 0, range("Task")[1] + 1);
protocol("| list of user IDs | at most {} |", named("protocol", "mostLookedUp"));
protocol(
  "lists more than it reads ({} calls at a sign-in, {} people anywhere)",
  named("protocol", "mostCalls"),
  named("protocol", "mostPeople"),
);
protocol("| Commit, Welcome, GroupInfo | at most {} bytes |", named("protocol", "mostMlsBytes"));
protocol("| KeyPackage | at most {} bytes |", found("protocol", /keyPackage: wireBytes\(([\d_]+), 1\)/));
protocol(
  "| session description | at most {} characters |",
  found("protocol", /SessionDescription = z\.string\(\)\.min\(1\)\.max\(([\d_]+)\)/),
);
protocol("| `noAnswer` | {} s passed |", ringS);
protocol("`delivery.tooMuch` ({} MiB stored for this call)", storedMib);
protocol(
  "`delivery.tooMuch` (more than {} within a minute, {} MiB of one person in this call with the GroupInfos that they were made of, or {} MiB stored for this call)",
  named("protocol", "mostRejoinsPerMinute"),
  mib(named("protocol", "mostRejoinBytes")),
  storedMib,
);
protocol(
  "(one for each member and epoch, and {} MiB of one person in this call)",
  mib(named("protocol", "mostGivenBytes")),
);
protocol("({} members of one person's call)", named("protocol", "mostRefusedGivers"));
protocol("as far as {} KiB go", kib(named("protocol", "mostLeaveBytes")));
protocol("`media.probeEnd`, after {} s", probeS);
protocol(
  "one at a time for each terminal, {} a minute for each person, {} at a time on the server",
  named("server", "probesPerMinute"),
  named("server", "probes"),
);
protocol("In a call of more than {} people", few);
protocol("among more than {}, whoever joins while a Commit is made", few);
protocol("given to this connection for this use, used once, {} s", seconds(named("server", "challengeMs")));
protocol(
  "| bytes | {} bytes, given to this connection",
  found("server", /challenge = new Uint8Array\(randomBytes\((\d+)\)\)/),
);
protocol("public key of that terminal, {} bytes", found("protocol", /TerminalKey = wireBytes\((\d+), \d+\)/));
protocol("that this proof endorses, {} bytes", found("protocol", /TerminalKey = wireBytes\((\d+), \d+\)/));
protocol("end of the binding, {} h after `issuedAtMs` at most", signInHours);
protocol("|--------- {} s -------------> noAnswer", ringS);
protocol("and is at {} terminals of a person at most", named("protocol", "mostRingTerminals"));
protocol("A ring lasts {} s", ringS);
protocol("leave, {} s lost, binding over", lostS);
protocol(
  "has {} s (and {} ms more for each person in the task beyond {})",
  commitS,
  named("protocol", "commitEachMs"),
  few,
);
protocol("connection has left after {} s", lostS);
protocol("| ring | {} s |", ringS);
protocol("| member without connection until it has left | {} s |", lostS);
protocol("| committer until the next one is asked | {} s |", commitS);
protocol("| ping | {} s |", pingS);
protocol("| answer to connection, hello, resume or ping | {} s |", answerS);
protocol("| reconnection | {} s, doubling to {} s |", retryS, retryMostS);

const architecture = inDocument("docs/architecture.md");
architecture("or the terminal is {} s without a connection", lostS);
architecture("of {} ms frames", frameMs);
architecture("every {} ms. It reads the source", frameMs);
architecture("The worker looks for the token every {} ms", named("device", "pollEveryMs"));
architecture("the terminal reconnects after {} to {} s", retryS, retryMostS);
architecture("Members have {} s from the restart to come back", lostS);
architecture("Without a server for {} s they exit", seconds(found("media", /orphanTimeoutMs \?\? ([\d_]+)/)));

const commandLine = inDocument("docs/command-line.md");
commandLine("where you answered by hand, {} seconds later", seconds(named("cli", "aloneGraceMs")));
commandLine("when the sign-in runs out ({} hours)", signInHours);
commandLine("fewer than {} characters are", named("cli", "fewCharacters"));
commandLine("`tmux` included, from {} columns on", named("cli", "fewColumns"));
commandLine("| {} | all went well", named("cli", "ok"));
commandLine("| {} | a mistake in signet itself", named("cli", "bug"));
commandLine("| {} | wrong use", named("cli", "usage"));
commandLine("| {} | the server cannot be reached", named("cli", "unreachable"));
commandLine("| {} | the signature device", named("cli", "device"));
commandLine("| {} | refused", named("cli", "refused"));
commandLine("| {} | nobody answered", named("cli", "noAnswer"));
commandLine("| {} | the call failed", named("cli", "callFailed"));
commandLine("| {} | interrupted", named("cli", "interrupted"));
commandLine("`{}` to `{}` and the arrows", found("cli", /\^\[(\d)-\d\]\$/), found("cli", /\^\[\d-(\d)\]\$/));
commandLine(
  "{} this machine, {} the way to the server, {} the key, {} clock or sign-in, {} the audio",
  ...["usage", "unreachable", "device", "refused", "callFailed"].map((name) => named("cli", name)),
);

const library = inDocument("docs/library.md");
library("`http://localhost:{}` (`npm start`)", defaultPort);
library(
  "| `frameSamples`, `sampleRate` | {} samples are a frame of {} ms at {} Hz |",
  frameSamples,
  frameMs,
  sampleRate,
);
library(
  "descriptor: WAV ({} to {} bits, float",
  found("terminal", /"integer", \[(\d+), 16, 24, \d+\]/),
  found("terminal", /"integer", \[\d+, 16, 24, (\d+)\]/),
);
library(
  "Sound is {} kHz, one channel, `Int16Array` of {} samples: {} ms",
  sampleRate / 1000,
  frameSamples,
  frameMs,
);
library("{} ms from then on, silence as well", frameMs);
library("when its last {} ms were read", frameMs);
library("keep at most {} MiB for a disk that is slow", mib(named("terminal", "mostWaitingBytes")));
library("bound to this terminal for up to {} hours", signInHours);

inDocument("docs/origin.md")("the binding, for {} h at most", signInHours);

const security = inDocument("docs/security.md");
security(joins, ...joinNumbers);
security(
  "{} rejoins within a minute and {} MiB in a call",
  named("protocol", "mostRejoinsPerMinute"),
  mib(named("protocol", "mostRejoinBytes")),
);
security("each address (IPv6: /{}, and four times that for a /{};", ...prefixes);
security("of one person {} Commits", named("protocol", "mostCommitsPerMinute"));
security("and {} MiB a minute (", mib(named("protocol", "mostCommitBytesPerMinute")));
security(replies, ...replyNumbers);
security("{} a minute of audio connections in a call", named("server", "offersPerMinute"));
security("{} MiB of Commits a reply", mib(named("protocol", "mostSyncBytes")));
security("{} MiB of GroupInfos given", mib(named("protocol", "mostGivenBytes")));
security("{} members whose GroupInfos or Welcomes are refused", named("protocol", "mostRefusedGivers"));
security("a message holds {} KiB also while it arrives", kib(strangersBytes));
security(
  "time within {} minutes; a sign-in of {} h at most",
  named("device", "clockToleranceMs") / 60_000,
  signInHours,
);
security("RSA from {} bits", rsaBits);
security("asked again every {} s", askEveryS);
security("in, and {} a second at most in the long run", ...presentRates.slice(1));
security("{} at once and {} a second", ...presentRates);
security("lifetimes of {} h at most", hours(named("e2ee", "maxLifetimeMs")));
security("goes on, {} h at most", signInHours);
security("stays signed in for {} h at most", signInHours);
security("frames of the old epoch open for {} s", seconds(named("e2ee", "keepPreviousEpochMs")));
security("another is asked after {} s", commitS);
security("or after {} s without it", lostS);
security("passphrase costs {} MiB", keyFileMib);
security("One person asks about one call {} times at once", asksOfOne);

const securityTests = inDocument("docs/security-tests.md");
securityTests("a household with a /{} of IPv6, or a site with a /{},", ...prefixes);
securityTests("more of a message than {} KiB before sign-in", kib(strangersBytes));
securityTests("| {} KiB of JSON, {} KiB before sign-in |", kib(messageBytes), kib(strangersBytes));
securityTests("at most {} ring |", named("terminal", "ringsMost"));
securityTests("at most one change in {} ms", named("e2ee", "leastGapMs"));
securityTests("RSA below {} bits", rsaBits);
securityTests("not answered; {} at once, {} a second", ...presentRates);
securityTests("RSA exponents of more than {} bits", found("device", /exponentOf\(exponent\) < 2 \*\* (\d+)/));
securityTests("asks for more than {} MiB", keyFileMib);
securityTests("over after {} s", probeS);
securityTests("a salt below {} bytes", named("device", "usualSaltBytes"));

const selfHosting = inDocument("docs/self-hosting.md");
selfHosting("Signet listens on `127.0.0.1:{}`", defaultPort);
selfHosting("(IPv6: /{}, and four times as many for a /{})", ...prefixes);
selfHosting("terminals ping every {} s", pingS);
const mostMediaProcesses = named("media", "maxDefaultChildren");
selfHosting("by default one per core, at most {}", mostMediaProcesses);
selfHosting("-p 40000-{}:40000-{}/udp", 39_999 + mostMediaProcesses, 39_999 + mostMediaProcesses);
selfHosting(
  "a PEM file (or one certificate in DER) of at most {} certificates of authorities, of {} bytes each at most",
  named("server", "mostAnchors"),
  named("device", "largestCertificateBytes"),
);
selfHosting("that ends within {} days", found("server", /const warnMs = (\d+) \* dayMs/));
selfHosting("RSA of {} to {} bits (RSASSA-PSS", rsaBits, named("device", "mostRsaBits"));
selfHosting("less than {} MiB is left", mib(named("server", "leastFreeBytes")));

/** The bounds of a schema of integers. */
function range(schema: string): [number, number] {
  const bound = (side: "min" | "max") =>
    found("protocol", new RegExp(`\\b${schema} = z[^;]*\\.${side}\\(([\\da-fx_]+)\\)`));
  return [bound("min"), bound("max")];
}
