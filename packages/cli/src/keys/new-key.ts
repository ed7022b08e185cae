/** The key that joins the person's others: in another place than the one that signs. */
import { basename, resolve } from "node:path";

import type { Pkcs11Device } from "@signet/device/pkcs11";

import { said } from "../options/said.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import type { Identity } from "../run/identity.ts";
import { Secret, passphraseOf, pinOf } from "../secrets/secret.ts";
import type { KeyChoice } from "./key-choice.ts";

/** The same person with the new key. A PIN that nobody types is that of the token that signs, and is tried at no other. */
export function newKeyIdentity(values: TerminalOptions, { certificate: _, ...identity }: Identity): Identity {
  const key = newKeyChoice(values);
  const isSecondToken = key.type === "token" && identity.key.type === "token";
  const pin = isSecondToken || values["new-pin-fd"] !== undefined ? Secret.ofNewToken(values) : pinOf(values);
  const passphrase =
    values["new-passphrase-fd"] === undefined ? passphraseOf(values) : Secret.ofNewFile(values);
  return { ...identity, key, pin, passphrase };
}

function newKeyChoice(values: TerminalOptions): KeyChoice {
  const { "new-key-file": file, "new-module": module } = values;
  if (module === undefined) return { type: "file", path: resolve(file ?? "") };
  return {
    type: "token",
    module,
    ...said({
      token: values["new-token"],
      serial: values["new-serial"],
      keyId: values["new-key-id"],
      algorithm: values["key-type"],
    }),
  };
}

/** What it is called, where nobody says: as its file, or its token. */
export function nameOf(key: KeyChoice, token: Pkcs11Device | undefined): string {
  return key.type === "file" ? basename(key.path).replace(/\.key$/, "") : (token?.token.label ?? "").trim();
}
