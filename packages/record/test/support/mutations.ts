/** What a record becomes in wrong hands: each field changed, left out, in another order, or that of another person, epoch or statement. Seeded. */
import { fromBase64Url, toBase64Url } from "@signet/protocol";

import { formatRecord } from "../../src/index.ts";
import type { CallRecord } from "../../src/index.ts";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Parent = Json[] | { [name: string]: Json };

export interface Mutation {
  readonly what: string;
  readonly text: string;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Place {
  readonly parent: Parent;
  readonly key: string;
  /** With numbers left out: places of one kind have the same. */
  readonly kind: string;
  readonly path: string;
}

class Hands {
  readonly random: () => number;
  readonly record: { [name: string]: Json };

  constructor(record: CallRecord, random: () => number) {
    this.random = random;
    this.record = JSON.parse(formatRecord(record)) as { [name: string]: Json };
  }

  below(most: number): number {
    return Math.floor(this.random() * most);
  }

  one<T>(some: readonly T[]): T {
    const found = some[this.below(some.length)];
    if (found === undefined) throw new RangeError("nothing to choose from");
    return found;
  }

  places(matches: (value: Json, place: Place) => boolean): readonly Place[] {
    const found: Place[] = [];
    const walk = (parent: Parent, kind: string, path: string): void => {
      for (const [key, value] of Object.entries(parent)) {
        const isItem = Array.isArray(parent);
        const place = {
          parent,
          key,
          kind: isItem ? `${kind}[]` : `${kind}.${key}`,
          path: isItem ? `${path}[${key}]` : `${path}.${key}`,
        };
        if (matches(value, place)) found.push(place);
        if (typeof value === "object" && value !== null) walk(value, place.kind, place.path);
      }
    };
    walk(this.record, "", "");
    return found;
  }

