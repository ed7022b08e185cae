import { SignetError } from "@signet/protocol";

/** Where it is kept, beyond the end of the terminal, what speaks against a server. */
export interface EvidencePlace {
  /** Oldest first: each the text of a file. @throws SignetError `directory.badPins` */
  all(): readonly string[];
  /**
   * Where it is full, nothing is kept but in the place of another one.
   * @param instead one of `all()`, which goes
   * @throws SignetError `directory.badPins`
   */
  keep(evidence: string, instead?: string): void;
}

/** A server could make any number. */
export const mostEvidence = 16;

/** @returns undefined where there is no room */
function withRoomFor(
  kept: readonly string[],
  evidence: string,
  instead: string | undefined,
): readonly string[] | undefined {
  const place = instead === undefined ? -1 : kept.indexOf(instead);
  const rest = place === -1 ? kept : kept.toSpliced(place, 1);
  return rest.length < mostEvidence ? [...rest, evidence] : undefined;
}

export class MemoryEvidencePlace implements EvidencePlace {
  #kept: readonly string[] = [];

  all(): readonly string[] {
    return this.#kept;
  }

  keep(evidence: string, instead?: string): void {
    this.#kept = withRoomFor(this.#kept, evidence, instead) ?? this.#kept;
  }
}

/** In a `Storage` such as `localStorage`, beside the pins: a JSON array of texts. */
export class WebEvidencePlace implements EvidencePlace {
  readonly #storage: Storage;
  readonly #key: string;

  constructor(storage: Storage, serverOrigin: string) {
    this.#storage = storage;
    this.#key = `signet.evidence.${serverOrigin}`;
  }

  all(): readonly string[] {
    try {
      const kept: unknown = JSON.parse(this.#storage.getItem(this.#key) ?? "[]");
      if (!Array.isArray(kept)) throw new TypeError("no evidence");
      return kept.filter((one): one is string => typeof one === "string");
    } catch (cause) {
      throw new SignetError("directory.badPins", cause);
    }
  }

  keep(evidence: string, instead?: string): void {
    const kept = withRoomFor(this.all(), evidence, instead);
    if (kept === undefined) return;
    try {
      this.#storage.setItem(this.#key, JSON.stringify(kept));
    } catch (cause) {
      throw new SignetError("directory.badPins", cause);
    }
  }
}
