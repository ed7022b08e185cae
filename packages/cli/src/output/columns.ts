/** Text in columns of a terminal window, in which a Chinese character takes two. */
import stringWidth from "string-width";

/** To at least so many columns. */
export const padTo = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - stringWidth(text)));

/** Rows of two columns, the second one at the same place in each. */
export function rowsOf(
  rows: readonly (readonly [left: string, right: string])[],
  columns: number,
  leftColumns = Math.max(...rows.map(([left]) => stringWidth(left))) + 2,
): readonly string[] {
  return rows.flatMap(([left, right]) =>
    wrapWords(right, columns - leftColumns).map((line, i) => padTo(i === 0 ? left : "", leftColumns) + line),
  );
}

/** What stays in one line: a Chinese character with the punctuation that may not begin or end a line, or what stands between two of them. */
const pieces =
  /[（“‘［]*\p{Script=Han}[，。：；？！、）”’］…]*|[（“‘［]*[^\p{Script=Han}（“‘［]+|[（“‘［]+/gu;

/** Lines of at most so many columns, broken at blanks and between Chinese characters; where no word is longer. */
export function wrapWords(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    let between = line === "" ? "" : " ";
    for (const piece of word === "" ? [""] : (word.match(pieces) ?? [word])) {
      const longer = line + between + piece;
      if (line !== "" && stringWidth(longer) > columns) {
        lines.push(line);
        line = piece;
      } else line = longer;
      between = "";
    }
  }
  return [...lines, line];
}
