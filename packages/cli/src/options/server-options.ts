import {
  TrustedProxies,
  defaultLimits,
  isTurnUrl,
  logLevels,
  mostKeepMissedDays,
  mostWitnesses,
} from "@signet/server";
import type { WitnessPlace } from "@signet/server";
import { texts } from "@signet/words/command-line";

import { noteKey } from "./note-keys.ts";
import { userId, userIds } from "./terminal-options.ts";
import {
  bad,
  bare,
  choice,
  domain,
  flag,
  integer,
  list,
  ok,
  option,
  text,
  webOrigin,
} from "./option-spec.ts";
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
  return bad(texts().options.networks);
};

const portRange = (value: string): Parsed<readonly [number, number]> => {
  const match = /^(\d+)-(\d+)$/.exec(value);
  const range = [Number(match?.[1]), Number(match?.[2])] as const;
  const isRange = match !== null && range[0] >= 1024 && range[1] <= 65_535 && range[0] <= range[1];
  return isRange ? ok(range) : bad(texts().options.portRange);
};

/** TCP or TLS: the relay of this server speaks nothing else. */
const relayUrl = (value: string): Parsed<string> => {
  const takesTcp = /^turns:/i.test(value) || /\?transport=tcp$/i.test(value);
  return isTurnUrl(value) && takesTcp ? { ok: true, value } : bad(texts().options.relayUrlRule);
};

const turnUrls = (value: string): Parsed<readonly string[]> => {
  const parsed = list(value);
  const fits =
    parsed.ok && parsed.value.length > 0 && parsed.value.length <= 8 && parsed.value.every(isTurnUrl);
  return fits ? parsed : bad(texts().options.turnUrlsRule);
};

/** Of push services; none where it says so. */
const pushServices = (value: string): Parsed<readonly string[]> => {
  if (value === "none") return ok([]);
  const parsed = list(value);
  const fits =
    parsed.ok &&
    parsed.value.length > 0 &&
    parsed.value.every((host) => /^\.?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?$/.test(host));
  return fits ? parsed : bad(texts().push.services);
};

const pushContact = (value: string): Parsed<string> =>
  /^(mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/.test(value) ? ok(value) : bad(texts().push.contact);

/** Each an address and a key. */
const witnessPlaces = (value: string): Parsed<readonly WitnessPlace[]> => {
  const listed = list(value);
  const places: WitnessPlace[] = [];
  for (const each of listed.ok ? listed.value : []) {
    const [, url = "", keyText = ""] = /^([^=]+)=(.+)$/.exec(each) ?? [];
    const key = noteKey("cosignature")(keyText);
    if (!key.ok || !isPlainUrl(url)) return bad(texts().monitor.witnessRule);
    places.push({ url: url.replace(/\/$/, ""), key: key.value });
  }
  const names = new Set(places.map(({ key }) => `${key.name} ${key.keyId}`));
  if (places.length === 0) return bad(texts().monitor.witnessRule);
  const fits = places.length <= mostWitnesses && names.size === places.length;
  return fits ? ok(places) : bad(texts().monitor.witnessRuleMost(mostWitnesses));
};

const isPlainUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { hash, password, protocol, search, username } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && hash + password + search + username === "";
};

