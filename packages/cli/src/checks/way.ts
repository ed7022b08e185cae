/** Why a server is not reached, for whoever did not ask for the doctor: the first step of the way to it that fails. */
import { texts } from "@signet/words/command-line";

import { checkCertificate, checkHealth, checkName, checkPort } from "./network.ts";
import type { ErrorLines } from "../output/error-words.ts";

/** @param nowMs milliseconds since 1970 */
export async function whyUnreached(url: URL, nowMs: number): Promise<ErrorLines> {
  for (const check of [checkName, checkPort, checkCertificate, checkHealth]) {
    const { status, message, hint = "" } = await check(url, nowMs);
    if (status === "failed") return { message, hint };
  }
  return messagesRefused();
}

export const messagesRefused = (): ErrorLines => ({
  message: texts().doctor.messagesRefused,
  hint: texts().doctor.messagesHint,
});
