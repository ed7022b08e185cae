/** A private key on a token at work, whatever the token wants for it. */
import { SignetError } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { SignWay } from "./sign-way.ts";
import type { TokenLogin } from "./token-login.ts";

export class TokenKey {
  readonly #login: TokenLogin;
  readonly #handle: Bytes;
  readonly #way: SignWay;
  #pinForEach: boolean;

  /** @param pinForEach the key says that it wants the PIN for each signature (CKA_ALWAYS_AUTHENTICATE) */
  constructor(login: TokenLogin, handle: Bytes, way: SignWay, pinForEach: boolean) {
    this.#login = login;
    this.#handle = handle;
    this.#way = way;
    this.#pinForEach = pinForEach;
  }

  /**
   * Where the token says that nobody is logged in, the login is made anew once. Where it says so still, the key may want its PIN for
   * each signature without saying so.
   * @returns the signature as the token makes it
   * @throws SignetError `device.*`
   */
  async sign(message: Bytes): Promise<Bytes> {
    try {
      return await this.#signOnce(message, this.#pinForEach);
    } catch (error) {
      if (!isLapsed(error)) throw error;
    }
    await this.#login.again();
    try {
      return await this.#signOnce(message, this.#pinForEach);
    } catch (error) {
      if (!isLapsed(error) || this.#pinForEach) throw error;
    }
    const signature = await this.#signOnce(message, true);
    this.#pinForEach = true;
    return signature;
  }

  async #signOnce(message: Bytes, withPin: boolean): Promise<Bytes> {
    const { mechanism, pss, prepare } = this.#way;
    const { client, session } = this.#login;
    const ask = {
      session,
      key: this.#handle,
      mechanism: { mechanism, pss },
      message: await prepare(message),
    };
    if (!withPin) return client.request("sign", ask);
    return this.#login.withPin((pin) => client.request("sign", { ...ask, pin }));
  }
}

const isLapsed = (error: unknown): boolean =>
  error instanceof SignetError && error.code === "device.loginLapsed";
