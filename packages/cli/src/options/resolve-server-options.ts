import type { RelayWish, ServerOptions } from "@signet/server";
import { texts } from "@signet/words/command-line";

import { wrongUse } from "../failure.ts";
import { configOption, dayMs, serverOptions } from "./server-options.ts";
import type { OptionValues } from "./server-options.ts";
import { environmentName, parseCommandLine, readValues } from "./read-options.ts";
import { said } from "./said.ts";

export interface OptionSources {
  /** What follows the command's name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @throws when there is no such file */
  readonly readFile: (path: string) => string;
}

const helpHint = texts().help.serveOptions;
const commandTable = { ...serverOptions, config: configOption };

/**
 * Flags before environment before config file (`--config file`, JSON with the same names).
 * @throws Failure for an unknown option or a value that does not fit, naming where it came from
 */
export function resolveOptions({ args, env, readFile }: OptionSources): OptionValues {
  const { flags } = parseCommandLine(args, commandTable, helpHint);
  if (flags.has("metrics-token")) {
    throw wrongUse(texts().help.tokenArgument, texts().help.tokenFile);
  }
  const path = flags.get("config") ?? env[environmentName("config")];
  if (path === undefined) return readValues(serverOptions, flags, env);
  return readValues(serverOptions, flags, env, { path, values: parseFile(path, readFile) });
}

function parseFile(path: string, readFile: (path: string) => string): ReadonlyMap<string, string> {
  let content: unknown;
  try {
    content = JSON.parse(readFile(path));
  } catch (cause) {
    throw wrongUse(texts().help.configUnread(path), texts().help.configMustBe, cause);
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw wrongUse(texts().help.configNoObject(path), texts().help.configExample);
  }
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(content)) {
    if (!Object.hasOwn(serverOptions, name)) throw wrongUse(texts().help.unknownInFile(name, path), helpHint);
    if (typeof value === "boolean") values.set(name, value ? "yes" : "no");
    else values.set(name, Array.isArray(value) ? value.join(",") : String(value));
  }
  return values;
}

const times = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : value * factor;

const isYes = (value: "yes" | "no" | undefined): boolean | undefined =>
  value === undefined ? undefined : value === "yes";

/** @throws Failure when options contradict each other */
export function toServerOptions(values: OptionValues): ServerOptions {
  const { origin, host } = values;
  if (
    origin?.startsWith("http:") !== false &&
    host !== undefined &&
    !isLoopback(host) &&
    values["tls-cert"] === undefined
  ) {
    // Reached from elsewhere by HTTP, browsers would refuse devices and microphones.
    if (!isProxied(values)) {
      throw wrongUse(texts().help.hostNeedsHttps(host), texts().help.hostHint);
    }
  }
  if (isProxied(values) && origin === undefined) {
    const name = values["trust-proxy"] === "yes" ? "--trust-proxy" : "--trusted-proxy";
    throw wrongUse(texts().help.needsOrigin(name), texts().help.originHint);
  }
  if (values["media-port"] !== undefined && values["media-port-range"] !== undefined) {
    throw wrongUse(texts().help.mediaPorts, texts().help.giveOne);
  }
  if (values["metrics-token"] !== undefined && values["metrics-token-file"] !== undefined) {
    throw wrongUse(texts().help.tokenTwice, texts().help.tokenOnce);
  }
  if (values.relay === "no" && values["relay-port"] !== undefined) {
    throw wrongUse(texts().help.relayPort, texts().help.giveOne);
  }
  if (values.relay === "no" && values["relay-url"] !== undefined) {
    throw wrongUse(texts().help.relayUrl, texts().help.giveOne);
  }
  return {
    dataDir: values.data ?? "./data",
    limits: said({
      callMembers: values["max-call-members"],
      openRings: values["max-open-rings"],
      ringMs: times(values["ring-seconds"], 1_000),
      bindingMs: times(values["sign-in-hours"], 3_600_000),
      keepMissedMs: times(values["keep-missed-days"], dayMs),
      connections: values["max-connections"],
      strangers: values["max-strangers"],
      strangersPerAddress: values["max-strangers-per-address"],
      strangerMs: times(values["stranger-minutes"], 60_000),
      messagesPerSecond: values["message-rate"],
      messageBurst: values["message-burst"],
    }),
    media: said({
      slots: values["media-slots"],
      children: values["media-processes"],
      listenAddress: values["media-listen"],
      udpPort: values["media-port"],
      portRange: values["media-port-range"],
      announcedAddresses: values["media-announce"],
      ipv6: isYes(values["media-ipv6"]),
    }),
    ...said({
      origin,
      host,
      port: values.port,
      registration: values.registration,
      logEntries: values["log-entries"],
      administrators: values.administrators,
      echo: values["echo-user"],
      guests: isYes(values.guests),
      witnesses: values.witness,
      tlsCert: values["tls-cert"],
      tlsKey: values["tls-key"],
      trustAnchors: values["trust-anchors"],
      crls: values.crl,
      userIdFrom: values["user-id-from"],
      userIdDomain: values["user-id-domain"],
      relay: relayWish(values),
      relayUrl: values["relay-url"],
      turnUrls: values["turn-urls"],
      turnSecretFile: values["turn-secret-file"],
      push: pushOptions(values),
      trustProxy: isYes(values["trust-proxy"]),
      trustedProxies: values["trusted-proxy"],
      metricsToken: values["metrics-token"],
      metricsTokenFile: values["metrics-token-file"],
      logLevel: values["log-level"],
    }),
  };
}

function relayWish({ relay, "relay-port": port }: OptionValues): RelayWish | undefined {
  if (port !== undefined) return { port };
  return relay === undefined ? undefined : relay === "yes" ? "web" : "off";
}

function pushOptions(values: OptionValues): ServerOptions["push"] {
  const { "push-contact": contact, "push-services": services } = values;
  return contact === undefined && services === undefined ? undefined : said({ contact, services });
}

const isProxied = (values: OptionValues): boolean =>
  values["trust-proxy"] === "yes" || values["trusted-proxy"] !== undefined;

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || host.startsWith("127.");
