/** Cosigns checkpoints of the logs that it knows (C2SP tlog-witness): each only where it goes on from the last one that it cosigned. */
import { cosign, formatNote, openAddCheckpoint, parseNote, refusalOf } from "@signet/directory";
import type { AskedCheckpoint, NoteSigner, TreeHead, VerifierKey, WitnessRefusal } from "@signet/directory";
import { createHash } from "node:crypto";
import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

export interface WitnessParts {
  readonly signer: NoteSigner;
  /** A file beside the key: what was cosigned goes with it. */
  readonly path: string;
  readonly logs: readonly VerifierKey[];
  /** Seconds since 1970. */
  readonly nowS: () => number;
  /** What else has to be so. @returns whether it is; false also where that could not be found out */
  readonly isGood: (asked: AskedCheckpoint) => Promise<boolean>;
}

export type Cosigned =
  | { readonly status: 200; readonly lines: string; readonly checkpoint: AskedCheckpoint["checkpoint"] }
  | WitnessRefusal
  | { readonly status: 503 };

export class Witness {
  readonly #parts: WitnessParts;
  readonly #database: DatabaseSync;
  /** Each waits for the one before: what is compared is what is remembered. */
  #last: Promise<unknown> = Promise.resolve();

  /** @throws what SQLite and the file system say */
  constructor(parts: WitnessParts) {
    this.#parts = parts;
    closeSync(openSync(parts.path, "a", 0o600));
    chmodSync(parts.path, 0o600);
    this.#database = new DatabaseSync(parts.path, { timeout: 1_000 });
    this.#database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE;
       CREATE TABLE IF NOT EXISTS cosigned (
         origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL
       ) STRICT`,
    );
  }

  close(): void {
    this.#database.close();
  }

  /** @param body of `add-checkpoint` */
  async add(body: string): Promise<Cosigned> {
    const asked = await openAddCheckpoint(body, this.#parts.logs);
    if ("status" in asked) return asked;
    const early = refusalOf(asked, this.#latest(asked.checkpoint.origin));
    if (early !== undefined) return early;
    if (!(await this.#parts.isGood(asked))) return { status: 503 };
    const mine = this.#last.then(() => this.#cosign(asked));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** What was cosigned last of the log whose origin has this hash: SHA-256, hexadecimal. A signed note. */
  cosignedOf(originHash: string): string | undefined {
    const rows = this.#database.prepare("SELECT origin, note FROM cosigned").all();
    const row = rows.find(
      ({ origin }) => createHash("sha256").update(String(origin)).digest("hex") === originHash,
    );
    return row === undefined ? undefined : String(row["note"]);
  }

  #latest(origin: string): TreeHead | undefined {
    const row = this.#database.prepare("SELECT size, root FROM cosigned WHERE origin = ?").get(origin);
    return row && { size: Number(row["size"]), root: new Uint8Array(row["root"] as Uint8Array) };
  }

  async #cosign(asked: AskedCheckpoint): Promise<Cosigned> {
    const { checkpoint, key, note, text } = asked;
    const { nowS, signer } = this.#parts;
    const refusal = refusalOf(asked, this.#latest(checkpoint.origin));
    if (refusal !== undefined) return refusal;
    const cosignature = await cosign(text, nowS(), signer);
    // Of the log's own, and nobody else's: others' were not verified.
    const own = (parseNote(note)?.signatures ?? []).filter(
      ({ keyId, name }) => keyId === key.keyId && name === key.name,
    );
    const lines = formatNote({ text, signatures: [cosignature] }).slice(text.length + 1);
    this.#database
      .prepare("INSERT OR REPLACE INTO cosigned VALUES (?, ?, ?, ?)")
      .run(
        checkpoint.origin,
        checkpoint.size,
        checkpoint.root,
        formatNote({ text, signatures: [...own, cosignature] }),
      );
    return { status: 200, lines, checkpoint };
  }
}
