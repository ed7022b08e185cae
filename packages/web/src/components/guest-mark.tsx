import type { CallView, Participant } from "@signet/terminal";
import { calledName, guestMarkWords, sentence } from "@signet/words";

type InCall = Pick<CallView, "participants">;

/** What is to be read beside every guest, wherever one is shown; nothing of anybody else. */
export function GuestMarkLine({
  call,
  person,
}: {
  call: InCall | undefined;
  person: Pick<Participant, "guest">;
}) {
  const words = guestMark(call, person);
  return words === undefined ? null : <p class="guest-mark">{words}</p>;
}

/** @returns undefined for who is no guest */
export function guestMark(
  call: InCall | undefined,
  { guest }: Pick<Participant, "guest">,
): string | undefined {
  if (guest === undefined) return undefined;
  const nameOf = (userId: string): string => {
    const person = call?.participants.find((one) => one.userId === userId);
    return person === undefined ? userId : calledName(person);
  };
  const self = call?.participants.find(({ isSelf }) => isSelf)?.userId;
  return sentence(guestMarkWords(guest, nameOf, self));
}
