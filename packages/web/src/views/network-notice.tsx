import type { Participant } from "@signet/terminal";
import { bothSentences, calledName, poorNetworkWords } from "@signet/words";

import { HelpLink } from "../components/help-link.tsx";
import { Notice } from "../components/notice.tsx";

/** That words go missing, and on whose way: the own one first, since that can be mended here. */
export function NetworkNotice({ participants }: { participants: readonly Participant[] }) {
  const poor = participants.filter(({ poorNetwork }) => poorNetwork === true);
  const [person] = poor.toSorted((one, other) => Number(other.isSelf) - Number(one.isSelf));
  if (person === undefined) return null;
  const words = poorNetworkWords(person.isSelf ? undefined : calledName(person));
  return (
    <Notice tone={person.isSelf ? "warning" : "info"}>
      <p>{bothSentences(words)}</p>
      {person.isSelf && <HelpLink topic="sound" />}
    </Notice>
  );
}
