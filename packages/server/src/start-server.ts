import type { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";

import { startMedia } from "@signet/media";
import type { MediaEngine, MediaOptions } from "@signet/media";
import { SignetError } from "@signet/protocol";
import type { CallId, TerminalId, UserId } from "@signet/protocol";
import type { DestinationStream } from "pino";

import { lockData } from "./data-lock.ts";
import type { DataLock } from "./data-lock.ts";
import { TrustedProxies } from "./http/client-address.ts";
import { createHttpApp } from "./http/http-app.ts";
import type { LogEntries } from "./http/directory-log.ts";
import type { ServerLimits } from "./limits.ts";
import { tellPoorNetworks } from "./call/poor-networks.ts";
import { checkPort, listenError } from "./listening.ts";
import { createLog } from "./log.ts";
import type { LogLevel } from "./log.ts";
import { gaugesOf } from "./gauges.ts";
import { knownPushServices } from "./push/push-endpoint.ts";
import type { PushOptions } from "./push/pushes.ts";
import { RelayPlace } from "./media/relay-place.ts";
import type { RelayWish } from "./media/relay-place.ts";
import { readOutsideTurn } from "./media/turn-credentials.ts";
import { Certificates } from "./registry/certificates.ts";
import type { CertificateOptions } from "./registry/certificates.ts";
import { Witnesses, namesOf } from "./registry/witnesses.ts";
import type { WitnessPlace } from "./registry/witnesses.ts";
import { readSecret } from "./secret-file.ts";
import { connectionClosed, connectionShell, createServices, sweepServices } from "./server-core.ts";
import type { CoreOptions, CoreParts } from "./server-core.ts";
import { ServerOrigin } from "./server-origin.ts";
import type { RegistrationMode, Services } from "./services.ts";
import { StartError } from "./start-error.ts";
import { isNewerData } from "./store/newer-data.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import { StorageWatch } from "./store/storage-watch.ts";
import type { Store } from "./store/store.ts";
import { TlsFiles } from "./tls-files.ts";
import { Gateway } from "./ws/gateway.ts";

export interface ServerOptions extends CertificateOptions {
  /** Folder of the database and of the media processes' control sockets. */
  readonly dataDir: string;
  /** As people open it; default `http(s)://localhost:<port>`. */
  readonly origin?: string | undefined;
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string | undefined;
  /** 0 takes a free one; default 8080. */
  readonly port?: number | undefined;
  /** Default `open` where the origin is localhost, `invite` otherwise. */
  readonly registration?: RegistrationMode | undefined;
  /** User IDs of those who may sign for others. */
  readonly administrators?: readonly UserId[] | undefined;
  /** Who answers every call and gives back what is said, told to all terminals. */
  readonly echo?: UserId | undefined;
  /** Whether guests without a device may be let into calls; default not. */
  readonly guests?: boolean | undefined;
  /** Whether whoever can reach the server may read what the log of the directory holds: names and devices of all; default `public`. */
  readonly logEntries?: LogEntries | undefined;
  /** Who is asked to cosign the log, each time that it has grown; at most `mostWitnesses`. */
  readonly witnesses?: readonly WitnessPlace[] | undefined;
  /** PEM files. */
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly limits?: Partial<ServerLimits> | undefined;
  readonly media?: Omit<MediaOptions, "runtimeDir"> | undefined;
  /** Where the relay for terminals is whose UDP does not get through; default `web`, and `off` behind a proxy, which passes HTTP alone. */
  readonly relay?: RelayWish | undefined;
  /** Where terminals reach it, when a proxy passes it on under another name or port; as `turnUrl` of the protocol has it. */
  readonly relayUrl?: string | undefined;
  /** TURN servers of others, for terminals whose UDP does not get through, and a file whose first line is the secret that they share with this server. */
  readonly turnUrls?: readonly string[] | undefined;
  readonly turnSecretFile?: string | undefined;
  /** Which push services the server calls to wake closed pages; default those that browsers have today. */
  readonly push?: Partial<PushOptions> | undefined;
  readonly metricsToken?: string | undefined;
  /** Instead of `metricsToken`: its first line is the token. */
  readonly metricsTokenFile?: string | undefined;
  /** A reverse proxy stands before the server, so that every peer looks as if it were on this machine. */
  readonly trustProxy?: boolean | undefined;
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed; default this machine's own with `trustProxy`. */
  readonly trustedProxies?: readonly string[] | undefined;
  readonly webRoot?: string | undefined;
  readonly logLevel?: LogLevel | undefined;
  readonly logStream?: DestinationStream | undefined;
  /** Milliseconds since 1970; for tests. */
  readonly clock?: (() => number) | undefined;
  /** How often time is looked at; for tests that move the clock. */
  readonly sweepMs?: number | undefined;
}

export interface RunningServer {
  readonly origin: string;
  readonly port: number;
  readonly registration: RegistrationMode;
  readonly dataDir: string;
  readonly instanceId: string;
  /** Registered when it started. */
  readonly people: number;
  /** Tells the terminals, finishes what was begun, ends the media processes. */
  close(): Promise<void>;
}

const defaultHost = "127.0.0.1";
const defaultPort = 8080;

/** How long terminals get to close their sockets when the server stops. */
const farewellMs = 500;

/** The database within the data directory. */
export const databasePath = (dataDir: string): string => join(dataDir, "signet.db");

/** @throws StartError when something about the machine or the options is in the way */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const log = createLog(options.logLevel ?? "info", options.logStream);
  const dataDir = resolve(options.dataDir);
  const tls = TlsFiles.open(options.tlsCert, options.tlsKey, log);
  const { metricsTokenFile: tokenFile } = options;
  const metricsToken =
    options.metricsToken ??
    (tokenFile === undefined ? undefined : readSecret(tokenFile, "token for /metrics"));
  const outsideTurn = readOutsideTurn(options.turnUrls, options.turnSecretFile);
  const certificates = await Certificates.open(options, log, (options.clock ?? Date.now)());
  const lock = lockData(dataDir);
  let store: Store | undefined;
  let media: MediaEngine | undefined;
  try {
    // Before the media processes, which take seconds to start.
    await checkPort(options.host ?? defaultHost, options.port ?? defaultPort);
    store = openStore(dataDir);
    const origin = new ServerOrigin(options.origin, tls !== undefined, options.port ?? defaultPort);
    // Before anything in the data is taken up, or told as taken up, in a name that is not theirs.
    if (origin.isKnown) await claimOrigin(store, origin.current, dataDir);
    media = await startMedia({ ...options.media, runtimeDir: join(dataDir, "media") });
    return await assemble(
      { ...options, metricsToken, outsideTurn, push: { services: knownPushServices, ...options.push } },
      { log, dataDir, tls, certificates, store, media, lock, origin },
    );
  } catch (error) {
    await media?.close();
    await store?.close();
    lock.release();
    if (isNewerData(error))
      throw new StartError(
        `the data in ${dataDir} were written by a newer version of signet`,
        "start that version, or a later one; nothing was changed",
        error,
      );
    if (!(error instanceof SignetError) || error.code !== "media.unavailable") throw error;
    throw new StartError(
      "the media processes do not start",
      `check that ${join(dataDir, "media")} belongs to you alone (mode 0700); else set --log-level debug and look at the log`,
      error,
    );
  }
}

