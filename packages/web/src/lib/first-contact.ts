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

export function firstContactSentence(contact: FirstContact, host: string): string {
  switch (contact) {
    case "unreachable":
      return `Nothing answers at ${host}. Check the address, your network, and that the server runs.`;
    case "notSignet":
      return `What answers at ${host} is not Signet's server, or only a part of it. Open the address that the person who runs the server gave you.`;
    case "noWebSocket":
      return `The server answers, but the connection for calls does not come about: what stands before it has to pass WebSockets on (Upgrade) at ${host}/ws. Tell the person who runs it.`;
  }
}
