/** A log and its map as a server keeps them, in memory, signed by a key of its own; and what a dishonest one makes of it. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";

import {
  MapNodesInMemory,
  encodeMapRootEntry,
  formatCheckpoint,
  formatNote,
  leafHash,
  mapKey,
  mapRoot,
  nodeHash,
  planConsistency,
  planInclusion,
  proofOf,
  proveInMap,
  setInMap,
  verifierKey,
} from "@signet/directory";
import type { Checkpoint, TreeNode, VerifierKey } from "@signet/directory";
import { SignetError, utf8 } from "@signet/protocol";
import type { Bytes, ReplyBody, RequestBody, UserId } from "@signet/protocol";

/** PKCS #8 up to the seed of an Ed25519 key (RFC 8410 section 7). */
const prefix = Buffer.from("302e020100300506032b657004220420", "hex");

function keyOf(seed: number) {
  const der = Buffer.concat([prefix, Buffer.alloc(32, seed)]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return { privateKey, publicKey: new Uint8Array(spki.subarray(-32)) };
}

export class TestLog {
  readonly key: VerifierKey;
  readonly #privateKey: ReturnType<typeof keyOf>["privateKey"];
  readonly #seed: number;
  #map = new MapNodesInMemory();
  #heads = new Map<UserId, Bytes>();
  #leaves: Bytes[] = [];

  constructor(seed = 7, origin = "signet.example/log") {
    const { privateKey, publicKey } = keyOf(seed);
    this.#seed = seed;
    this.#privateKey = privateKey;
    this.key = verifierKey(origin, "log", publicKey);
  }

  get size(): number {
    return this.#leaves.length;
  }

  /** A statement after which their history ends so, and the root of the map. */
  append(userId: UserId, head: Bytes): this {
    this.#heads.set(userId, head);
    setInMap(this.#map, mapKey(userId), head);
    this.#leaves.push(
      leafHash(Uint8Array.of(...utf8(userId), ...head)),
      leafHash(encodeMapRootEntry(mapRoot(this.#map))),
    );
    return this;
  }

  /** Another one that goes on from here by itself, with the same key. */
  fork(): TestLog {
    const fork = new TestLog(this.#seed, this.key.name);
    for (const [userId, head] of this.#heads) {
      fork.#heads.set(userId, head);
      setInMap(fork.#map, mapKey(userId), head);
    }
    fork.#leaves = [...this.#leaves];
    return fork;
  }

  checkpoint(): Checkpoint {
    return {
      origin: this.key.name,
      size: this.size,
      root: rootOf(this.#leaves),
      mapRoot: mapRoot(this.#map),
    };
  }

  /** @param change of what is signed */
  note(change: Partial<Checkpoint> = {}): string {
    return this.signed(formatCheckpoint({ ...this.checkpoint(), ...change }));
  }

  signed(text: string): string {
    const { keyId, name } = this.key;
    const signature = new Uint8Array(sign(null, utf8(text), this.#privateKey));
    return formatNote({ text, signatures: [{ name, keyId, signature }] });
  }

  consistency({ from, to }: RequestBody<"directory.consistency">): ReplyBody<"directory.consistency"> {
    if (to > this.size) throw new SignetError("log.noSuchSize");
    return { proof: [...proofOf(planConsistency(from, to), this.#hashAt)] };
  }

  prove({ from, userIds }: RequestBody<"directory.prove">): ReplyBody<"directory.prove"> {
    const { size } = this;
    return {
      checkpoint: this.note(),
      mapRootProof: [...proofOf(planInclusion(size - 1, size), this.#hashAt)],
      consistencyProof: from > 0 && from <= size ? this.consistency({ from, to: size }).proof : [],
      people: userIds.map((userId) => this.proofOf(userId)),
    };
  }

  proofOf(userId: UserId): ReplyBody<"directory.prove">["people"][number] {
    const { leaf, siblings } = proveInMap(this.#map, mapKey(userId));
    return { userId, siblings: [...siblings], ...(leaf && { leaf }) };
  }

  readonly #hashAt = ({ index, level }: TreeNode): Bytes =>
    rootOf(this.#leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
}

/** RFC 9162 section 2.1.1, of one leaf or more. */
function rootOf(leaves: readonly Bytes[]): Bytes {
  const [only] = leaves;
  if (only === undefined) throw new RangeError("no leaf");
  if (leaves.length === 1) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}