interface Parts extends CoreParts {
  readonly dataDir: string;
  readonly tls: TlsFiles | undefined;
  readonly lock: DataLock;
  readonly origin: ServerOrigin;
}

async function assemble(options: ServerOptions & CoreOptions, parts: Parts): Promise<RunningServer> {
  const { log, dataDir, tls, store, media, lock, origin } = parts;
  const host = options.host ?? defaultHost;
  const port = options.port ?? defaultPort;
  const services = await createServices(options, parts, origin);
  const { calls, limits, metrics, originOf, registration, sessions } = services;
  const forgetEngine = followEngine(services);
  const beginLog = (): Promise<void> =>
    services.directoryLog.begin(originOf(), (done, all) =>
      log.info({ done, all }, "writing the statements of before into the log of the directory"),
    );
  if (origin.isKnown) await beginLog();
  const gateway = createGateway(services, trustedProxies(options));
  gaugesOf(services, gateway);
  const storage = new StorageWatch({ store, dataDir, log });
  metrics.gauge("storage_ok", "Whether the database can be written to, and the disk has room", () =>
    storage.status === "ok" ? 1 : 0,
  );
  const places = options.witnesses ?? [];
  const witnesses = new Witnesses({ places, directoryLog: services.directoryLog, metrics, log });
  const isProxied = options.trustProxy === true || options.trustedProxies !== undefined;
  let isListening = false;
  const app = await createHttpApp({
    originOf,
    tls: tls?.context,
    webRoot: options.webRoot ?? join(import.meta.dirname, "../../web/dist"),
    metrics,
    metricsToken: options.metricsToken,
    isProxied,
    headMs: limits.headMs,
    // Some room for those who are just told that it is full.
    sockets: limits.connections + limits.strangers + limits.relayAllocations + 1_000,
    health: () => (isListening ? storage.status : "starting"),
    guests: options.guests === true,
    directoryLog: services.directoryLog,
    showsEntries: options.logEntries !== "hidden",
    witnesses: namesOf(places),
  });
  const relay = RelayPlace.make({
    wish: options.relay ?? (isProxied && options.relayUrl === undefined ? "off" : "web"),
    publicUrl: options.relayUrl,
    services,
    gateway,
    web: app.server,
    host,
    tls: tls?.context,
    listenAddress: options.media?.listenAddress,
  });
  gateway.listen(app.server);
  await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    throw listenError(error, host, port);
  });
  const taken = (app.server.address() as AddressInfo).port;
  origin.listensAt(taken);
  try {
    await claimOrigin(store, originOf(), dataDir);
    if (services.directoryLog.key === undefined) await beginLog();
    await relay?.open();
  } catch (error) {
    await app.close();
    throw error;
  }
  isListening = true;
  const sweeper = setInterval(() => {
    void sweep(services, gateway, storage);
    relay?.tick();
    witnesses.tick(services.clock());
    tls?.renew(app.server as HttpsServer, ...(relay?.tlsServers ?? []));
    tls?.tell(services.clock());
  }, options.sweepMs ?? 1_000);
  const people = await store.people();
  log.info({ origin: originOf(), registration, people }, "listening");
  tls?.tell(services.clock());
  for (const userId of services.administration.named)
    if ((await store.entryOf(userId)) === undefined)
      log.warn(
        { userId },
        "an administrator is not registered yet: this user ID takes an invite, and whoever signs in before is asked about them",
      );

  const { echo } = services;
  if (echo !== undefined && (await store.entryOf(echo)) === undefined)
    log.warn(
      { userId: echo },
      "the echo is not registered yet: run `signet register` and then `signet echo` with this user ID, or nobody gives back what people say",
    );

  const close = async (): Promise<void> => {
    log.info("stopping");
    isListening = false;
    clearInterval(sweeper);
    forgetEngine();
    // Who is in a call when the server stops is still in it when it is back: that its sockets close is not their doing.
    sessions.listen(undefined);
    gateway.stop();
    await gateway.emptied(farewellMs);
    gateway.cut();
    relay?.close();
    witnesses.close();
    services.pushes.close();
    await app.close();
    await calls.settled();
    await store.close();
    await media.close();
    lock.release();
    log.info("stopped");
  };
  let closing: Promise<void> | undefined;
  const { instanceId } = store;
  return {
    origin: originOf(),
    port: taken,
    registration,
    dataDir,
    instanceId,
    people,
    close: () => (closing ??= close()),
  };
}

