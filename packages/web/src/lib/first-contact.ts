import { texts } from "@signet/words/page";
/** Why no connection ever stood: browsers tell nothing of a WebSocket that fails, but a plain request shows what is there. */
export type FirstContact = "unreachable" | "notSignet" | "noWebSocket";

const answerWithinMs = 5_000;

export async function lookForServer(): Promise<FirstContact> {
  try {
    const response = await fetch("/healthz", {
      cache: "no-store",
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const said: unknown = response.status === 404 ? undefined : await response.json();
    return said !== null && typeof said === "object" && "status" in said ? "noWebSocket" : "notSignet";
  } catch (error) {
    // Something answered, and not in JSON.
    return error instanceof SyntaxError ? "notSignet" : "unreachable";
  }
}

export const firstContactSentence = (contact: FirstContact, host: string): string =>
  texts().frame[contact](host);
