/** Whose approval a resolution takes, as it is said in an option and typed in the live view. */
import { PersonId } from "@signet/terminal";
import type { AskedRule } from "@signet/terminal";

/** `all`, so many of those in the call, or user IDs. A number, and `all`, are no user IDs here. @returns undefined for what is none */
export function readAskedRule(value: string): AskedRule | undefined {
  const words = value
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((word) => word !== "");
  const [first] = words;
  if (words.length === 1 && first === "all") return { type: "all" };
  if (words.length === 1 && first !== undefined && /^[-.\d]+$/.test(first)) {
    const needed = Number(first);
    // Nobody is meant by `1.5` or `-1`, though one could be called so.
    return needed >= 1 && Number.isSafeInteger(needed) ? { type: "some", needed } : undefined;
  }
  const people = PersonId.array().min(1).safeParse(words);
  return people.success ? { type: "named", userIds: [...new Set(people.data)] } : undefined;
}
