/** The certificate that the server shows over TLS: taken over when its files change, and told of before it ends. */
import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { SecureContextOptions, Server } from "node:tls";

import type { Logger } from "pino";

import { StartError } from "./start-error.ts";
import { readBytes, readOrSay, versionOf } from "./watched-file.ts";

/** What the server takes of it: PEM as it stands in the files, and no TLS from before 2008. */
export interface TlsContext extends SecureContextOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: "TLSv1.2";
}

const dayMs = 86_400_000;
/** Certificates that renew themselves do it three to four weeks before their end: then something is in its way. */
const warnMs = 14 * dayMs;

export class TlsFiles {
  readonly #certPath: string;
  readonly #keyPath: string;
  readonly #log: Logger;
  #context: TlsContext;
  /** Of both files as they were read last, or tried. */
  #version: string;
  #toldAtMs = -Infinity;

  private constructor(certPath: string, keyPath: string, log: Logger) {
    this.#certPath = certPath;
    this.#keyPath = keyPath;
    this.#log = log;
    this.#version = this.#versionNow();
    this.#context = contextOf(Buffer.from(readOrSay(certPath)), Buffer.from(readOrSay(keyPath)));
  }

  /** @throws StartError when one is missing or unreadable, or when they do not belong together */
  static open(certPath: string | undefined, keyPath: string | undefined, log: Logger): TlsFiles | undefined {
    if (certPath === undefined && keyPath === undefined) return undefined;
    if (certPath === undefined || keyPath === undefined) {
      throw new StartError("--tls-cert and --tls-key belong together", "give both files, or neither");
    }
    try {
      return new TlsFiles(certPath, keyPath, log);
    } catch (cause) {
      if (cause instanceof StartError) throw cause;
      throw new StartError(
        `${certPath} and ${keyPath} are not a certificate and its key`,
        "both must be PEM, the certificate with its chain, the key without passphrase",
        cause,
      );
    }
  }

  get context(): TlsContext {
    return this.#context;
  }

  /**
   * To be called now and then. Connections that stand go on with what they began with. Both files are seldom replaced in one moment:
   * until they belong together, the former ones hold.
   */
  renew(...servers: readonly Server[]): void {
    const version = this.#versionNow();
    if (version === this.#version) return;
    // Kept also when they cannot be used, so that the log says it once.
    this.#version = version;
    try {
      const context = contextOf(
        Buffer.from(readBytes(this.#certPath)),
        Buffer.from(readBytes(this.#keyPath)),
      );
      for (const server of servers) server.setSecureContext(context);
      this.#context = context;
      this.#toldAtMs = -Infinity;
      this.#log.info({ path: this.#certPath }, "TLS certificate taken over");
    } catch (error) {
      this.#log.error(
        { path: this.#certPath, err: error },
        "changed TLS files are not a certificate and its key: the former ones hold until they are",
      );
    }
  }

  /** Says once a day of what is shown that it ends soon, has ended, or has not begun. @param nowMs milliseconds since 1970 */
  tell(nowMs: number): void {
    if (nowMs - this.#toldAtMs < dayMs) return;
    this.#toldAtMs = nowMs;
    for (const { subject, validFromMs, validUntilMs } of shownBy(this.#context.cert)) {
      const leftMs = validUntilMs - nowMs;
      const about = { path: this.#certPath, subject, validUntil: new Date(validUntilMs).toISOString() };
      if (leftMs < 0)
        this.#log.error(about, "the TLS certificate has expired: nobody can connect until it is replaced");
      else if (validFromMs > nowMs)
        this.#log.error(about, "the TLS certificate is not valid yet: nobody can connect until it is");
      else if (leftMs < warnMs)
        this.#log.warn({ ...about, days: Math.floor(leftMs / dayMs) }, "the TLS certificate expires soon");
    }
  }

  #versionNow(): string {
    return `${versionOf(this.#certPath)} ${versionOf(this.#keyPath)}`;
  }
}

/** @throws Error when they are not PEM of a certificate and its key */
function contextOf(cert: Buffer, key: Buffer): TlsContext {
  const context = { cert, key, minVersion: "TLSv1.2" } as const;
  createSecureContext(context);
  return context;
}

/** The server's own certificate and those above it, as far as their dates can be read. */
function shownBy(cert: Buffer) {
  const blocks = cert.toString("latin1").match(/-----BEGIN [^-]*CERTIFICATE-----[^-]*-----END [^-]*-----/g);
  return (blocks ?? []).flatMap((block) => {
    try {
      const { subject, validFromDate, validToDate } = new X509Certificate(block);
      const [validFromMs, validUntilMs] = [validFromDate.getTime(), validToDate.getTime()];
      const isDated = !Number.isNaN(validFromMs) && !Number.isNaN(validUntilMs);
      return isDated ? [{ subject, validFromMs, validUntilMs }] : [];
    } catch {
      return [];
    }
  });
}
