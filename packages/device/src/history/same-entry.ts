import { equalBytes } from "@signet/protocol";
import type { DirectoryEntryIn } from "@signet/protocol";

/**
 * Whether two entries say the same, to the last byte. What was verified of the one then holds of the other, except for what depends
 * on the time, such as certificates.
 */
export const isSameEntry = (a: DirectoryEntryIn, b: DirectoryEntryIn): boolean => isSame(a, b);

/** Whether an entry says all that the earlier one did, to the last byte, and perhaps more after it. */
export function goesOn(entry: DirectoryEntryIn, earlier: DirectoryEntryIn): boolean {
  const { statements } = entry;
  return (
    statements.length >= earlier.statements.length &&
    isSame(entry, earlier, "statements") &&
    earlier.statements.every((statement, place) => isSame(statement, statements[place]))
  );
}

/** @param except a name under which they may differ */
function isSame(a: unknown, b: unknown, except?: string): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Uint8Array || b instanceof Uint8Array)
    return a instanceof Uint8Array && b instanceof Uint8Array && equalBytes(a, b);
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every(
      (name) =>
        Object.hasOwn(b, name) && (name === except || isSame(Reflect.get(a, name), Reflect.get(b, name))),
    )
  );
}
