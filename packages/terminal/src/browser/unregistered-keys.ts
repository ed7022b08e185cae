import { readCreation } from "@signet/device";
import type { WebAuthnCreation } from "@signet/device";
import { fromBase64Url, toBase64Url } from "@signet/protocol";
import type { Bytes, UserId } from "@signet/protocol";

/** What a registration made with its first touch. */
interface Made {
  readonly serverOrigin: string;
  readonly userId: UserId;
  readonly challenge: Bytes;
  readonly attestationObject: Bytes;
  readonly clientDataJson: Bytes;
}

const place = "signet.unregistered";
/** A server takes it for ten minutes from when it gave the challenge, of which the touch and the next try take some. */
const keptMs = 8 * 60_000;

/**
 * The passkey that a registration made whose second touch did not come. At the next try it is used, so that not one more is made each
 * time, which nobody could take away but the person, by hand. One, the latest. Nothing of it is secret.
 */
export class UnregisteredKeys {
  readonly #storage: Storage | undefined;
  readonly #nowMs: () => number;
  /** As it stands in the storage, if that takes it. */
  #text: string | undefined;

  /** @param storage that may refuse whatever is asked of it */
  constructor(storage: Storage | undefined, nowMs: () => number) {
    this.#storage = storage;
    this.#nowMs = nowMs;
    this.#text = attempt(() => storage?.getItem(place)) ?? undefined;
  }

  keep({ serverOrigin, userId, ...bytes }: Made): void {
    const { challenge, attestationObject, clientDataJson } = bytes;
    const texts = [challenge, attestationObject, clientDataJson].map(toBase64Url);
    const text = JSON.stringify([serverOrigin, userId, this.#nowMs(), ...texts]);
    this.#text = text;
    attempt(() => this.#storage?.setItem(place, text));
  }

  /** @returns undefined where there is none for this user ID, or none that can be read, or an old one */
  async find(
    serverOrigin: string,
    userId: UserId,
  ): Promise<{ readonly creation: WebAuthnCreation; readonly madeFor: Bytes } | undefined> {
    const stored: unknown = attempt(() => JSON.parse(this.#text ?? "null"));
    if (!Array.isArray(stored) || stored[0] !== serverOrigin || stored[1] !== userId) return undefined;
    const ageMs = this.#nowMs() - Number(stored[2]);
    if (!(ageMs >= 0 && ageMs < keptMs)) return undefined;
    const [madeFor, attestationObject, clientDataJSON] = stored.slice(3).map(bytesOf);
    if (madeFor === undefined) return undefined;
    try {
      const result = { response: { attestationObject, clientDataJSON } };
      return { creation: await readCreation(result, ["ES256", "EdDSA", "RS256"]), madeFor };
    } catch {
      return undefined;
    }
  }

  forget(): void {
    this.#text = undefined;
    attempt(() => this.#storage?.removeItem(place));
  }
}

const bytesOf = (text: unknown): Bytes | undefined =>
  typeof text === "string" ? fromBase64Url(text) : undefined;

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
