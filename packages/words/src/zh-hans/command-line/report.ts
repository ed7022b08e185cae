/** 出错时的三行。 */
import type { CommandLineTexts } from "../../command-line-texts.ts";
import { say } from "../say.ts";

export const report: CommandLineTexts["report"] = {
  error: (text) => say`错误：${text}`,
  reason: (text) => say`原因：${text}`,
  hint: (text) => say`提示：${text}`,
};
