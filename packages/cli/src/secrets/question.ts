import { texts } from "@signet/words/command-line";
import { createInterface } from "node:readline/promises";

/**
 * A question to be answered with yes or no, on the terminal window or by a line of standard input. Standard error shows it. What is neither,
 * or nothing, is no.
 * @param signal takes the question back
 */
export async function isAnsweredYes(question: string, signal: AbortSignal): Promise<boolean> {
  const { stderr, stdin } = process;
  const lines = createInterface({ input: stdin, output: stderr, terminal: stdin.isTTY });
  const over = new AbortController();
  // A pipe that ends without an answer is one that nobody gives.
  lines.once("close", () => over.abort());
  try {
    const answer = await lines.question(texts().trouble.yesOrNo(question), {
      signal: AbortSignal.any([signal, over.signal]),
    });
    return /^y(?:es)?$/i.test(answer.trim());
  } catch {
    return false;
  } finally {
    lines.close();
    stdin.pause();
  }
}
