/** The device of this run: found or made once the server is known to be there, and asked for a passphrase or PIN only then. */
import type { SignatureDevice } from "@signet/device";
import { SignetError, deviceAtHand } from "@signet/terminal";
import type { DeviceProvider } from "@signet/terminal";

import type { Identity } from "../run/identity.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { createKeyFile, isKeyFile, openKeyFile, removeKeyFile } from "./software-keys.ts";
import { wrongUse } from "../failure.ts";

export class HeldDevice {
  #provider: DeviceProvider | undefined;
  #device: SignatureDevice | undefined;
  #madeFile: string | undefined;

  /** For the terminal, which asks for the device when it signs in. */
  readonly provider: DeviceProvider = {
    create: (input) => this.#required.create(input),
    open: (serverOrigin, entries) => this.#required.open(serverOrigin, entries),
  };

  get device(): SignatureDevice | undefined {
    return this.#device;
  }

  /** @throws Failure, SignetError `device.*`, Interrupted */
  async open({ key, passphrase }: Identity): Promise<void> {
    if (key.type === "file") this.#hold(await openKeyFile(key.path, passphrase));
  }

  /** Makes the key where there is none yet. @throws as {@link open} */
  async openOrCreate(identity: Identity, values: TerminalOptions): Promise<void> {
    const { key, passphrase } = identity;
    if (key.type === "file") {
      if (isKeyFile(key.path)) return this.open(identity);
      const algorithm = values["key-type"] ?? "ES256";
      if (algorithm === "RS256" || algorithm === "PS256")
        throw wrongUse("a software key cannot be RSA", "leave --key-type out, or give EdDSA");
      this.#hold(await createKeyFile(key.path, algorithm, passphrase));
      this.#madeFile = key.path;
    }
  }

  /** The server did not take the key that was made for it: nothing is left behind. */
  discardMade(): void {
    if (this.#madeFile !== undefined) removeKeyFile(this.#madeFile);
  }

  #hold(device: SignatureDevice): void {
    this.#device = device;
    this.#provider = deviceAtHand(device);
  }

  get #required(): DeviceProvider {
    if (this.#provider === undefined) throw new SignetError("device.unsupported");
    return this.#provider;
  }
}
