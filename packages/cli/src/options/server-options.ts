import { TrustedProxies, defaultLimits, isTurnUrl, logLevels, mostKeepMissedDays } from "@signet/server";

import { userIds } from "./terminal-options.ts";
import { bad, choice, domain, flag, integer, list, ok, option, text, webOrigin } from "./option-spec.ts";
import type { Parsed } from "./option-spec.ts";
import type { ValuesOf } from "./read-options.ts";

export const dayMs = 24 * 3_600_000;

const seconds = (ms: number): string => String(ms / 1000);

/** Addresses and networks, such as `10.0.0.0/8`. */
const networks = (value: string): Parsed<readonly string[]> => {
  const parsed = list(value);
  try {
    if (parsed.ok && parsed.value.length > 0 && new TrustedProxies(parsed.value)) return parsed;
  } catch {
    // Said below.
  }
  return bad("addresses or networks such as 10.0.0.0/8");
};

const portRange = (value: string): Parsed<readonly [number, number]> => {
  const match = /^(\d+)-(\d+)$/.exec(value);
  const range = [Number(match?.[1]), Number(match?.[2])] as const;
  const isRange = match !== null && range[0] >= 1024 && range[1] <= 65_535 && range[0] <= range[1];
  return isRange ? ok(range) : bad("first-last, both from 1024 to 65535");
};

/** TCP or TLS: the relay of this server speaks nothing else. */
const relayUrl = (value: string): Parsed<string> => {
  const takesTcp = /^turns:/i.test(value) || /\?transport=tcp$/i.test(value);
  return isTurnUrl(value) && takesTcp
    ? { ok: true, value }
    : bad("an address such as turns:relay.example.org:443?transport=tcp");
};

const turnUrls = (value: string): Parsed<readonly string[]> => {
  const parsed = list(value);
  const fits =
    parsed.ok && parsed.value.length > 0 && parsed.value.length <= 8 && parsed.value.every(isTurnUrl);
  return fits ? parsed : bad("up to 8 addresses such as turn:turn.example.org:3478?transport=tcp");
};

/** Of push services; none where it says so. */
const pushServices = (value: string): Parsed<readonly string[]> => {
  if (value === "none") return ok([]);
  const parsed = list(value);
  const fits =
    parsed.ok &&
    parsed.value.length > 0 &&
    parsed.value.every((host) => /^\.?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?$/.test(host));
  return fits ? parsed : bad("names such as push.example.org, or none");
};

