/** The lines of what went wrong. */
import { say } from "../say.ts";

export const report = {
  error: (text: string) => say`error: ${text}`,
  reason: (text: string) => say`reason: ${text}`,
  hint: (text: string) => say`hint: ${text}`,
};
