import { betterNetworkWords, poorNetworkWords, provenVoiceWords, voiceWords } from "@signet/words";

import { inOneLine } from "./error-words.ts";
import type { CommandEvent } from "./events.ts";
import { named } from "./words.ts";

/** How somebody is heard, whose network is poor or whose voice is not proven. */
export function heardLine(event: Extract<CommandEvent, { event: "network" | "voice" }>): string {
  if (event.event === "voice") {
    if (event.voice === "proven") return provenVoiceWords(named(event));
    const { happened, next } = voiceWords(event.voice, named(event));
    return inOneLine(happened, next);
  }
  const name = event.self ? undefined : named(event);
  const { happened, next } = poorNetworkWords(name);
  return event.poor ? inOneLine(happened, next) : betterNetworkWords(name);
}
