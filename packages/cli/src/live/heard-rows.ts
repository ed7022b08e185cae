import type { Participant } from "@signet/terminal";
import { poorNetworkWords, voiceWords } from "@signet/words";

import { inOneLine } from "../output/error-words.ts";
import { named } from "../output/words.ts";

/** What is amiss with how people are heard: whose voice is not played or cannot be checked, and whose network is poor. */
export function heardRows(participants: readonly Participant[]): (readonly ["voice" | "network", string])[] {
  return participants.flatMap((person) => {
    const rows: (readonly ["voice" | "network", string])[] = [];
    const { voice } = person;
    if (voice !== undefined && voice !== "unprovable") {
      const { happened, next } = voiceWords(voice, named(person));
      rows.push(["voice", inOneLine(happened, next)]);
    }
    if (person.poorNetwork === true) {
      const { happened, next } = poorNetworkWords(person.isSelf ? undefined : named(person));
      rows.push(["network", inOneLine(happened, next)]);
    }
    return rows;
  });
}
