/**
 * One server's log, as it goes on: what is signed has to go on from what was, what is served has to be what was signed, and what it says has to keep
 * the rules. A round reads what is new, and ends in nothing, in a finding, or in that nothing came.
 */
import {
  appendLeaf,
  decodeEntryBundle,
  decodeMapRootEntry,
  decodeTile,
  emptyFrontier,
  emptyTreeRoot,
  encodeMapRootEntry,
  formatVerifierKey,
  frontierRoot,
  isSameMap,
  isWhole,
  leafHash,
  openCheckpoint,
  planConsistency,
  proofOf,
  tileWidth,
  tileWidthAt,
} from "@signet/directory";
import type { Checkpoint, Frontier, VerifierKey } from "@signet/directory";
import { equalBytes } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { evident, heldAt } from "./evident.ts";
import { Finding } from "./finding.ts";
import { Unreached } from "./log-client.ts";
import type { LogClient } from "./log-client.ts";
import { Replay } from "./replay.ts";
import type { TakenStatement } from "./replay.ts";
import type { Believed, MonitorState } from "./state.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Bundles that become durable together: some seconds of work. */
const bundlesAtOnce = 16;
/** Tiles that are asked for ahead. */
const mostAhead = 8;

const otherTree = new Error("the leaves are not those of the tree that is signed");

export interface MonitorListener {
  /** Entries that were checked of those there are, while it goes on. */
  onProgress(done: number, all: number): void;
  onStatement(taken: TakenStatement): void;
}

export interface MonitorParts {
  readonly server: string;
  readonly key: VerifierKey;
  readonly client: LogClient;
  readonly state: MonitorState;
  readonly administrators: ReadonlySet<string> | undefined;
  readonly listener: MonitorListener;
}

/** How far it is checked. */
export interface Round {
  readonly believed: Believed;
  /** Whether anything is new. */
  readonly grown: boolean;
  /** The server shows entries to nobody: that one tree goes on from the other is all that can be checked. */
  readonly hidden: boolean;
  readonly people: number;
  readonly statements: number;
}

export class Monitor {
  readonly #parts: MonitorParts;
  #replay: Replay | undefined;
  #running: Promise<Round> | undefined;

  constructor(parts: MonitorParts) {
    this.#parts = parts;
  }

  /** One that is under way counts for whoever comes meanwhile. @throws Finding, Unreached */
  round(): Promise<Round> {
    return (this.#running ??= this.#round()
      .catch((error: unknown) => {
        // It may be ahead of what is kept.
        this.#replay = undefined;
        throw error;
      })
      .finally(() => {
        this.#running = undefined;
      }));
  }

