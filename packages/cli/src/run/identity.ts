import { resolve } from "node:path";

import type { Pkcs11Device } from "@signet/device/pkcs11";
import type { UserId } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { said } from "../options/said.ts";
import { wrongUse } from "../failure.ts";
import { chooseKey } from "../keys/key-choice.ts";
import type { KeyChoice } from "../keys/key-choice.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { Profile, defaultProfileFolder } from "../profile.ts";
import type { Remembered } from "../profile.ts";
import { passphraseOf, pinOf } from "../secrets/secret.ts";
import type { Secret } from "../secrets/secret.ts";

/** Who somebody is at which server, and with what they sign: what was said, and what is remembered where nothing was. */
export interface Identity {
  readonly profile: Profile;
  readonly server: string;
  readonly user: UserId;
  readonly key: KeyChoice;
  readonly passphrase: Secret;
  readonly pin: Secret;
  readonly certificate?: string;
  readonly trustAnchors?: string;
  readonly crl?: string;
  readonly userIdFrom?: NonNullable<TerminalOptions["user-id-from"]>;
  readonly userIdDomain?: string;
}

/** @throws Failure */
export function identify(values: TerminalOptions): Identity {
  const profile = new Profile(values.profile ?? defaultProfileFolder(process.env));
  const remembered = profile.recall();
  const server = values.server ?? remembered.server;
  if (server === undefined) throw wrongUse(texts().trouble.noServer, texts().trouble.serverOnce);
  const user = values.user ?? remembered.user;
  if (user === undefined) throw wrongUse(texts().trouble.noUser, texts().trouble.userOnce);
  profile.prepare();
  const isSame = user === remembered.user && server === remembered.server;
  const known = isSame ? remembered : {};
  const certificate = absolute(values.certificate) ?? known.certificate;
  const trustAnchors = absolute(values["trust-anchors"]) ?? known["trust-anchors"];
  const crl = absolute(values.crl) ?? known.crl;
  const userIdFrom = values["user-id-from"] ?? known["user-id-from"];
  const userIdDomain = values["user-id-domain"] ?? known["user-id-domain"];
  for (const name of ["crl", "user-id-from", "user-id-domain"] as const)
    if (values[name] !== undefined && trustAnchors === undefined)
      throw wrongUse(texts().trouble.belongsToAnchors(name), texts().trouble.giveAnchors);
  if (values["user-id-domain"] !== undefined && (userIdFrom === "cn" || userIdFrom === "serial"))
    throw wrongUse(texts().trouble.domainSaysNothing(userIdFrom), texts().trouble.onlyEmail);
  return {
    profile,
    server,
    user,
    key: chooseKey(values, remembered, profile, user),
    passphrase: passphraseOf(values),
    pin: pinOf(values),
    ...said({ certificate, trustAnchors, crl, userIdFrom, userIdDomain }),
  };
}

/** Remembered paths hold wherever the next command runs. */
const absolute = (path: string | undefined): string | undefined =>
  path === undefined ? undefined : resolve(path);

/**
 * So that the next command needs none of it, and so that another token in the place of this one is seen.
 * @param token that was signed in with
 */
export function remember(identity: Identity, token: Pkcs11Device | undefined): void {
  const { profile, server, user, key, certificate, trustAnchors, crl, userIdFrom, userIdDomain } = identity;
  const chosen: Remembered =
    key.type === "file"
      ? { "key-file": key.path }
      : {
          module: key.module,
          ...said({ "module-parameters": key.moduleParameters }),
          ...(token === undefined ? {} : knownOf(token)),
          ...said({ "key-type": key.algorithm }),
        };
  profile.remember({
    server,
    user,
    ...chosen,
    ...said({
      certificate,
      "trust-anchors": trustAnchors,
      crl,
      "user-id-from": userIdFrom,
      "user-id-domain": userIdDomain,
    }),
  });
}

function knownOf({ key, publicKey, token }: Pkcs11Device): Remembered {
  const named = (text: string): string | undefined => (text === "" ? undefined : text);
  return {
    ...said({ token: named(token.label), key: named(key.label), "key-id": named(key.id) }),
    "token-serial": token.serial,
    "public-key": Buffer.from(publicKey).toString("base64url"),
  };
}