  list(name: string): Json[] {
    return this.record[name] as Json[];
  }
}

const at = ({ key, parent }: Place): Json => (parent as { [name: string]: Json })[key] as Json;
const put = ({ key, parent }: Place, value: Json): void => {
  (parent as { [name: string]: Json })[key] = value;
};
const isParent = (value: Json): value is Parent => typeof value === "object" && value !== null;
const isFull = (value: Json): value is Json[] => Array.isArray(value) && value.length > 0;

/** A way to do it. @returns what was done; undefined where there was nothing to do */
type Way = (hands: Hands) => string | undefined;

const changesOne: Way = (hands) => {
  // Each kind of place as often as any other, however often it is there.
  const leaves = hands.places((value) => !isParent(value));
  const kind = hands.one([...new Set(leaves.map((place) => place.kind))]);
  const place = hands.one(leaves.filter((one) => one.kind === kind));
  put(place, otherValue(at(place), hands));
  return `changes ${place.path}`;
};

function otherValue(value: Json, hands: Hands): Json {
  if (typeof value === "number") return hands.one([value + 1, Math.max(0, value - 1), value + 1_000, 0]);
  if (typeof value === "boolean") return !value;
  if (typeof value !== "string") return 0;
  const bytes = fromBase64Url(value);
  if (bytes !== undefined && bytes.length >= 16) {
    const index = hands.below(bytes.length);
    bytes[index] = (bytes[index] ?? 0) ^ (1 << hands.below(8));
    return toBase64Url(bytes);
  }
  const index = hands.below(value.length);
  return value.slice(0, index) + hands.one(["a", "z", "0", ""]) + value.slice(index + 1);
}

const dropsField: Way = (hands) => {
  const fields = hands.places((_, { parent }) => !Array.isArray(parent));
  const kind = hands.one([...new Set(fields.map((place) => place.kind))]);
  const place = hands.one(fields.filter((one) => one.kind === kind));
  Reflect.deleteProperty(place.parent, place.key);
  return `drops ${place.path}`;
};

const list =
  (what: string, change: (items: Json[], hands: Hands) => void): Way =>
  (hands) => {
    const lists = hands.places(isFull);
    const kind = hands.one([...new Set(lists.map((place) => place.kind))]);
    const place = hands.one(lists.filter((one) => one.kind === kind));
    change(at(place) as Json[], hands);
    return `${what} ${place.path}`;
  };

const dropsItem = list("drops one of", (items, hands) => items.splice(hands.below(items.length), 1));
const repeatsItem = list("repeats one of", (items, hands) => {
  const index = hands.below(items.length);
  items.splice(index, 0, structuredClone(items[index] as Json));
});
const movesItem = list("moves one of", (items, hands) => {
  const [item] = items.splice(hands.below(items.length), 1);
  items.splice(hands.below(items.length + 1), 0, item as Json);
});
const empties = list("empties", (items) => items.splice(0));

/** Two places of one kind: of two people, epochs, statements, signatures. */
const swaps: Way = (hands) => {
  const places = hands.places(() => true);
  const kinds = [...Map.groupBy(places, ({ kind }) => kind).values()].filter((some) => some.length > 1);
  const some = hands.one(kinds);
  const [one, other] = [hands.one(some), hands.one(some)];
  const [first, second] = [structuredClone(at(one)), structuredClone(at(other))];
  put(one, second);
  if (hands.random() < 0.5) {
    put(other, first);
    return `swaps ${one.path} and ${other.path}`;
  }
  return `puts ${other.path} in the place of ${one.path}`;
};

/** As who wants to hide something would: indices go on to be right, and what cannot be without it is left out, too. */
const hidesStatement: Way = (hands) => {
  const statements = hands.list("statements");
  const index = 1 + hands.below(statements.length - 1);
  statements.splice(index, 1);
  const after = (one: Json): number => (Number(one) > index ? Number(one) - 1 : Number(one));
  type Epoch = { list: Json[]; members: { leaf: Json; answer: Json }[] };
  const epochs = hands.list("epochs") as unknown as Epoch[];
  const isKept = ({ list, members }: Epoch) =>
    !list.includes(index) && !members.some(({ answer }) => answer === index);
  const kept = hands.random() < 0.7 ? epochs.filter(isKept) : epochs;
  for (const epoch of kept) {
    epoch.list = epoch.list.filter((one) => one !== index).map(after);
    epoch.members = epoch.members
      .filter(({ answer }) => answer !== index)
      .map(({ answer, leaf }) => ({ leaf, answer: after(answer) }));
  }
  hands.record["epochs"] = kept;
  return `hides statement ${index}`;
};

const hidesLast: Way = (hands) => {
  const name = hands.one(["epochs", "resolutions", "server"]);
  hands.list(name).pop();
  return `hides the last of ${name}`;
};

/** The end of a history: that a device was revoked. */
const shortensHistory: Way = (hands) => {
  const places = hands.places((value, { kind }) => kind === ".people[].entry.statements" && isFull(value));
  const place = hands.one(places);
  (at(place) as Json[]).pop();
  if (hands.random() < 0.5) Reflect.deleteProperty(hands.record, "log");
  return `shortens ${place.path}`;
};

const dropsLog: Way = (hands) => {
  Reflect.deleteProperty(hands.record, "log");
  if (hands.random() < 0.7)
    for (const person of hands.list("people")) Reflect.deleteProperty(person as object, "mapProof");
  return "drops the log";
};

const ways: readonly (readonly [weight: number, way: Way])[] = [
  [12, changesOne],
  [6, swaps],
  [5, dropsItem],
  [4, dropsField],
  [4, hidesStatement],
  [3, movesItem],
  [2, repeatsItem],
  [2, empties],
  [1, hidesLast],
  [1, shortensHistory],
  [1, dropsLog],
];

/** So many that are not what the record was. */
export function mutationsOf(record: CallRecord, count: number, seed: number): readonly Mutation[] {
  const random = seededRandom(seed);
  const original = formatRecord(record);
  const chosen = ways.flatMap(([weight, way]) => Array.from({ length: weight }, () => way));
  const mutations: Mutation[] = [];
  while (mutations.length < count) {
    const hands = new Hands(record, random);
    const what = hands.one(chosen)(hands);
    const text = JSON.stringify(hands.record);
    if (what !== undefined && text !== original) mutations.push({ what, text });
  }
  return mutations;
}
