/** Numbers as the code has them, read from its source: a constant is found by its name, wherever in its room it stands. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const root = dirname(dirname(dirname(import.meta.dirname)));

const sources = new Map<string, string>();

/** The whole source of a room under `packages`. */
function sourceOf(room: string): string {
  const known = sources.get(room);
  if (known !== undefined) return known;
  const files = globSync(`packages/${room}/src/**/*.{ts,tsx}`, { cwd: root }).toSorted();
  const text = files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
  sources.set(room, text);
  return text;
}

/** The value of `2 ** 17`, `12 * 3_600_000` or `0xffff`. */
function valueOf(expression: string, asked: string): number {
  const plain = expression.replaceAll("_", "");
  if (!/^[\d\s.*+()-]+$|^0x[\da-f]+$/i.test(plain))
    throw new Error(`${asked} is no plain number: ${expression}`);
  // Only digits and arithmetic signs, by the check above.
  // oxlint-disable-next-line no-new-func, no-implied-eval
  return Number(new Function(`return (${plain})`)());
}

/**
 * What `pattern` captures in the source of `room`, which must be one number, however often it stands there.
 * @throws where it is not there, or not the same everywhere
 */
export function found(room: string, pattern: RegExp): number {
  const asked = `packages/${room}: ${pattern.source}`;
  const values = [...sourceOf(room).matchAll(new RegExp(pattern, "g"))].map(([, text = ""]) =>
    valueOf(text, asked),
  );
  const [value, ...others] = new Set(values);
  if (value === undefined) throw new Error(`${asked} is not there`);
  if (others.length > 0) throw new Error(`${asked} has several values`);
  return value;
}

/** The constant, or member of a table of defaults, that is called `name`. */
export function named(room: string, name: string): number {
  return found(
    room,
    new RegExp(
      `(?:\\bconst ${name} = |\\b${name}: )([\\d_.x*a-f() +-]*\\d[\\d_.x*a-f() +-]*?)(?=[;,\\n]| \\})`,
    ),
  );
}