/** Every option of `signet serve`, for its help and its checks. */
export const serverOptions = {
  origin: option("url", webOrigin, texts().options.origin, "http://localhost:<port>"),
  host: option("address", text(texts().options.addressText), texts().options.host, "127.0.0.1"),
  port: option("number", integer(0, 65_535), texts().options.port, "8080"),
  data: option("folder", text(texts().options.folderText), texts().options.data, "./data"),
  registration: option(
    "mode",
    choice("open", "invite", "closed"),
    texts().options.registration,
    texts().options.registrationDefault,
  ),
  "log-entries": option("mode", choice("public", "hidden"), texts().options.logEntries, "public"),
  administrators: option("ids", userIds, texts().options.administrators, texts().options.none),
  guests: bare(texts().options.guests),
  "echo-user": option("id", userId, texts().echo.echoUser, texts().options.none),
  witness: { ...option("url=key", witnessPlaces, texts().monitor.witness), repeats: true },
  "tls-cert": option("file", text(texts().options.fileText), texts().options.tlsCert),
  "tls-key": option("file", text(texts().options.fileText), texts().options.tlsKey),
  "trust-anchors": option("file", text(texts().options.fileText), texts().options.serverAnchors),
  crl: option("files", list, texts().options.serverCrl),
  "user-id-from": option(
    "part",
    choice("email", "upn", "cn", "serial"),
    texts().options.serverUserIdFrom,
    "email",
  ),
  "user-id-domain": option("domain", domain, texts().options.serverUserIdDomain, texts().options.anyDomain),
  "max-call-members": option(
    "number",
    // 200 with the one who calls: as many as were tried (docs/decisions/042-two-hundred-terminals.md).
    integer(1, 199),
    texts().options.maxCallMembers,
    String(defaultLimits.callMembers),
  ),
  "max-open-rings": option(
    "number",
    integer(1, 100),
    texts().options.maxOpenRings,
    String(defaultLimits.openRings),
  ),
  "ring-seconds": option(
    "number",
    integer(5, 110),
    texts().options.ringSeconds,
    seconds(defaultLimits.ringMs),
  ),
  "sign-in-hours": option(
    "number",
    integer(1, 12),
    texts().options.signInHours,
    String(defaultLimits.bindingMs / 3_600_000),
  ),
  "keep-missed-days": option(
    "number",
    integer(0, mostKeepMissedDays),
    texts().options.keepMissedDays,
    String(defaultLimits.keepMissedMs / dayMs),
  ),
  "max-connections": option(
    "number",
    integer(1, 1_000_000),
    texts().options.maxConnections,
    String(defaultLimits.connections),
  ),
  "max-strangers": option(
    "number",
    integer(1, 1_000_000),
    texts().options.maxStrangers,
    String(defaultLimits.strangers),
  ),
  "max-strangers-per-address": option(
    "number",
    integer(1, 1_000_000),
    texts().options.maxStrangersPerAddress,
    String(defaultLimits.strangersPerAddress),
  ),
  "stranger-minutes": option(
    "number",
    integer(1, 1_440),
    texts().options.strangerMinutes,
    String(defaultLimits.strangerMs / 60_000),
  ),
  "message-rate": option(
    "number",
    integer(1, 10_000),
    texts().options.messageRate,
    String(defaultLimits.messagesPerSecond),
  ),
  "message-burst": option(
    "number",
    integer(1, 100_000),
    texts().options.messageBurst,
    String(defaultLimits.messageBurst),
  ),
  "media-slots": option("number", integer(1, 32), texts().options.mediaSlots, "8"),
  "media-processes": option(
    "number",
    integer(1, 64),
    texts().options.mediaProcesses,
    texts().options.mediaProcessesDefault,
  ),
  "media-listen": option(
    "address",
    text(texts().options.addressText),
    texts().options.mediaListen,
    texts().options.all,
  ),
  "media-port": option("number", integer(1024, 65_535), texts().options.mediaPort),
  "media-port-range": option("first-last", portRange, texts().options.mediaPortRange, texts().options.any),
  "media-announce": option("addresses", list, texts().options.mediaAnnounce),
  "media-ipv6": option("yes|no", flag, texts().options.mediaIpv6, "yes"),
  relay: option("yes|no", flag, texts().options.relay, texts().options.relayDefault),
  "relay-port": option("number", integer(0, 65_535), texts().options.relayPort),
  "relay-url": option("url", relayUrl, texts().options.relayUrl, texts().options.relayUrlDefault),
  "turn-urls": option("urls", turnUrls, texts().options.turnUrls),
  "turn-secret-file": option("file", text(texts().options.fileText), texts().options.turnSecretFile),
  "push-services": option("hosts", pushServices, texts().push.pushServices, texts().push.browsers),
  "push-contact": option("url", pushContact, texts().push.pushContact, "--origin"),
  "trust-proxy": option("yes|no", flag, texts().options.trustProxy, "no"),
  "trusted-proxy": option(
    "addresses",
    networks,
    texts().options.trustedProxy,
    texts().options.trustedProxyDefault,
  ),
  "metrics-token": option("text", text(texts().options.tokenText), texts().options.metricsToken),
  "metrics-token-file": option("file", text(texts().options.fileText), texts().options.metricsTokenFile),
  "log-level": option("level", choice(...logLevels), texts().options.logLevel(logLevels.join(", ")), "info"),
} as const;

/** Of the config file, which cannot name another one. */
export const configOption = option("file", text(texts().options.fileText), texts().options.config);

/** What was said, by whichever of the three ways. */
export type OptionValues = ValuesOf<typeof serverOptions>;
