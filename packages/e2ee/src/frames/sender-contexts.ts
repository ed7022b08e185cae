import { SignetError } from "@signet/protocol";
import { firstContext, maxContexts } from "../sframe/kid.ts";

/**
 * The contexts of one call's encryptors, of which all know the first one. Each encryptor counts from zero, so that none may have the context, and with it the key, of
 * one before it: no nonce comes twice, whatever the replaced one had sealed.
 */
export class SenderContexts {
  #next = firstContext;

  /** @throws SignetError `frames.workerFailed` when all were used in this call */
  next(): number {
    if (this.#next >= maxContexts) throw new SignetError("frames.workerFailed");
    return this.#next++;
  }
}
