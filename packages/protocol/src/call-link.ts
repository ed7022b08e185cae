/** A link to people, that opens the page with them ready to be called. It calls nobody: links are pressed unseen. Pure. */
import { PersonId } from "./guests.ts";
import type { UserId } from "./ids.ts";

const folder = "/call/";
/** By which systems open the page: browsers let pages take only names that begin so. */
export const callScheme = "web+signet";
/** Of a path: some thirty people, as a browser hands them over; what is longer was made by no terminal. */
export const longestCallPath = 2_048;

export const callUrl = (serverOrigin: string, userId: UserId): string => `${serverOrigin}${folder}${userId}`;

/** Whether the page stands there: one step below the folder, of what people and browsers write into such links. */
export const isCallPath = (pathname: string): boolean =>
  pathname.length <= longestCallPath && /^\/call\/[\w.~%+,:-]*$/.test(pathname);

/**
 * @param pathname of a page's address
 * @returns undefined where it is no such link. Nobody where anything in it is no user ID of a person: nothing of what somebody wrote there is shown, and nobody is called
 * of whom only a part was written
 */
export function peopleOfCallPath(pathname: string): readonly UserId[] | undefined {
  if (!pathname.startsWith(folder)) return undefined;
  const words = isCallPath(pathname) ? wordsIn(pathname.slice(folder.length)) : [];
  const userIds = words.map((word) => PersonId.safeParse(word.toLowerCase()));
  return userIds.every(({ success }) => success)
    ? [...new Set(userIds.flatMap(({ data }) => data ?? []))]
    : [];
}

/** The whole link stands there where the browser opened the page for the scheme. */
function wordsIn(encoded: string): readonly string[] {
  try {
    const text = decodeURIComponent(encoded);
    const start = `${callScheme}:`;
    return (text.toLowerCase().startsWith(start) ? text.slice(start.length) : text).split(",");
  } catch {
    return [];
  }
}
