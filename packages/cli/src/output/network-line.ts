import { betterNetworkWords, poorNetworkWords } from "@signet/words";

import { inOneLine } from "./error-words.ts";
import type { CommandEvent } from "./events.ts";
import { named } from "./words.ts";

export function networkLine(event: Extract<CommandEvent, { readonly event: "network" }>): string {
  const name = event.self ? undefined : named(event);
  const { happened, next } = poorNetworkWords(name);
  return event.poor ? inOneLine(happened, next) : betterNetworkWords(name);
}
