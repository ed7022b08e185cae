import { lookAlikes } from "@signet/terminal";
import type { Participant } from "@signet/terminal";
import { looksLikeWords, sentence } from "@signet/words";
import type { Called } from "@signet/words";
import { useMemo } from "preact/hooks";

import { useModel } from "../model.ts";

/** Beside a name that one would take for that of somebody else: of the same call, met here, or remembered in this profile. */
export function LooksLike({ person }: { person: Called & Pick<Participant, "userId" | "looksLike"> }) {
  const known = useModel().people.value;
  const { userId, looksLike } = person;
  const displayName = person.guest === undefined ? person.displayName : person.guest.name;
  const alike = useMemo(
    () => looksLike ?? lookAlikes([{ userId, displayName }], known).get(userId),
    [userId, displayName, looksLike, known],
  );
  return alike === undefined ? null : <p class="looks-like">{sentence(looksLikeWords(alike))}</p>;
}
