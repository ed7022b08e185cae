import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { createSecureContext } from "node:tls";

import { defaultSlots, startMedia } from "@signet/media";
import type { MediaEngine, MediaOptions } from "@signet/media";
import { SignetError } from "@signet/protocol";
import type { DestinationStream, Logger } from "pino";

import { CallProcessor } from "./call/call-processor.ts";
import { lockData } from "./data-lock.ts";
import type { DataLock } from "./data-lock.ts";
import { dispatch } from "./handlers/dispatch.ts";
import { createHttpApp } from "./http/http-app.ts";
import { defaultLimits } from "./limits.ts";
import type { ServerLimits } from "./limits.ts";
import { checkPort, listenError } from "./listening.ts";
import { createLog } from "./log.ts";
import type { LogLevel } from "./log.ts";
import { MediaProbes } from "./media/media-probes.ts";
import { gaugesOf } from "./gauges.ts";
import { ServerMetrics } from "./metrics.ts";
import { Certificates } from "./registry/certificates.ts";
import type { CertificateOptions } from "./registry/certificates.ts";
import { Directory } from "./registry/directory.ts";
import { Sessions } from "./registry/sessions.ts";
import type { RegistrationMode, Services } from "./services.ts";
import { StartError } from "./start-error.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";
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
  /** PEM files. */
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly limits?: Partial<ServerLimits> | undefined;
  readonly media?: Omit<MediaOptions, "runtimeDir"> | undefined;
  readonly metricsToken?: string | undefined;
  /** A reverse proxy stands before the server, so that every peer looks as if it were on this machine. */
  readonly trustProxy?: boolean | undefined;
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
  const tls = readTls(options);
  const certificates = Certificates.open(options, log, (options.clock ?? Date.now)());
  const lock = lockData(dataDir);
  let store: Store | undefined;
  let media: MediaEngine | undefined;
  try {
    // Before the media processes, which take seconds to start.
    await checkPort(options.host ?? defaultHost, options.port ?? defaultPort);
    store = openStore(dataDir);
    media = await startMedia({ ...options.media, runtimeDir: join(dataDir, "media") });
    return await assemble(options, { log, dataDir, tls, certificates, store, media, lock });
  } catch (error) {
    await media?.close();
    await store?.close();
    lock.release();
    if (!(error instanceof SignetError) || error.code !== "media.unavailable") throw error;
    throw new StartError(
      "the media processes do not start",
      `check that ${join(dataDir, "media")} belongs to you alone (mode 0700); else set --log-level debug and look at the log`,
      error,
    );
  }
}

interface Parts {
  readonly log: Logger;
  readonly dataDir: string;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  readonly certificates: Certificates | undefined;
  readonly store: Store;
  readonly media: MediaEngine;
  readonly lock: DataLock;
}

async function assemble(options: ServerOptions, parts: Parts): Promise<RunningServer> {
  const { log, dataDir, tls, certificates, store, media, lock } = parts;
  const clock = options.clock ?? Date.now;
  const limits = { ...defaultLimits, ...options.limits };
  const metrics = new ServerMetrics();
  // Port 0 becomes a number only when the server listens; nothing asks for the origin before.
  let origin = options.origin;
  const originOf = (): string => origin ?? "http://localhost";
  const port = options.port ?? defaultPort;
  if (origin === undefined && port !== 0) origin = localOrigin(tls !== undefined, port);

  const directory = new Directory(store, originOf);
  const sessions = new Sessions({ store, directory, originOf, clock });
  const calls = new CallProcessor({ store, sessions, media, metrics, log, clock });
  const registration = options.registration ?? (isLocal(origin) ? "open" : "invite");
  const slots = options.media?.slots ?? defaultSlots;
  const probes = new MediaProbes({ media, clock, limits });
  const services: Services = {
    originOf,
    registration,
    certificates,
    slots,
    limits,
    clock,
    store,
    directory,
    sessions,
    calls,
    media,
    probes,
    metrics,
    log,
  };
  sessions.listen(calls);
  await sessions.load();
  await calls.load();
  const forgetEngine = media.on((event) => {
    const before = probes.size;
    probes.onMediaEvent(event);
    if (event.type !== "restarted") return;
    metrics.mediaRestarts.inc();
    log.error(
      { calls: event.callIds.length - (before - probes.size) },
      "a media process died and was replaced",
    );
    calls.mediaRestarted(event.callIds);
  });

  const gateway = createGateway(services);
  gaugesOf(services, gateway);
  let isHealthy = false;
  const app = await createHttpApp({
    originOf,
    tls,
    webRoot: options.webRoot ?? join(import.meta.dirname, "../../web/dist"),
    metrics,
    metricsToken: options.metricsToken,
    isProxied: options.trustProxy ?? false,
    headMs: limits.headMs,
    // Some room for pages beside the terminals' sockets.
    sockets: limits.connections + 1_000,
    isHealthy: () => isHealthy,
  });
  gateway.listen(app.server);
  const host = options.host ?? defaultHost;
  await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    throw listenError(error, host, port);
  });
  const taken = (app.server.address() as AddressInfo).port;
  origin ??= localOrigin(tls !== undefined, taken);
  const owner = await store.claimOrigin(origin);
  if (owner !== origin) {
    await app.close();
    throw new StartError(
      `the people registered in ${dataDir} signed for ${owner}, and would not be recognised at ${origin}`,
      `start with --origin ${owner}, or with another --data`,
    );
  }
  isHealthy = true;
  const sweeper = setInterval(() => void sweep(services, gateway), options.sweepMs ?? 1_000);
  log.info({ origin, registration }, "listening");

  const close = async (): Promise<void> => {
    log.info("stopping");
    isHealthy = false;
    clearInterval(sweeper);
    forgetEngine();
    // Who is in a call when the server stops is still in it when it is back: that its sockets close is not their doing.
    sessions.listen(undefined);
    gateway.stop();
    await gateway.emptied(farewellMs);
    gateway.cut();
    await app.close();
    await calls.settled();
    await store.close();
    await media.close();
    lock.release();
    log.info("stopped");
  };
  let closing: Promise<void> | undefined;
  const { instanceId } = store;
  return { origin, port: taken, registration, dataDir, instanceId, close: () => (closing ??= close()) };
}

