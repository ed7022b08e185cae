import { timingSafeEqual } from "node:crypto";
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";

import fastifyStatic from "@fastify/static";
import { isCallPath, isVerifyPath, verifyPath } from "@signet/protocol";
import { fastify } from "fastify";
import type { FastifyInstance, FastifyRequest } from "fastify";

import type { ServerMetrics } from "../metrics.ts";
import type { TlsContext } from "../tls-files.ts";
import type { DirectoryLog } from "../registry/directory-log.ts";
import { serveDirectoryLog } from "./directory-log.ts";
import { helpPage } from "./help-page.ts";
import { isOwnHost } from "./own-host.ts";
import { securityHeaders } from "./security-headers.ts";

export interface HttpOptions {
  readonly originOf: () => string;
  /** Without it the server speaks HTTP. */
  readonly tls: TlsContext | undefined;
  /** The built web terminal. */
  readonly webRoot: string;
  readonly metrics: ServerMetrics;
  readonly metricsToken: string | undefined;
  readonly isProxied: boolean;
  /** How long a peer may take to send a request's head. */
  readonly headMs: number;
  /** Sockets of all kinds. */
  readonly sockets: number;
  readonly health: () => Health;
  /** Whether there is a page for guests. */
  readonly guests: boolean;
  readonly directoryLog: DirectoryLog;
  /** Whether everybody may read the entries of the log. */
  readonly showsEntries: boolean;
  /** Keys of the witnesses of the log. */
  readonly witnesses: readonly string[];
}

/** `cannotWrite`: the database takes nothing; `diskFull`: it soon will not. Calls that run go on. */
export type Health = "ok" | "starting" | "cannotWrite" | "diskFull";

/** Serves the web terminal, `/healthz` and `/metrics`. */
export async function createHttpApp(options: HttpOptions): Promise<FastifyInstance> {
  const { headMs } = options;
  const http = {
    headersTimeout: headMs,
    requestTimeout: 2 * headMs,
    connectionsCheckingInterval: headMs / 4,
    keepAliveTimeout: headMs,
    /** Of TLS; a handshake that is not finished holds a socket as well. */
    handshakeTimeout: headMs,
  };
  const common = {
    logger: false,
    bodyLimit: 1024,
    exposeHeadRoutes: true,
    forceCloseConnections: true,
  } as const;
  const app: FastifyInstance =
    options.tls === undefined
      ? fastify({ ...common, http })
      : fastify({ ...common, https: { ...http, ...options.tls } });
  app.server.maxConnections = options.sockets;

  const answering = new WeakSet<Socket>();
  app.addHook("onRequest", async (request, reply) => {
    const { socket } = request;
    // One after the other, as browsers ask. A packet holds thousands of requests, each of which would open a file at once.
    if (answering.has(socket)) {
      reply.hijack();
      return void socket.destroy();
    }
    answering.add(socket);
    reply.raw.once("close", () => answering.delete(socket));
    reply.headers(securityHeaders(options.originOf()));
    if (!isOwnHost(request.headers.host, options.originOf(), request.socket.localAddress))
      return reply
        .code(421)
        .type("text/plain")
        .send(`this server has another name: open ${options.originOf()}\n`);
    const target = loopbackRedirect(request, options.originOf());
    if (target !== undefined) return reply.redirect(target, 308);
    return undefined;
  });
  app.get("/healthz", async (_request, reply) => {
    const status = options.health();
    return reply
      .code(status === "ok" ? 200 : 503)
      .header("cache-control", "no-store")
      .send({ status });
  });
  app.get("/metrics", async (request, reply) => {
    if (!mayReadMetrics(request, options)) return reply.code(403).send({ error: "not allowed" });
    return reply.type(options.metrics.registry.contentType).send(await options.metrics.registry.metrics());
  });
  serveDirectoryLog(app, options);
  app.setErrorHandler((_error, _request, reply) => reply.code(400).send({ error: "bad request" }));
  await serveWeb(app, options.webRoot, options.guests);
  return app;
}

async function serveWeb(app: FastifyInstance, webRoot: string, guests: boolean): Promise<void> {
  app.setNotFoundHandler((_request, reply) => reply.code(404).type("text/plain").send("not found\n"));
  const isBuilt = existsSync(join(webRoot, "index.html"));
  // The page reads from its address who is to be called; the server only looks whether it may be such a link.
  app.get("/call/*", (request, reply) => {
    if (!isCallPath(pathOf(request))) return reply.callNotFound();
    return isBuilt ? reply.sendFile("index.html") : reply.type("text/html; charset=utf-8").send(helpPage);
  });
  if (!isBuilt) {
    app.get("/", (_request, reply) => reply.type("text/html; charset=utf-8").send(helpPage));
    return;
  }
  await app.register(fastifyStatic, {
    root: webRoot,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // The build puts a hash of the content into the names in assets/: they never change.
      const isHashed = path.startsWith(join(webRoot, "assets"));
      reply.header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  // The same page, which looks at its address.
  app.get(verifyPath, (_request, reply) => reply.sendFile("index.html"));
  if (guests) app.get("/guest", (_request, reply) => reply.sendFile("index.html"));
}

/** WebAuthn works on `localhost` but not on an address: whoever opens `127.0.0.1` is led to the name. */
function loopbackRedirect(request: FastifyRequest, origin: string): string | undefined {
  const { host, method, url } = request;
  const { hostname, port } = new URL(origin);
  const asked = pathOf(request);
  const path = url === "/" || isVerifyPath(asked) || isCallPath(asked) ? asked : undefined;
  if (hostname !== "localhost" || method !== "GET" || path === undefined) return undefined;
  const suffix = port === "" ? "" : `:${port}`;
  return host === `127.0.0.1${suffix}` || host === `[::1]${suffix}` ? `${origin}${path}` : undefined;
}

/** As it was sent, without what follows a question mark. */
const pathOf = ({ url }: FastifyRequest): string => url.split("?", 1)[0] ?? "";

/** With a token whoever knows it; without one this machine only, and nobody through a proxy on it. */
function mayReadMetrics(
  { headers, socket }: FastifyRequest,
  { metricsToken: token, isProxied }: Pick<HttpOptions, "metricsToken" | "isProxied">,
): boolean {
  if (token !== undefined) {
    const given = Buffer.from(headers.authorization ?? "");
    const wanted = Buffer.from(`Bearer ${token}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
  const isForwarded =
    isProxied || headers["x-forwarded-for"] !== undefined || headers["forwarded"] !== undefined;
  const address = socket.remoteAddress ?? "";
  return !isForwarded && (address === "::1" || /^(::ffff:)?127\./.test(address));
}
