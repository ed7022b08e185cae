/**
 * The entries of a log, one after the other, as whoever believes nobody reads them: each of a form that is known, each history a history whose
 * signatures and rules hold, each root of the map what the statements before it make. It reads no network, no clock and no file.
 */
import { administratorDevicesOf, happenedSince, headOf, Histories } from "@signet/device";
import type { FoldOptions, Person } from "@signet/device";
import {
  buildMap,
  decodeLogEntry,
  decodeMapRootEntry,
  historyOf,
  mapKey,
  mapRoot,
  setInMap,
} from "@signet/directory";
import type { LogEntry, MapEntry } from "@signet/directory";
import { equalBytes } from "@signet/terminal";
import type { UserId } from "@signet/terminal";

import { Finding } from "./finding.ts";
import { MapTree } from "./map-tree.ts";
import type { KnownHead } from "./state.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type HistoryEvent = ReturnType<typeof happenedSince>[number];

/** Of histories that are kept folded: whoever makes one statement may make the next one soon. */
const mostFolded = { people: 8_192, bytes: 64 * 1024 * 1024 };

export interface ReplaySource {
  readonly serverOrigin: string;
  /** Who administers from the beginning; undefined: whoever acts as one and was not dismissed, since only the server's own word says who it is. */
  readonly administrators: ReadonlySet<string> | undefined;
  /** All of one person that were taken, in their order. */
  readonly entriesOf: (userId: string) => readonly LogEntry[];
  /** Of those that were taken before this replay began. */
  readonly heads: ReadonlyMap<UserId, KnownHead>;
}

export interface TakenStatement {
  readonly userId: UserId;
  readonly sequence: number;
  readonly head: Bytes;
  /** What it did; nothing where it is a registration. */
  readonly happened: readonly HistoryEvent[];
  /** Who signed for somebody else, and was appointed by nobody: the server's word alone makes them an administrator. */
  readonly namedAdministrator?: UserId;
}

export class Replay {
  readonly #source: ReplaySource;
  readonly #histories = new Histories(mostFolded);
  readonly #heads: Map<UserId, KnownHead>;
  readonly #foldOptions: Omit<FoldOptions, "known">;
  #map = new MapTree();
  /** Changed since the map was computed last. */
  #changed = new Set<UserId>();

  constructor(source: ReplaySource) {
    this.#source = source;
    this.#heads = new Map(source.heads);
    const { serverOrigin } = source;
    this.#foldOptions = {
      serverOrigin,
      administratorDevices: administratorDevicesOf({
        serverOrigin: () => serverOrigin,
        isNamed: (userId) => source.administrators?.has(userId) ?? true,
        historyOf: (userId) => Promise.resolve(historyOf(source.entriesOf(userId))),
      }),
      certificatesWithheld: true,
    };
    for (const userId of this.#heads.keys()) this.#changed.add(userId);
  }

  get people(): number {
    return this.#heads.size;
  }

  /** Of the map over all statements that were taken. */
  get mapRoot(): Bytes {
    if (this.#changed.size > this.#heads.size / 2) {
      this.#map = new MapTree();
      const entries = Array.from(this.#heads, ([userId, { head }]): MapEntry => [mapKey(userId), head]);
      buildMap(entries, (path, node) => this.#map.write(path, node));
    } else {
      for (const userId of this.#changed) {
        const known = this.#heads.get(userId);
        if (known !== undefined) setInMap(this.#map, mapKey(userId), known.head);
      }
    }
    this.#changed = new Set();
    return mapRoot(this.#map);
  }

  /**
   * The next entry. What was taken has to be among `entriesOf` before the next one comes.
   * @returns undefined for a root of the map
   * @throws Finding
   */
  async take(position: number, bytes: Bytes): Promise<TakenStatement | undefined> {
    const entries = [{ position, entry: bytes }];
    const entry = decodeLogEntry(bytes);
    if (entry !== undefined) return this.#takeStatement(position, entry, entries);
    const root = decodeMapRootEntry(bytes);
    if (root === undefined) throw new Finding("unknownEntry", { position, entries });
    const own = this.mapRoot;
    if (!equalBytes(root, own)) throw new Finding("map", { position, entries, mapRoot: own });
    return undefined;
  }

  async #takeStatement(
    position: number,
    entry: LogEntry,
    entries: readonly { readonly position: number; readonly entry: Bytes }[],
  ): Promise<TakenStatement> {
    const { sequence, userId } = entry;
    const known = this.#heads.get(userId);
    if (sequence !== (known === undefined ? 0 : known.sequence + 1))
      throw new Finding("outOfOrder", { userId, sequence, position, entries });
    const history = historyOf([...this.#source.entriesOf(userId), entry]);
    if (history === undefined) throw new Finding("outOfOrder", { userId, sequence, position, entries });
    const folded = await this.#histories.fold(history, this.#foldOptions);
    if (!folded.ok)
      throw new Finding("rule", { userId, sequence: folded.sequence, code: folded.code, position, entries });
    const { person } = folded;
    this.#histories.keep(person);
    const head = headOf(person);
    this.#heads.set(userId, { head, sequence });
    this.#changed.add(userId);
    const happened = sequence === 0 ? [] : happenedSince(person, sequence - 1);
    const namedAdministrator = await this.#namedBehind(person, happened);
    return { userId, sequence, head, happened, ...(namedAdministrator && { namedAdministrator }) };
  }

  /** Whoever signed for this person, where their own history does not say that they administer. */
  async #namedBehind({ userId }: Person, happened: readonly HistoryEvent[]): Promise<UserId | undefined> {
    const by = happened[0]?.by.userId;
    if (by === undefined || by === userId) return undefined;
    const history = historyOf(this.#source.entriesOf(by));
    const folded = history && (await this.#histories.fold(history, this.#foldOptions));
    return folded?.ok === true && folded.person.appointments.length > 0 ? undefined : by;
  }
}
