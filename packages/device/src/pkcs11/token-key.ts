/** A private key on a token at work, whatever the token wants for it. */
import { SignetError } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import type { TokenObject } from "./messages.ts";
import type { SignWay } from "./sign-way.ts";
import type { TokenLogin } from "./token-login.ts";

/** What stays of a key when its handle does not. */
type KeyMarks = Pick<TokenObject, "handle" | "label" | "id">;

export class TokenKey {
  readonly #login: TokenLogin;
  readonly #way: SignWay;
  #key: KeyMarks;
  #pinForEach: boolean;

  /** @param pinForEach the key says that it wants the PIN for each signature (CKA_ALWAYS_AUTHENTICATE) */
  constructor(login: TokenLogin, key: KeyMarks, way: SignWay, pinForEach: boolean) {
    this.#login = login;
    this.#key = key;
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
      return await this.#signFound(message, this.#pinForEach);
    } catch (error) {
      if (!isCode(error, "device.loginLapsed")) throw error;
    }
    await this.#login.again();
    try {
      return await this.#signFound(message, this.#pinForEach);
    } catch (error) {
      if (!isCode(error, "device.loginLapsed") || this.#pinForEach) throw error;
    }
    const signature = await this.#signFound(message, true);
    this.#pinForEach = true;
    return signature;
  }

  /** Another device of this process may have made the login anew, and then the key has another handle. */
  async #signFound(message: Bytes, withPin: boolean): Promise<Bytes> {
    try {
      return await this.#signOnce(message, withPin);
    } catch (error) {
      if (!isCode(error, "device.keyNotFound")) throw error;
      const { client, session } = this.#login;
      const { privateKeys } = await client.request("objects", { session });
      const { id, label } = this.#key;
      const found = privateKeys.filter((one) => one.id === id && one.label === label);
      // Of two of one name it could be the other one; the signature would show it, but a person has to choose again.
      if (found.length !== 1 || found[0] === undefined) throw error;
      this.#key = found[0];
      return this.#signOnce(message, withPin);
    }
  }

  async #signOnce(message: Bytes, withPin: boolean): Promise<Bytes> {
    const { mechanism, pss, prepare } = this.#way;
    const { client, session } = this.#login;
    const ask = {
      session,
      key: this.#key.handle,
      mechanism: { mechanism, pss },
      message: await prepare(message),
    };
    if (!withPin) return client.request("sign", ask);
    return this.#login.withPin((pin) => client.request("sign", { ...ask, pin }));
  }
}

const isCode = (error: unknown, code: ErrorCode): boolean =>
  error instanceof SignetError && error.code === code;