const pushContact = (value: string): Parsed<string> =>
  /^(mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/.test(value)
    ? ok(value)
    : bad("an address such as mailto:it@example.org");

/** Every option of `signet serve`, for its help and its checks. */
export const serverOptions = {
  origin: option(
    "url",
    webOrigin,
    "address as people open it; signatures name it",
    "http://localhost:<port>",
  ),
  host: option("address", text("an address"), "address to listen on; 0.0.0.0 or :: for all", "127.0.0.1"),
  port: option("number", integer(0, 65_535), "port to listen on; 0 takes a free one", "8080"),
  data: option("folder", text("a folder"), "where the database lies", "./data"),
  registration: option(
    "mode",
    choice("open", "invite", "closed"),
    "who may create a user ID: open, invite (codes by `signet invite`) or closed",
    "open on localhost, else invite",
  ),
  administrators: option(
    "ids",
    userIds,
    "user IDs, separated by commas, of those who may recover people and revoke their devices",
    "none",
  ),
  "tls-cert": option(
    "file",
    text("a file"),
    "certificate with its chain, PEM; makes the server speak HTTPS; read again when it changes",
  ),
  "tls-key": option("file", text("a file"), "private key of the certificate, PEM"),
  "trust-anchors": option(
    "file",
    text("a file"),
    "certificates of authorities, PEM or DER: devices may register with certificates under them",
  ),
  crl: option(
    "files",
    list,
    "revocation lists of these authorities, PEM or DER, separated by commas; read again when they change",
  ),
  "user-id-from": option(
    "part",
    choice("email", "upn", "cn", "serial"),
    "part of a certificate that is the user ID: email, upn, cn or serial",
    "email",
  ),
  "user-id-domain": option(
    "domain",
    domain,
    "with email and upn: only addresses in this domain give a user ID",
    "any domain",
  ),
  "max-call-members": option(
    "number",
    // 200 with the one who calls: as many as were tried (docs/decisions/042-two-hundred-terminals.md).
    integer(1, 199),
    "people in a call besides the one who calls",
    String(defaultLimits.callMembers),
  ),
  "max-open-rings": option(
    "number",
    integer(1, 100),
    "calls that may ring at once for, and by, one person",
    String(defaultLimits.openRings),
  ),
  "ring-seconds": option("number", integer(5, 110), "how long a call rings", seconds(defaultLimits.ringMs)),
  "sign-in-hours": option(
    "number",
    integer(1, 12),
    "how long a sign-in lasts at most",
    String(defaultLimits.bindingMs / 3_600_000),
  ),
  "keep-missed-days": option(
    "number",
    integer(0, mostKeepMissedDays),
    "how long calls are kept for whom they reached at no terminal; 0 keeps none",
    String(defaultLimits.keepMissedMs / dayMs),
  ),
  "max-connections": option(
    "number",
    integer(1, 1_000_000),
    "open terminals at once",
    String(defaultLimits.connections),
  ),
  "max-strangers": option(
    "number",
    integer(1, 1_000_000),
    "open connections that are not a signed-in terminal's; when it is full, the oldest makes room",
    String(defaultLimits.strangers),
  ),
  "max-strangers-per-address": option(
    "number",
    integer(1, 1_000_000),
    "of these for one address, or /56 of IPv6",
    String(defaultLimits.strangersPerAddress),
  ),
  "stranger-minutes": option(
    "number",
    integer(1, 1_440),
    "after how long a terminal that does not sign in is disconnected",
    String(defaultLimits.strangerMs / 60_000),
  ),
  "message-rate": option(
    "number",
    integer(1, 10_000),
    "messages per second from one terminal",
    String(defaultLimits.messagesPerSecond),
  ),
  "message-burst": option(
    "number",
    integer(1, 100_000),
    "messages that may come at once",
    String(defaultLimits.messageBurst),
  ),
  "media-slots": option("number", integer(1, 32), "voices that a terminal receives at once", "8"),
  "media-processes": option(
    "number",
    integer(1, 64),
    "processes that forward audio",
    "one per core, at most 8",
  ),
  "media-listen": option("address", text("an address"), "address for audio", "all"),
  "media-port": option(
    "number",
    integer(1024, 65_535),
    "UDP port of the first media process, the next ones follow; all connections share it",
  ),
  "media-port-range": option("first-last", portRange, "UDP ports, one for each connection", "any"),
  "media-announce": option(
    "addresses",
    list,
    "public addresses of this machine behind NAT, separated by commas",
  ),
  "media-ipv6": option("yes|no", flag, "offer IPv6 for audio", "yes"),
  relay: option(
    "yes|no",
    flag,
    "carry audio over the page's port for terminals whose UDP does not get through",
    "yes, behind a reverse proxy no",
  ),
  "relay-port": option(
    "number",
    integer(0, 65_535),
    "TCP port for that, in place of the page's: for those behind a reverse proxy",
  ),
  "relay-url": option(
    "url",
    relayUrl,
    "where terminals reach that, when a proxy passes it on under another name or port",
    "name of --origin with the port",
  ),
  "turn-urls": option(
    "urls",
    turnUrls,
    "TURN servers of others for audio where UDP does not get through, separated by commas",
  ),
  "turn-secret-file": option(
    "file",
    text("a file"),
    "its first line is the secret that these TURN servers share with this server",
  ),
  "push-services": option(
    "hosts",
    pushServices,
    "push services that the server calls to wake closed pages, separated by commas, `.example.org` for all below it; none for none",
    "those of the browsers",
  ),
  "push-contact": option(
    "url",
    pushContact,
    "mailto: or https: address by which push services reach you",
    "--origin",
  ),
  "trust-proxy": option(
    "yes|no",
    flag,
    "a reverse proxy on this machine speaks for the browsers: metrics need a token then",
    "no",
  ),
  "trusted-proxy": option(
    "addresses",
    networks,
    "addresses or networks of reverse proxies, separated by commas: their X-Forwarded-For says who asks",
    "this machine with --trust-proxy",
  ),
  "metrics-token": option(
    "text",
    text("a token"),
    "who sends it as bearer token may read /metrics; without it only this machine. Not as an argument",
  ),
  "metrics-token-file": option("file", text("a file"), "reads the token from this file"),
  "log-level": option("level", choice(...logLevels), `how much to log: ${logLevels.join(", ")}`, "info"),
} as const;

/** Of the config file, which cannot name another one. */
export const configOption = option("file", text("a file"), "JSON object with these names");

/** What was said, by whichever of the three ways. */
export type OptionValues = ValuesOf<typeof serverOptions>;
