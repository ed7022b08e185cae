import { equalBytes } from "@signet/protocol";
import type { DirectoryEntryIn } from "@signet/protocol";

/**
 * Whether two entries say the same, to the last byte. What was verified of the one then holds of the other, except for what depends
 * on the time, such as certificates.
 */
export function isSameEntry(a: DirectoryEntryIn, b: DirectoryEntryIn): boolean {
  return a === b || isSame(a, b);
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Uint8Array || b instanceof Uint8Array)
    return a instanceof Uint8Array && b instanceof Uint8Array && equalBytes(a, b);
  const [inA, inB] = [Object.entries(a), new Map(Object.entries(b))];
  return (
    inA.length === inB.size && inA.every(([name, value]) => inB.has(name) && isSame(value, inB.get(name)))
  );
}
