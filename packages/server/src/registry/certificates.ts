/** The authorities whose certificates a server accepts, and what they revoked. */
import type { CertificateTrust } from "@signet/device";
import type { Bytes, CertificateUserIdPart } from "@signet/protocol";
import type { Logger } from "pino";

import { StartError } from "../start-error.ts";
import { CrlFiles } from "./crl-files.ts";
import { readAnchors } from "./trust-anchors.ts";

export interface CertificateOptions {
  /** PEM file of certificates of authorities. */
  readonly trustAnchors?: string | undefined;
  /** Files of revocation lists, PEM or DER. */
  readonly crls?: readonly string[] | undefined;
  /** Default `email`. */
  readonly userIdFrom?: CertificateUserIdPart | undefined;
  /** Default: any. */
  readonly userIdDomain?: string | undefined;
}

type UserIdRule = Pick<CertificateTrust, "userIdFrom" | "userIdDomain">;

export class Certificates {
  readonly #anchors: Bytes[];
  readonly #rule: UserIdRule;
  readonly #crls: CrlFiles;

  private constructor(anchors: readonly Bytes[], crls: CrlFiles, rule: UserIdRule) {
    this.#anchors = [...anchors];
    this.#crls = crls;
    this.#rule = rule;
  }

  /** @returns undefined for a server without trust anchors @throws StartError */
  static async open(
    { trustAnchors, crls = [], userIdFrom, userIdDomain }: CertificateOptions,
    log: Logger,
    nowMs: number,
  ): Promise<Certificates | undefined> {
    if (trustAnchors === undefined) {
      const alone = [
        crls.length > 0 && "--crl",
        userIdFrom !== undefined && "--user-id-from",
        userIdDomain !== undefined && "--user-id-domain",
      ].find((name) => name !== false);
      if (alone === undefined) return undefined;
      throw new StartError(
        `${alone} needs --trust-anchors`,
        "give the file with the certificates of the authorities that you trust, or leave it out",
      );
    }
    const part = userIdFrom ?? "email";
    if (userIdDomain !== undefined && part !== "email" && part !== "upn") {
      throw new StartError(
        `--user-id-domain does not go with --user-id-from ${part}`,
        "leave it out, or take the user ID from email or upn, which have a domain",
      );
    }
    const anchors = await readAnchors(trustAnchors, nowMs);
    const files = CrlFiles.open(crls, log);
    await files.tell(anchors, nowMs);
    const rule = { userIdFrom: part, ...(userIdDomain === undefined ? {} : { userIdDomain }) };
    return new Certificates(anchors, files, rule);
  }

  /** What terminals are told, so that each validates by itself. */
  get accepted() {
    return { anchors: this.#anchors, ...this.#rule };
  }

  /** With the revocation lists as they are now. */
  get trust(): CertificateTrust {
    return { ...this.accepted, crls: this.#crls.current };
  }
}
