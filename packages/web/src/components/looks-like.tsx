import { isGuestId, lookAlikes } from "@signet/terminal";
import type { CallView, Participant, UserId } from "@signet/terminal";
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
  return <AlikeLine alike={alike} />;
}

interface WouldBeGuestProps {
  call: CallView;
  name: string;
  /** Of who is at the door; whoever is only asked about has none yet. */
  userId?: UserId;
}

/** Beside the name of a guest who is not in the call yet, where somebody decides about them. */
export function GuestLooksLike({ call, name, userId = "~" as UserId }: WouldBeGuestProps) {
  const people = useModel().people.value;
  const inCall = call.participants
    .filter((one) => one.userId !== userId)
    .map((one) => ({
      userId: one.userId,
      displayName: one.guest === undefined ? one.displayName : one.guest.name,
    }));
  const known = [...inCall.filter((one) => !isGuestId(one.userId)), ...people];
  return <AlikeLine alike={lookAlikes([{ userId, displayName: name }, ...inCall], known).get(userId)} />;
}

const AlikeLine = ({ alike }: { alike: UserId | undefined }) =>
  alike === undefined ? null : <p class="looks-like">{sentence(looksLikeWords(alike))}</p>;
