import { lookAlikes } from "@signet/terminal";
import type { Participant } from "@signet/terminal";
import { looksLikeWords, sentence } from "@signet/words";
import { useMemo } from "preact/hooks";

import { useModel } from "../model.ts";

/** Beside a name that one would take for that of somebody else: of the same call, met here, or remembered in this profile. */
export function LooksLike({ person }: { person: Pick<Participant, "userId" | "displayName" | "looksLike"> }) {
  const known = useModel().people.value;
  const { userId, displayName, looksLike } = person;
  const alike = useMemo(
    () => looksLike ?? lookAlikes([{ userId, displayName }], known).get(userId),
    [userId, displayName, looksLike, known],
  );
  return alike === undefined ? null : <p class="looks-like">{sentence(looksLikeWords(alike))}</p>;
}
