/** The device of this run: found or made once the server is known to be there, and asked for a passphrase or PIN only then. */
import type { SignatureDevice } from "@signet/device";
import type { Pkcs11Device } from "@signet/device/pkcs11";
import { SignetError, deviceAtHand } from "@signet/terminal";
import type { DeviceProvider } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { wrongUse } from "../failure.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import type { Identity } from "../run/identity.ts";
import { certified } from "./certificates.ts";
import { createKeyFile, isKeyFile, openKeyFile, removeKeyFile } from "./software-keys.ts";
import { createTokenKey, openTokenKey } from "./token-keys.ts";

export class HeldDevice {
  #device: SignatureDevice | undefined;
  #token: Pkcs11Device | undefined;
  #madeFile: string | undefined;
  #added: HeldDevice | undefined;

  /** For the terminal, which asks for the device when it signs in. */
  readonly provider: DeviceProvider = {
    create: (input) => deviceAtHand((this.#added ?? this).device).create(input),
    open: (serverOrigin, devices) => deviceAtHand(this.device).open(serverOrigin, devices),
  };

  /** @throws SignetError before it was opened */
  get device(): SignatureDevice {
    if (this.#device === undefined) throw new SignetError("device.unsupported");
    return this.#device;
  }

  /** @throws Failure, SignetError `device.*`, Interrupted */
  async open(identity: Identity): Promise<void> {
    const { key, passphrase, pin } = identity;
    if (key.type === "file") this.#device = certified(await openKeyFile(key.path, passphrase), identity);
    else this.#holdToken(await openTokenKey(key, pin), identity);
  }

  /** Makes the key where there is none yet. @throws as {@link open} */
  async openOrCreate(identity: Identity, values: TerminalOptions): Promise<void> {
    const { key, passphrase, pin } = identity;
    const label = values["new-key"];
    if (key.type === "token") {
      if (label === undefined) return this.open(identity);
      return this.#holdToken(await createTokenKey(key, label, pin), identity);
    }
    if (isKeyFile(key.path)) return this.open(identity);
    const algorithm = values["key-type"] ?? "ES256";
    if (algorithm === "RS256" || algorithm === "PS256")
      throw wrongUse(texts().trouble.noRsa, texts().trouble.noRsaHint);
    this.#device = await createKeyFile(key.path, algorithm, passphrase);
    this.#madeFile = key.path;
    this.#device = certified(this.#device, identity);
    return undefined;
  }

  /** What the person has beside this one from now on, and the terminal asks for when it adds a device. */
  adds(other: HeldDevice): void {
    this.#added = other;
  }

  /** The token and the key on it, where it is one. */
  get token(): Pkcs11Device | undefined {
    return this.#token;
  }

  /** Logs out of the token. */
  close(): void {
    this.#token?.close();
  }

  /** The server did not take the key file that was made for it: nothing is left behind. */
  discardMade(): void {
    if (this.#madeFile !== undefined) removeKeyFile(this.#madeFile);
    this.#madeFile = undefined;
  }

  #holdToken(token: Pkcs11Device, identity: Identity): void {
    this.#token = token;
    this.#device = certified(token, identity);
  }
}
