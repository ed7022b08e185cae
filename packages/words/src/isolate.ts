/**
 * Names that are written from right to left, in a sentence that is written from left to right: without isolating them, what follows
 * (a number, a bracket, another name) would be drawn on their wrong side (UAX #9 section 2.3).
 */

/** Blocks whose letters are written from right to left: Hebrew to Arabic Extended-A, their presentation forms, and those beyond U+FFFF. */
const rightToLeft =
  /[\u{590}-\u{8FF}\u{FB1D}-\u{FDFF}\u{FE70}-\u{FEFC}\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

const [begin, end] = ["\u{2068}", "\u{2069}"] as const;

/** First Strong Isolate and Pop Directional Isolate around what needs them; all else stays as it is. */
export const isolate = (text: string): string =>
  rightToLeft.test(text) && !text.includes(begin) ? `${begin}${text}${end}` : text;

/** What is put into a sentence. */
export type Insert = string | number;

/** The tag of sentences with something in them: `say\`${name} joined\``. */
export const say = (texts: TemplateStringsArray, ...inserts: readonly Insert[]): string =>
  texts.reduce((said, text, place) => `${said}${isolate(String(inserts[place - 1]))}${text}`);
