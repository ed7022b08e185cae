/** The address of a guest's page has half of a code in it, and as long as help is open the topic of that. */
import { fragmentOf, placeOf } from "./place.ts";

/** @param fragment of the address as it is now; @param linked as it was when the page was loaded */
export function isOtherLink(fragment: string, linked: string): boolean {
  // Help comes and goes, by the browser's way back, too, and the call goes on under it.
  return fragment !== "" && fragment !== linked && fragmentOf(placeOf(fragment)) === "";
}