function createGateway(services: Services): Gateway {
  const { limits, log, metrics, originOf, probes, sessions } = services;
  return new Gateway({
    originOf,
    limits,
    shell: {
      messagesPerSecond: limits.messagesPerSecond,
      messageBurst: limits.messageBurst,
      unreadBytes: limits.unreadBytes,
      handle: (connection, request, respond) => dispatch(services, connection, request, respond),
      onRefusal: ({ session }, code) => {
        metrics.refusals.inc({ code });
        log.debug({ code, userId: session?.stored.userId }, "refused");
      },
      onFault: (type, error) => {
        // A dependency that fails is its own report; here it would be one more line for each request that needed it.
        if (error instanceof SignetError && error.code.startsWith("media."))
          log.warn({ type, code: error.code }, "media request failed");
        else log.error({ type, err: error }, "request failed");
      },
    },
    onClose: (connection) => {
      sessions.detach(connection);
      probes.end(connection);
    },
    onRefusal: (code) => {
      metrics.refusals.inc({ code });
      // Anybody can bring this about; the counter is enough to see it.
      log.debug({ code }, "connection refused");
    },
  });
}

async function sweep({ calls, clock, log, probes, sessions }: Services, gateway: Gateway): Promise<void> {
  try {
    gateway.sweep(performance.now());
    const nowMs = clock();
    probes.tick(nowMs);
    // Neither waits for the other: rings have to end also when bindings cannot be written.
    const releases = sessions.expired(nowMs).map((session) => sessions.release(session, "expired"));
    const results = await Promise.allSettled([calls.tick(nowMs), ...releases]);
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  } catch (error) {
    log.error({ err: error }, "the sweep failed");
  }
}

const localOrigin = (isTls: boolean, port: number): string => {
  const scheme = isTls ? "https" : "http";
  return port === (isTls ? 443 : 80) ? `${scheme}://localhost` : `${scheme}://localhost:${port}`;
};

const isLocal = (origin: string | undefined): boolean =>
  origin === undefined || new URL(origin).hostname === "localhost";

function readTls({ tlsCert, tlsKey }: ServerOptions): Parts["tls"] {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new StartError("--tls-cert and --tls-key belong together", "give both files, or neither");
  }
  const read = (path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (cause) {
      throw new StartError(`cannot read ${path}`, "check the path and who may read it", cause);
    }
  };
  const tls = { cert: read(tlsCert), key: read(tlsKey) };
  try {
    createSecureContext(tls);
  } catch (cause) {
    throw new StartError(
      `${tlsCert} and ${tlsKey} are not a certificate and its key`,
      "both must be PEM, the certificate with its chain, the key without passphrase",
      cause,
    );
  }
  return tls;
}

function openStore(dataDir: string): Store {
  try {
    return openSqliteStore(databasePath(dataDir));
  } catch (cause) {
    throw new StartError(
      `cannot write to the data directory ${dataDir}`,
      "check who owns it, or choose another with --data",
      cause,
    );
  }
}
