import { SignetError } from "@signet/protocol";
import { maxContexts, nextSenderContext } from "../sframe/kid.ts";

/**
 * The contexts of one call's encryptors. Each encryptor counts from zero, so that none may have the context, and with it the key, of
 * one before it: no nonce comes twice, whatever the replaced one had sealed.
 */
export class SenderContexts {
  readonly #used = new Set<number>();

  /** @throws SignetError `frames.workerFailed` when all were used in this call */
  next(): number {
    for (let tried = 0; tried < maxContexts; tried++) {
      const context = nextSenderContext();
      if (this.#used.has(context)) continue;
      this.#used.add(context);
      return context;
    }
    throw new SignetError("frames.workerFailed");
  }
}
