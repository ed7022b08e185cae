import type { ResolutionSubject } from "./resolution.ts";

/** Text of somebody else as it is shown before it is signed: what cannot be seen, or turns what stands beside it round, is written out. */

/**
 * Controls but for the new line; what changes direction; what has no width, and other spaces and fillers that pass for nothing; private and unassigned
 * characters, whose look nobody knows; variation selectors and tags, which change another character or hide text.
 */
const hidden =
  /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000\u2800]/u;

/** As `⟨U+202E⟩`. The brackets of the text itself are written out as well, so that nothing looks like one of these. */
const written = (character: string): string =>
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;

export const visibleText = (text: string): string =>
  Array.from(text, (character) =>
    character !== "\n" && (hidden.test(character) || character === "⟨" || character === "⟩")
      ? written(character)
      : character,
  ).join("");

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** All that a person has to be shown of what they sign: the text; of a file its name, its size in bytes and its SHA-256, a line each. */
export const shownWhole = (subject: ResolutionSubject): string =>
  subject.type === "text"
    ? visibleText(subject.text)
    : [
        visibleText(subject.name).replaceAll("\n", written("\n")),
        String(subject.sizeBytes),
        hex(subject.sha256),
      ].join("\n");
