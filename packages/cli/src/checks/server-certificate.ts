/** The certificate that a server shows, and what is wrong with it, in words. */
import { connect as connectTls } from "node:tls";
import type { PeerCertificate, TLSSocket } from "node:tls";

import type { ErrorCode } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { wordsFor } from "../output/error-words.ts";
import type { ErrorLines } from "../output/error-words.ts";

/** A server that answers later than this is of no use for calls either (ms). */
export const withinMs = 5_000;

/** IPv6 without the brackets that it has in an address. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "");

export const portOf = ({ port, protocol }: URL): number =>
  port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);

export interface ServerCertificate {
  /** `calls.example.org by Example CA` */
  readonly names: string;
  /** Milliseconds since 1970 */
  readonly validUntilMs: number;
  readonly problem?: CertificateProblem;
}

export interface CertificateProblem {
  readonly code: ErrorCode;
  /** What the code says of this very certificate, behind its names. */
  readonly words: string;
}

/**
 * Looks at the certificate also where it does not hold; nothing is said over this connection.
 * @throws Error when nothing speaks TLS there
 */
export async function serverCertificate(url: URL): Promise<ServerCertificate> {
  const host = hostOf(url);
  const { certificate, refusal } = await handshake(host, portOf(url));
  const problem = refusal === undefined ? undefined : problemOf(refusal, certificate, host);
  return {
    names: texts().doctor.certificateNames(nameOf(certificate.subject), nameOf(certificate.issuer)),
    validUntilMs: Date.parse(certificate.valid_to),
    ...(problem !== undefined && { problem }),
  };
}

/** In two lines, with the names of the certificate. */
export function problemLines(names: string, { code, words }: CertificateProblem): ErrorLines {
  return { message: texts().doctor.certificateIs(names, words), hint: wordsFor(code).hint };
}

/** @param refusal OpenSSL's name for it, or Node's */
function problemOf(
  refusal: string,
  { valid_from, valid_to }: PeerCertificate,
  host: string,
): CertificateProblem {
  switch (refusal) {
    case "CERT_HAS_EXPIRED":
      return { code: "connection.certificateExpired", words: texts().doctor.expiredOn(valid_to) };
    case "CERT_NOT_YET_VALID":
      return { code: "connection.certificateNotYetValid", words: texts().doctor.notBefore(valid_from) };
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return { code: "connection.certificateOtherName", words: texts().doctor.otherName(host) };
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_GET_ISSUER_CERT":
      return {
        code: "connection.certificateUntrusted",
        words: texts().doctor.noAuthority,
      };
    default:
      return { code: "connection.certificateRefused", words: texts().doctor.wasRefused(refusal) };
  }
}

interface Handshake {
  readonly certificate: PeerCertificate;
  readonly refusal: string | undefined;
}

function handshake(host: string, port: number): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connectTls({
      host,
      port,
      rejectUnauthorized: false,
      timeout: withinMs,
      // A name for an address is not allowed (RFC 6066 section 3).
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    });
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerCertificate();
      // With `rejectUnauthorized: false` it is the code, as text or in an Error.
      const error = socket.authorizationError as NodeJS.ErrnoException | string | null | undefined;
      const code = typeof error === "object" ? error?.code : error;
      resolve({ certificate, refusal: socket.authorized ? undefined : (code ?? "") });
      socket.destroy();
    });
    socket.once("timeout", () => {
      socket.destroy();
      reject(new Error("no answer"));
    });
    socket.once("error", reject);
  });
}

const nameOf = (name: PeerCertificate["subject"] | undefined): string => {
  const text = [name?.CN, name?.O].flat().find((part) => part !== undefined && part !== "");
  return text ?? texts().doctor.withoutName;
};
