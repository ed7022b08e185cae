import { SignetError } from "@signet/protocol";

/** Where it is kept, beyond the end of the terminal, what speaks against a server. */
export interface EvidencePlace {
  /** Oldest first: each the text of a file. @throws SignetError `directory.badPins` */
  all(): readonly string[];
  /** @throws SignetError `directory.badPins` */
  keep(evidence: string): void;
}

/** The first is what counts, and a server could make any number. */
export const mostEvidence = 16;

export class MemoryEvidencePlace implements EvidencePlace {
  #kept: readonly string[] = [];

  all(): readonly string[] {
    return this.#kept;
  }

  keep(evidence: string): void {
    if (this.#kept.length < mostEvidence) this.#kept = [...this.#kept, evidence];
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

  keep(evidence: string): void {
    const kept = this.all();
    if (kept.length >= mostEvidence) return;
    try {
      this.#storage.setItem(this.#key, JSON.stringify([...kept, evidence]));
    } catch (cause) {
      throw new SignetError("directory.badPins", cause);
    }
  }
}
