/**
 * What somebody may call themselves from now on. What is registered already is read by the looser rules of ids.ts, and stays; a terminal
 * shows a user ID in place of a name that does not fit.
 */

/** Why a name cannot be taken; each has words of its own in `@signet/words`. */
export type NameFault = "empty" | "long" | "edges" | "hidden" | "invisible" | "marks" | "joiner";

/** UTF-16 units. */
export const longestName = 64;

/**
 * Marks on one letter. Vietnamese has two, Hebrew and Thai three, Burmese and Tibetan up to six, of which at most four stand above or below:
 * more are for covering what others write.
 */
const mostMarks = 6;
const mostStackedMarks = 4;
const tooManyMarks = new RegExp(
  String.raw`\p{M}{${mostMarks + 1}}|[\p{Mn}\p{Me}]{${mostStackedMarks + 1}}`,
  "u",
);
/** At the beginning, or after a space: it would stand on what is before the name, or on nothing. */
const loneMark = /(?:^|[\p{Z}\u2800])\p{M}/u;

/** Letters whose shape depends on the joiners between them (Unicode 16, section 23.2). */
const joining = ["Arab", "Syrc", "Mand", "Nkoo", "Mong", "Phag", "Adlm", "Rohg"];
/** And those in which joiners choose the form of a conjunct (section 12.1). */
const conjunct = [
  "Deva",
  "Beng",
  "Guru",
  "Gujr",
  "Orya",
  "Taml",
  "Telu",
  "Knda",
  "Mlym",
  "Sinh",
  "Khmr",
  "Mymr",
];
const shaped = `[${[...joining, ...conjunct].map((script) => `\\p{Script_Extensions=${script}}`).join("")}]`;
const joinersBetweenLetters = `(?<=${shaped})[\\u200C\\u200D](?=${shaped})`;
/** Of several people or things that are one picture, such as a family (UTS 51, ED-16), and the colour of a symbol. */
const joinersOfEmoji = String.raw`(?<=\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]?)\u200D(?=\p{Extended_Pictographic})|(?<=\p{Emoji})\uFE0F`;
/** Joiners where they belong: without them such letters and pictures are others. */
export const joinersInPlace: RegExp = new RegExp(`${joinersOfEmoji}|${joinersBetweenLetters}`, "gu");

/** What no name has: controls, directions, line ends, private and broken characters, and everything that is nothing to the eye. */
const hidden =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;
/** Called letters and symbols by Unicode, and blank all the same: of Braille, of a note without a head, and in place of an object. */
const blank = /[\u2800\uFFFC\u{1D159}]/gu;
const printableAscii = /^[ -~]+$/;
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** @returns undefined when somebody may call themselves so */
export function nameFault(name: string): NameFault | undefined {
  if (name === "") return "empty";
  if (name.length > longestName) return "long";
  if (name.trim() !== name) return "edges";
  // All there is to find is beyond the letters of ASCII, and most names, looked at by everybody in a call, are made of these.
  if (printableAscii.test(name)) return undefined;
  const plain = name.replaceAll(joinersInPlace, "");
  if (/\u200C|\u200D|\uFE0F/u.test(plain)) return "joiner";
  if (hidden.test(plain)) return "hidden";
  if (!visible.test(plain.replaceAll(blank, ""))) return "invisible";
  if (tooManyMarks.test(plain) || loneMark.test(plain)) return "marks";
  return plain.replaceAll(blank, "") === plain ? undefined : "hidden";
}
