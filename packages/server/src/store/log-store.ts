import type { MapNodes, NoteSignature, TreeNode } from "@signet/directory";
import type { Bytes } from "@signet/protocol";

/** Who signs the log of a store. At once, so that what is signed becomes durable together with what it is of. */
export interface LogSigner {
  /** The log's name: the first line of each checkpoint. */
  readonly origin: string;
  readonly sign: (text: string) => NoteSignature;
}

/**
 * The log of all statements (docs/directory.md): written by `register` and `appendStatement`, within the same transaction, and signed before anybody
 * hears of it.
 */
export interface LogStore {
  /** The key that signs the log. @param made kept where there is none yet @returns the one that is kept */
  claimKey(made: string): Promise<string>;
  /**
   * To be called once, before anybody registers: from now on all that is written is logged, and signed by this one. Whatever is not in the log yet is
   * logged now. @param onProgress how many of how many statements are, while it takes long
   */
  begin(signer: LogSigner, onProgress?: (done: number, all: number) => void): Promise<void>;
  /** The latest checkpoint, a signed note; of no entries where nobody registered. */
  checkpoint(): Promise<string>;
  /** In the place of the latest, where that is still the same but for signatures beside the log's own. @returns whether it is */
  cosigned(note: string): Promise<boolean>;
  /** Checkpoints that witnesses cosigned, in the place of those of before: signed notes. */
  keepCosigned(notes: readonly string[]): Promise<void>;
  cosignedNotes(): Promise<readonly string[]>;
  /** Entries from one position to before another, as far as there are any. */
  entries(from: number, to: number): Promise<readonly Bytes[]>;
  /** Hashes of one level, from one position to before another, as far as there are any. */
  hashes(level: number, from: number, to: number): Promise<readonly Bytes[]>;
  /** All that is read within one look is of the same moment. */
  look<T>(at: (seen: LogSeen) => T): Promise<T>;
}

export interface LogSeen {
  readonly checkpoint: string;
  readonly size: number;
  readonly hashAt: (node: TreeNode) => Bytes | undefined;
  readonly map: MapNodes;
}
