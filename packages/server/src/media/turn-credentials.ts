import { createHmac, randomBytes } from "node:crypto";

import { turnUrl } from "@signet/protocol";

import { readSecret } from "../secret-file.ts";
import { StartError } from "../start-error.ts";

export interface TurnCredentials {
  readonly username: string;
  readonly credential: string;
  readonly expiresAtMs: number;
}

/**
 * Time-limited credentials as coturn (`use-auth-secret`), eturnal and others check them (draft-uberti-behave-turn-rest-00). The name says when
 * they end, and nothing of who has them: TURN servers log it.
 * @param expiresAtMs whole seconds of it count
 */
export function turnCredentials(secret: string | Buffer, expiresAtMs: number): TurnCredentials {
  const expiresAtS = Math.floor(expiresAtMs / 1000);
  const username = `${expiresAtS}:${randomBytes(12).toString("base64url")}`;
  const credential = createHmac("sha1", secret).update(username).digest("base64");
  return { username, credential, expiresAtMs: expiresAtS * 1000 };
}

/** TURN servers of others, and the secret that they share with this server. */
export interface OutsideTurn {
  readonly urls: readonly string[];
  readonly secret: string;
}

/** Nobody speaks TURN over DTLS: neither browsers nor the command line. */
export const isTurnUrl = (text: string): boolean => turnUrl.test(text) && !/^turns:.*udp$/i.test(text);

/** @throws StartError when one of the two is missing, or the file cannot be read or is empty */
export function readOutsideTurn(
  urls: readonly string[] | undefined,
  secretFile: string | undefined,
): OutsideTurn | undefined {
  if (urls === undefined && secretFile === undefined) return undefined;
  if (urls === undefined || secretFile === undefined)
    throw new StartError("--turn-urls and --turn-secret-file belong together", "give both, or neither");
  return { urls, secret: readSecret(secretFile, "secret of these TURN servers") };
}
