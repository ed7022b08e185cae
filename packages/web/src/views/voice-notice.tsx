import type { Participant } from "@signet/terminal";
import { bothSentences, calledName, voiceWords } from "@signet/words";

import { HelpLink } from "../components/help-link.tsx";
import { Notice } from "../components/notice.tsx";

/** Whose voice is not played, since nothing proves it or something contradicts it, or is played and cannot be checked. */
export function VoiceNotice({ participants }: { participants: readonly Participant[] }) {
  return participants.map((person) => {
    const { userId, voice } = person;
    if (voice === undefined || voice === "unprovable") return null;
    return (
      <Notice key={userId} tone={voice === "forged" ? "danger" : "warning"}>
        <p>{bothSentences(voiceWords(voice, calledName(person)))}</p>
        <HelpLink topic="voices" />
      </Notice>
    );
  });
}
