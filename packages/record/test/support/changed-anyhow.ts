/** Changes of a file by chance that is the same each time: a part of it is left out, doubled, moved, made another one of its kind, or another by one sign. */
type Part = string | number | boolean | null | Part[] | { [name: string]: Part };
type Path = readonly (string | number)[];
type Holder = Record<string | number, Part>;

const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Numerical Recipes' linear congruences: all that is asked of it is that it is the same each time. */
function chanceOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const keysOf = (part: Part): (string | number)[] => {
  if (Array.isArray(part)) return [...part.keys()];
  return part !== null && typeof part === "object" ? Object.keys(part) : [];
};

const partAt = (whole: Part, path: Path): Part =>
  path.reduce((part, key) => (part as Holder)[key] ?? null, whole);

const pathsIn = (part: Part, path: Path): Path[] => [
  path,
  ...keysOf(part).flatMap((key) => pathsIn((part as Holder)[key] ?? null, [...path, key])),
];

/** The same names; places in lists may differ. */
const isAlike = (path: Path, other: Path): boolean =>
  path.length === other.length &&
  other.every((key, i) => key === path[i] || (typeof key === "number" && typeof path[i] === "number"));

export interface Changed {
  readonly text: string;
  /** What was done, for whoever looks for it. */
  readonly what: string;
}

/** @returns texts that differ from the first one */
export function changedAnyhow(text: string, count: number, seed: number): Changed[] {
  const chance = chanceOf(seed);
  const fields = Object.keys(JSON.parse(text) as object).filter((field) => field !== "kept");
  const changed: Changed[] = [];
  while (changed.length < count) {
    const whole = JSON.parse(text) as { [name: string]: Part };
    // Each field of the file is as likely as another, however much it holds.
    const field = fields[chance(fields.length)] ?? "";
    const paths = pathsIn(whole[field] ?? null, [field]);
    const path = paths[chance(paths.length)] ?? [];
    const what = change(whole, path, paths, chance);
    const made = JSON.stringify(whole);
    if (made !== text) changed.push({ text: made, what: `${path.join(".")}: ${what}` });
  }
  return changed;
}

function change(whole: Part, path: Path, paths: Path[], chance: (below: number) => number): string {
  const holder = partAt(whole, path.slice(0, -1)) as Holder;
  const key = path.at(-1) ?? "";
  const part = holder[key] ?? null;
  const way = chance(6);
  if (way === 0) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
    return "left out";
  }
  if (way === 1 && Array.isArray(holder)) {
    holder.splice(Number(key), 0, structuredClone(part));
    return "doubled";
  }
  if (way === 2 && Array.isArray(holder)) {
    const next = (Number(key) + 1) % holder.length;
    [holder[Number(key)], holder[next]] = [holder[next] ?? null, part];
    return "moved";
  }
  if (way === 3) {
    const alike = paths.filter((other) => isAlike(path, other));
    const other = alike[chance(alike.length)] ?? path;
    holder[key] = structuredClone(partAt(whole, other));
    return `as ${other.join(".")}`;
  }
  if (typeof part === "string" && part !== "") {
    const place = chance(part.length);
    holder[key] = part.slice(0, place) + signs.charAt(chance(signs.length)) + part.slice(place + 1);
    return `another sign at ${place}`;
  }
  if (typeof part === "number") holder[key] = part + ([1, -1, 1_000, -300_000][chance(4)] ?? 0);
  else holder[key] = part === true ? false : null;
  return "another value";
}
