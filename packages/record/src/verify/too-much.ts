/**
 * What a file may hold at most, whatever it is: looked at before it is read as JSON, since what is read takes a hundred times the room, and what is wrong in it
 * is found one by one.
 */

/** Lists and objects within each other; a record has nine. */
export const mostDepth = 16;
/**
 * Commas and opening brackets outside of texts: no fewer than there are values. A call of 256 people, with all epochs and words that a terminal keeps, stays
 * below it.
 */
export const mostValues = 750_000;

const [quote, backslash, comma] = ['"', "\\", ","].map((one) => one.charCodeAt(0));
const openings = new Set(["[", "{"].map((one) => one.charCodeAt(0)));
const closings = new Set(["]", "}"].map((one) => one.charCodeAt(0)));

/** Nothing is said of whether it is JSON. */
export function isTooMuch(text: string): boolean {
  let [depth, values, isText] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === quote) isText = !isText;
    else if (isText) i += unit === backslash ? 1 : 0;
    else if (unit === comma) values++;
    else if (closings.has(unit)) depth--;
    else if (openings.has(unit)) {
      depth++;
      values++;
    }
    if (depth > mostDepth || values > mostValues) return true;
  }
  return false;
}