/** What a media process that died held is lost: the calls connect anew. And whoever fell quiet is told, and whose network is poor. @returns the end of it */
function followEngine({ calls, log, media, metrics, probes, sessions, spokenWords }: Services): () => void {
  return media.on((event) => {
    if (event.type === "quiet") {
      const [callId, terminalId] = [event.callId as CallId, event.terminalId as TerminalId];
      const endpoint = sessions.endpointAt(terminalId);
      if (endpoint?.hasFeature("mediaFlow") !== true || !calls.running.takesPart(callId, terminalId)) return;
      return endpoint.send({ type: "media.quiet", body: { callId } });
    }
    const before = probes.size;
    probes.onMediaEvent(event);
    if (event.type === "voices") return spokenWords.voices(event.callId as CallId, event.terminalIds);
    if (event.type === "networks") return tellPoorNetworks(calls.running, sessions, event);
    if (event.type !== "restarted") return;
    metrics.mediaRestarts.inc();
    log.error(
      { calls: event.callIds.length - (before - probes.size) },
      "a media process died and was replaced",
    );
    calls.mediaRestarted(event.callIds);
  });
}

/** @throws StartError when the data belongs to another origin */
async function claimOrigin(store: Store, origin: string, dataDir: string): Promise<void> {
  const owner = await store.claimOrigin(origin);
  if (owner === origin) return;
  throw new StartError(
    `the people registered in ${dataDir} signed for ${owner}, and would not be recognised at ${origin}`,
    `start with --origin ${owner}, or with another --data`,
  );
}

/** A proxy that has no address of its own here is on this machine. */
function trustedProxies({ trustProxy, trustedProxies: ranges }: ServerOptions): TrustedProxies {
  const local = trustProxy === true ? ["127.0.0.0/8", "::1"] : [];
  return new TrustedProxies(ranges ?? local);
}

function createGateway(services: Services, proxies: TrustedProxies): Gateway {
  const { limits, log, metrics, originOf } = services;
  return new Gateway({
    originOf,
    limits,
    proxies,
    shell: connectionShell(services),
    onClose: (connection) => connectionClosed(services, connection),
    onRefusal: (code) => {
      metrics.refusals.inc({ code });
      // Anybody can bring this about; the counter is enough to see it.
      log.debug({ code }, "connection refused");
    },
  });
}

async function sweep(services: Services, gateway: Gateway, storage: StorageWatch): Promise<void> {
  gateway.sweep(performance.now());
  await Promise.all([sweepServices(services), storage.look(performance.now())]);
}

function openStore(dataDir: string): Store {
  try {
    return openSqliteStore(databasePath(dataDir));
  } catch (cause) {
    if (cause instanceof StartError) throw cause;
    throw new StartError(
      `cannot write to the data directory ${dataDir}`,
      "check who owns it, or choose another with --data",
      cause,
    );
  }
}
