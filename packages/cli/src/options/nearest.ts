/** Slips of the fingers that still let one guess what was meant. */
const mostSlips = 2;

/** The name that was probably meant. @returns undefined where none is near enough */
export function nearest(typed: string, names: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly slips: number } | undefined;
  for (const name of names) {
    const slips = slipsBetween(typed, name);
    // In a short word two slips make any other one.
    const isNear = slips <= mostSlips && slips * 2 < name.length;
    if (isNear && (best === undefined || slips < best.slips)) best = { name, slips };
  }
  return best?.name;
}

/** Letters that are missing, too many, wrong, or swapped with the next one (optimal string alignment distance). */
function slipsBetween(typed: string, name: string): number {
  // Whoever pastes a page meant no name.
  if (Math.abs(typed.length - name.length) > mostSlips) return Infinity;
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: name.length + 1 }, (_, i) => i);
  for (let i = 1; i <= typed.length; i++) {
    const row = [i];
    for (let j = 1; j <= name.length; j++) {
      const isSame = typed[i - 1] === name[j - 1];
      const isSwapped = i > 1 && j > 1 && typed[i - 1] === name[j - 2] && typed[i - 2] === name[j - 1];
      row[j] = Math.min(
        (row[j - 1] ?? 0) + 1,
        (last[j] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, last] = [last, row];
  }
  return last[name.length] ?? Infinity;
}
