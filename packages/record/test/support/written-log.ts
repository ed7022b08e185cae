/** A log with its map, as a server keeps it: in memory. */
import {
  appendLeaf,
  emptyFrontier,
  encodeLogEntry,
  encodeMapRootEntry,
  encodeSeenCheckpoint,
  formatCheckpoint,
  formatNote,
  formatVerifierKey,
  frontierRoot,
  leafHash,
  logEntryOf,
  mapKey,
  MapNodesInMemory,
  mapRoot,
  planConsistency,
  planInclusion,
  proofOf,
  proveInMap,
  setInMap,
  signNote,
  statementDigestOf,
} from "@signet/directory";
import type { MapProof, NoteSigner, TreeNode } from "@signet/directory";
import type { Bytes, DirectoryEntryIn, UserId } from "@signet/protocol";

export class WrittenLog {
  readonly signer: NoteSigner;
  readonly #nodes = new Map<string, Bytes>();
  readonly #map = new MapNodesInMemory();
  readonly #roots: Bytes[] = [];
  readonly entries: Bytes[] = [];
  #frontier = emptyFrontier;
  #isOpen = false;

  constructor(signer: NoteSigner) {
    this.signer = signer;
  }

  get verifierKey(): string {
    return formatVerifierKey(this.signer.key);
  }

  get size(): number {
    return this.#frontier.size;
  }

  /** The last statement of a history. */
  append(history: DirectoryEntryIn): void {
    const entry = logEntryOf(history, history.statements.length);
    this.#appendEntry(encodeLogEntry(entry));
    setInMap(this.#map, mapKey(history.userId), statementDigestOf(entry.proofs));
    this.#isOpen = true;
  }

  /** What no honest log appends. */
  appendAnyhow(entry: Bytes): void {
    this.#appendEntry(entry);
  }

  get mapRoot(): Bytes {
    return mapRoot(this.#map);
  }

  /** Of what was appended so far; the root of the map is its last entry. */
  async checkpoint(): Promise<string> {
    if (this.#isOpen) this.#appendEntry(encodeMapRootEntry(this.mapRoot));
    this.#isOpen = false;
    return this.signs({ mapRoot: this.mapRoot });
  }

  /** @param said of the map, whatever the log has */
  async signs(said: { readonly mapRoot?: Bytes }): Promise<string> {
    const origin = this.signer.key.name;
    const text = formatCheckpoint({ origin, size: this.size, root: frontierRoot(this.#frontier), ...said });
    return formatNote({ text, signatures: [await signNote(text, this.signer)] });
  }

  /** As people sign it. @param otherMap a root that the log has not */
  async seen(otherMap?: Bytes): Promise<Bytes> {
    const note = await this.checkpoint();
    const { key } = this.signer;
    if (otherMap === undefined) return encodeSeenCheckpoint(note, key) ?? new Uint8Array();
    const { size } = this;
    const text = formatCheckpoint({ origin: key.name, size, root: this.rootAt(size), mapRoot: otherMap });
    const signed = formatNote({ text, signatures: [await signNote(text, this.signer)] });
    return encodeSeenCheckpoint(signed, key) ?? new Uint8Array();
  }

  /** Of the first so many entries. */
  rootAt(size: number): Bytes {
    const root = this.#roots[size];
    if (root === undefined) throw new RangeError("the log never had this size");
    return root;
  }

  consistency(from: number, to = this.size): readonly Bytes[] {
    return proofOf(planConsistency(from, to), this.#hashAt);
  }

  inclusion(index: number): readonly Bytes[] {
    return proofOf(planInclusion(index, this.size), this.#hashAt);
  }

  mapRootProof(): readonly Bytes[] {
    return this.inclusion(this.size - 1);
  }

  mapProof(userId: UserId): MapProof {
    return proveInMap(this.#map, mapKey(userId));
  }

  #appendEntry(entry: Bytes): void {
    this.entries.push(entry);
    const { completed, frontier } = appendLeaf(this.#frontier, leafHash(entry));
    this.#frontier = frontier;
    this.#roots[frontier.size] = frontierRoot(frontier);
    for (const { hash, node } of completed) this.#nodes.set(`${node.level} ${node.index}`, hash);
  }

  readonly #hashAt = ({ index, level }: TreeNode): Bytes | undefined => this.#nodes.get(`${level} ${index}`);
}
