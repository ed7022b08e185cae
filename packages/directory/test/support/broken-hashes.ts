import { equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { eachFlipped, flipped } from "./bytes.ts";

/** What is not these hashes: each bit changed, hashes left out, doubled, appended, out of their order, too short or too long. */
export function brokenHashes(hashes: readonly Bytes[]): readonly (readonly Bytes[])[] {
  const more = hashes[0] ?? new Uint8Array(32);
  const broken: (readonly Bytes[])[] = [
    [...hashes, more],
    [more, ...hashes],
    [...hashes, new Uint8Array(32)],
    [...hashes, new Uint8Array()],
  ];
  for (const [place, hash] of hashes.entries()) {
    const put = (...instead: Bytes[]) => broken.push(hashes.toSpliced(place, 1, ...instead));
    put();
    put(hash, hash);
    put(hash.slice(0, 31));
    put(Uint8Array.of(...hash, 0));
    put(new Uint8Array());
    for (const other of eachFlipped(hash)) put(other);
    const next = hashes[place + 1];
    if (next !== undefined && !equalBytes(hash, next)) broken.push(hashes.toSpliced(place, 2, next, hash));
  }
  return broken;
}

/** One bit of each hash changed, for where all of them would take too long. */
export const someFlipped = (hashes: readonly Bytes[]): readonly (readonly Bytes[])[] =>
  hashes.flatMap((hash, place) => [0, 100, 255].map((bit) => hashes.with(place, flipped(hash, bit))));
