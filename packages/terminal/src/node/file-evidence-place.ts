import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { SignetError } from "@signet/protocol";

import { mostEvidence } from "../people/evidence-place.ts";
import type { EvidencePlace } from "../people/evidence-place.ts";

/** In a folder of one server: a file each, named after when it was found, and after what it holds. Nothing is ever written over; what another one takes the place of goes when that one is there. */
export class FileEvidencePlace implements EvidencePlace {
  readonly #folder: string;
  readonly #nowMs: () => number;
  readonly #onKept: (path: string) => void;

  /** @param folder made with the first of it @param onKept hears where it was written */
  constructor(folder: string, onKept: (path: string) => void = () => undefined, nowMs = () => Date.now()) {
    this.#folder = folder;
    this.#onKept = onKept;
    this.#nowMs = nowMs;
  }

  all(): readonly string[] {
    try {
      return this.#names().map((name) => this.#textOf(name));
    } catch (cause) {
      throw new SignetError("directory.badPins", cause);
    }
  }

  keep(evidence: string, instead?: string): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const names = this.#names();
      const former = instead === undefined ? undefined : names.find((name) => this.#textOf(name) === instead);
      if (names.length - (former === undefined ? 0 : 1) >= mostEvidence) return;
      const when = new Date(this.#nowMs()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
      const what = createHash("sha256").update(evidence).digest("hex").slice(0, 8);
      const path = join(this.#folder, `${when}-${what}.json`);
      writeFileSync(path, `${evidence}\n`, { mode: 0o600, flag: "wx" });
      if (former !== undefined) rmSync(join(this.#folder, former));
      this.#onKept(path);
    } catch (cause) {
      throw new SignetError("directory.badPins", cause);
    }
  }

  #textOf(name: string): string {
    return readFileSync(join(this.#folder, name), "utf8");
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => name.endsWith(".json"))
        .toSorted();
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw cause;
    }
  }
}
