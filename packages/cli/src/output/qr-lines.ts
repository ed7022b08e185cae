import { qrModules } from "@signet/terminal";

const [darkOnLight, plain] = ["\u001B[30;107m", "\u001B[0m"];

/** Two modules above each other are one character. Dark on light in every window, or no camera reads it. @param text of the code */
export function qrLines(text: string): readonly string[] {
  const modules = qrModules(text);
  return modules.flatMap((upper, row) => {
    if (row % 2 === 1) return [];
    const line = upper.map((isDark, column) => halves(isDark, modules[row + 1]?.[column] === true));
    return [`${darkOnLight}${line.join("")}${plain}`];
  });
}

function halves(upper: boolean, lower: boolean): string {
  if (upper) return lower ? "█" : "▀";
  return lower ? "▄" : " ";
}
