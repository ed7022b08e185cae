/** What the house test of texts does not take for text, and what is left to move. */

/** Nobody reads these as words of a language. */
export const notText: ReadonlySet<string> = new Set([
  // The name, in each language.
  "Signet",
  // Beginnings of codes.
  "frames.",
  "certificate.",
  // IDs of elements.
  "incoming-title incoming-caller",
  // The shape of a path.
  "Mx xh1v1h-1z",
  // Keys, as they are printed on them.
  "Enter",
  "Esc",
  "Escape",
  "Space",
  // Said by code to code.
  "answered already",
  // A request of roff.
  '.SS "signet xx"',
]);

/**
 * Files that hold programs for shells and databases, or what one program answers another, in which nearly every string looks like words. What people
 * read in these is in the catalogue.
 */
export const programs: ReadonlySet<string> = new Set([
  "packages/cli/src/pages/completion.ts",
  "packages/cli/src/monitor/state.ts",
  "packages/cli/src/monitor/witness.ts",
  "packages/cli/src/monitor/witness-server.ts",
]);

/** Files whose texts are in no catalogue yet. It only shrinks. */
export const notMovedYet: ReadonlySet<string> = new Set([]);