  async #round(): Promise<Round> {
    const { client, state } = this.#parts;
    const before = state.believed;
    await this.#sameKey();
    const note = await client.checkpoint();
    if (note === undefined) throw new Finding("missing", { ...(before && { known: before.note }) });
    const shown = await this.#opened(note, before);
    if (before === undefined || shown.checkpoint.size > before.checkpoint.size)
      await this.#goOn(shown, before);
    else if (shown.checkpoint.size < before.checkpoint.size) throw this.#rolledBack(shown, before);
    else if (!sameTree(before.checkpoint, shown.checkpoint))
      throw new Finding("forked", { known: before.note, shown: note, consistencyProof: [] });
    const believed = state.believed as Believed;
    const grown = before === undefined || believed.checkpoint.size > before.checkpoint.size;
    const done = await this.#replayed(believed);
    return {
      believed,
      grown,
      hidden: done === undefined,
      people: done ?? 0,
      statements: state.statements,
    };
  }

  async #sameKey(): Promise<void> {
    const { client, key, server, state } = this.#parts;
    const named = await client.named();
    const known = state.believed?.note;
    if (named === undefined) throw new Finding("missing", { ...(known !== undefined && { known }) });
    const [expected, shown] = [formatVerifierKey(key), formatVerifierKey(named.key)];
    if (expected !== shown)
      throw new Finding("otherKey", { ...(known !== undefined && { known }), shownLogKey: shown });
    if (named.url !== `${server}/log`)
      throw new Unreached(texts().monitor.unreadable.elsewhere(named.url, server));
  }

  async #opened(note: string, before: Believed | undefined): Promise<Believed> {
    const opened = await openCheckpoint(note, this.#parts.key);
    if (opened.ok && opened.checkpoint.mapRoot !== undefined) return { note, checkpoint: opened.checkpoint };
    throw new Finding("badCheckpoint", { ...(before && { known: before.note }), shown: note });
  }

  /** The tree that was, with leaves appended, has to be the tree that is signed. */
  async #goOn(shown: Believed, before: Believed | undefined): Promise<void> {
    const { state } = this.#parts;
    const { root, size } = shown.checkpoint;
    try {
      // A server can show tiles without end: nothing of them is held in memory, and nothing is kept of a tree that was not signed.
      await state.whole(async () => {
        let tree = before === undefined ? emptyFrontier : state.frontier(before.checkpoint.size);
        for await (const leaf of this.#leaves(tree.size, shown)) {
          const appended = appendLeaf(tree, leaf);
          tree = appended.frontier;
          state.addNodes(appended.completed);
        }
        if (!equalBytes(size === 0 ? emptyTreeRoot : frontierRoot(tree), root)) throw otherTree;
        state.believe(shown.note);
      });
    } catch (error) {
      throw error === otherTree ? await this.#notTheTree(shown, before) : error;
    }
  }

  async *#leaves(from: number, shown: Believed): AsyncGenerator<Bytes> {
    const { size } = shown.checkpoint;
    for await (const { first, tile } of this.#ahead(0, from, size)) {
      const hashes =
        tile instanceof Uint8Array ? decodeTile(tile, Math.min(tileWidth, size - first)) : undefined;
      const known = this.#parts.state.believed?.note;
      const facts = { shown: shown.note, position: first, ...(known !== undefined && { known }) };
      if (tile === 403 || tile === 404) throw new Finding("withheld", facts);
      if (hashes === undefined) throw new Finding("tiles", facts);
      yield* hashes.slice(Math.max(0, from - first));
    }
  }

  /** Tiles of one kind, in their order, some of them asked for before it is their turn. */
  async *#ahead(level: 0 | "entries", from: number, size: number) {
    const { client } = this.#parts;
    const last = Math.ceil(size / tileWidth);
    const asked: Promise<Bytes | 403 | 404>[] = [];
    let next = Math.floor(from / tileWidth);
    for (let index = next; index < last; index++) {
      for (; next < Math.min(last, index + mostAhead); next++) {
        const answer = client.tile({ level, index: next, width: tileWidthAt(level, next, size) });
        // It is waited for when it is its turn.
        answer.catch(() => undefined);
        asked.push(answer);
      }
      yield { first: index * tileWidth, tile: (await asked.shift()) as Bytes | 403 | 404 };
    }
  }

  /** It may also be another one than it was so far: then its root is not that of the entries that are known. */
  #rolledBack({ checkpoint, note }: Believed, before: Believed): Finding {
    const { state } = this.#parts;
    const facts = { known: before.note, shown: note };
    if (checkpoint.size === 0) return new Finding("rolledBack", facts);
    const root = frontierRoot(state.frontier(checkpoint.size));
    const plan = planConsistency(checkpoint.size, before.checkpoint.size);
    const consistencyProof = withRoot(checkpoint.size, root, proofOf(plan, state.hashAt));
    return new Finding("rolledBack", { ...facts, consistencyProof });
  }

  /** Either the log is another one than before, or its tiles are not what it signed. */
  async #notTheTree(shown: Believed, before: Believed | undefined): Promise<Finding> {
    const facts = { shown: shown.note, ...(before && { known: before.note }) };
    if (before === undefined) return new Finding("tiles", facts);
    const hashes = new Map<string, Bytes>();
    const [from, to] = [before.checkpoint.size, shown.checkpoint.size];
    let tree: Frontier = emptyFrontier;
    let beginning: Bytes = emptyTreeRoot;
    for await (const leaf of this.#leaves(0, shown)) {
      const appended = appendLeaf(tree, leaf);
      tree = appended.frontier;
      if (tree.size === from) beginning = frontierRoot(tree);
      for (const { hash, node } of appended.completed) hashes.set(`${node.level} ${node.index}`, hash);
    }
    if (!equalBytes(frontierRoot(tree), shown.checkpoint.root)) return new Finding("tiles", facts);
    const proof =
      from === 0
        ? []
        : proofOf(planConsistency(from, to), ({ index, level }) => hashes.get(`${level} ${index}`));
    const consistencyProof = withRoot(from, beginning, proof);
    return new Finding("forked", { ...facts, consistencyProof });
  }

  /** @returns how many people there are; undefined where entries are shown to nobody */
  async #replayed(believed: Believed): Promise<number | undefined> {
    const { administrators, listener, server, state } = this.#parts;
    const { mapRoot, size } = believed.checkpoint;
    const last = size === 0 ? undefined : state.hashAt({ level: 0, index: size - 1 });
    const named = leafHash(encodeMapRootEntry(mapRoot as Bytes));
    const replay = (this.#replay ??= new Replay({
      serverOrigin: server,
      administrators,
      entriesOf: (userId) => state.entriesOf(userId),
      heads: state.heads(),
    }));
    let from = state.replayed;
    const bundles = this.#ahead("entries", from, size);
    while (from < size) {
      const told: TakenStatement[] = [];
      const hidden = await state.whole(async () => {
        for (let i = 0; i < bundlesAtOnce && from < size; i++) {
          const { done, value } = await bundles.next();
          if (done === true || value.tile === 403) return true;
          await this.#takeBundle(replay, believed, { ...value, from, told });
          from = Math.min(size, value.first + tileWidth);
        }
        return false;
      });
      if (hidden) {
        // Who hides entries may not hide the last one: it is in the checkpoint.
        if (last !== undefined && !equalBytes(last, named))
          throw new Finding("missingMap", { shown: believed.note, entries: [heldAt(state, size - 1, size)] });
        return undefined;
      }
      for (const statement of told) listener.onStatement(statement);
      listener.onProgress(from, size);
    }
    if (size > 0 && decodeMapRootEntry(state.entryAt(size - 1) ?? new Uint8Array()) === undefined)
      throw new Finding("missingMap", { shown: believed.note, entries: [heldAt(state, size - 1, size)] });
    if (!equalBytes(replay.mapRoot, mapRoot as Bytes))
      throw new Finding("map", {
        shown: believed.note,
        mapRoot: replay.mapRoot,
        ...(size > 0 && { entries: [heldAt(state, size - 1, size)] }),
      });
    return replay.people;
  }

  async #takeBundle(
    replay: Replay,
    { checkpoint: { size }, note }: Believed,
    bundle: {
      readonly first: number;
      readonly tile: Bytes | 403 | 404;
      readonly from: number;
      readonly told: TakenStatement[];
    },
  ): Promise<void> {
    const { state } = this.#parts;
    const { first, from, tile, told } = bundle;
    if (!(tile instanceof Uint8Array)) throw new Finding("withheld", { shown: note, position: first });
    const entries = decodeEntryBundle(tile, Math.min(tileWidth, size - first));
    if (entries === undefined) throw new Finding("entries", { shown: note, position: first });
    for (const [i, entry] of entries.entries()) {
      const position = first + i;
      if (position < from) continue;
      const hash = state.hashAt({ level: 0, index: position });
      if (hash === undefined || !equalBytes(leafHash(entry), hash))
        throw new Finding("entries", { shown: note, position, entries: [{ position, entry }] });
      try {
        const taken = await replay.take(position, entry);
        state.add(position, entry, taken);
        if (taken !== undefined) told.push(taken);
      } catch (error) {
        if (!(error instanceof Finding)) throw error;
        throw evident(new Finding(error.kind, { ...error.facts, shown: note }), state, size);
      }
    }
  }
}

/** A proof of consistency from so many entries, with the root that it leaves out. */
const withRoot = (size: number, root: Bytes, proof: readonly Bytes[]): readonly Bytes[] =>
  isWhole(size) ? [root, ...proof] : proof;

const sameTree = (a: Checkpoint, b: Checkpoint): boolean =>
  equalBytes(a.root, b.root) && isSameMap(a.mapRoot, b.mapRoot);
