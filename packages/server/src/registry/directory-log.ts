/** The log of all statements and the map of where each history ends, signed with a key of its own (docs/directory.md). */
import {
  mapKey,
  parseCheckpoint,
  parseNote,
  planConsistency,
  planInclusion,
  proofOf,
  proveInMap,
  verifierKey,
} from "@signet/directory";
import type { NoteSignature, VerifierKey } from "@signet/directory";
import { utf8 } from "@signet/protocol";
import type { Bytes, ReplyBody, UserId } from "@signet/protocol";
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

import type { LogStore } from "../store/log-store.ts";
import type { Store } from "../store/store.ts";

/** Below the server's own address, over which it is read, too. */
export const logPath = "/log";

/** What follows the scheme of where it is read, as C2SP names logs: `calls.example.org/log`. */
export const logOrigin = (serverOrigin: string): string => `${new URL(serverOrigin).host}${logPath}`;

/** Bytes before an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410). */
const spkiPrefixBytes = 12;

export class DirectoryLog {
  readonly #store: Store;
  #key: VerifierKey | undefined;
  #cosigned: readonly CosignedNote[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  /** From now on people can register. @param onProgress as of `LogStore.begin` */
  async begin(serverOrigin: string, onProgress?: (done: number, all: number) => void): Promise<void> {
    const privateKey = await keyIn(this.#store);
    const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
    const key = verifierKey(logOrigin(serverOrigin), "log", new Uint8Array(spki.subarray(spkiPrefixBytes)));
    const signText = (text: string): NoteSignature => ({
      name: key.name,
      keyId: key.keyId,
      signature: new Uint8Array(sign(null, utf8(text), privateKey)),
    });
    await this.#store.log.begin({ origin: key.name, sign: signText }, onProgress);
    this.#cosigned = (await this.#store.log.cosignedNotes()).map(sized);
    this.#key = key;
  }

  /** Checkpoints with what witnesses signed of them, the latest first: each witness once. */
  get cosigned(): readonly string[] {
    return this.#cosigned.map(({ note }) => note);
  }

  /** The first one in the place of the latest checkpoint, too, where that is still the same. */
  async keepCosigned(notes: readonly string[]): Promise<void> {
    this.#cosigned = notes.map(sized);
    await this.#store.log.keepCosigned(notes);
    const [latest] = notes;
    if (latest !== undefined) await this.#store.log.cosigned(latest);
  }

  /** Its name is the log's; undefined before it began. */
  get key(): VerifierKey | undefined {
    return this.#key;
  }

  get stored(): LogStore {
    return this.#store.log;
  }

  /** @returns undefined where there are not so many entries, or less at the end than at the beginning */
  consistency(from: number, to: number): Promise<readonly Bytes[] | undefined> {
    return this.#store.log.look(({ hashAt, size }) =>
      from > to || to > size ? undefined : proofOf(planConsistency(from, to), hashAt),
    );
  }

  /** @param from entries that whoever asks knows; where that is more than there are, nothing proves anything */
  prove(userIds: readonly UserId[], from: number): Promise<ReplyBody<"directory.prove">> {
    return this.#store.log.look(({ checkpoint, hashAt, map, size }) => {
      const hasBoth = from > 0 && from <= size;
      const cosigned = this.#cosigned.flatMap(({ note, size: its }) => {
        // Of more than there is, after a backup was restored, nothing can be proven.
        if (its === 0 || its > size) return [];
        return [{ checkpoint: note, consistencyProof: [...proofOf(planConsistency(its, size), hashAt)] }];
      });
      return {
        checkpoint,
        mapRootProof: size === 0 ? [] : [...proofOf(planInclusion(size - 1, size), hashAt)],
        consistencyProof: hasBoth ? [...proofOf(planConsistency(from, size), hashAt)] : [],
        people: userIds.map((userId) => {
          const { leaf, siblings } = proveInMap(map, mapKey(userId));
          return { userId, siblings: [...siblings], ...(leaf && { leaf }) };
        }),
        ...(cosigned.length > 0 && { cosigned }),
      };
    });
  }
}

/** With what is asked of it at each request. */
interface CosignedNote {
  readonly note: string;
  /** 0 where it cannot be read. */
  readonly size: number;
}

const sized = (note: string): CosignedNote => ({
  note,
  size: parseCheckpoint(parseNote(note)?.text ?? "")?.size ?? 0,
});

/** The one that was made at the first start. */
async function keyIn(store: Store): Promise<KeyObject> {
  const { privateKey: made } = generateKeyPairSync("ed25519");
  const encoded = made.export({ format: "pem", type: "pkcs8" }).toString();
  return createPrivateKey(await store.log.claimKey(encoded));
}
