/** What the statements of a call list say of guests: who vouches for whom, and whom a host let in. */
import { equalBytes, toBase64Url } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import { isGuestId, isGuestName } from "../guests.ts";
import { UserId } from "../ids.ts";
import type { FoldedCallList, InvitedGuest, ListRefusal, SaidOf } from "./said.ts";

/** A guest as a call list has them. */
export interface ListedGuest {
  readonly guestId: UserId;
  readonly name: string;
  readonly invitedBy: UserId;
  /** Of the `vouch`, 32 bytes. */
  readonly vouch: Bytes;
  readonly isLetIn: boolean;
  /** The host put them out, or did not want them. */
  readonly isRemoved: boolean;
}

type Vouch = SaidOf<"vouch">;

/**
 * @param people whom invitations name, guests not among them
 * @param letIn digests of the words for guests whom a host let in, base64url
 */
export function vouchedBy(
  vouches: readonly Vouch[],
  letIn: ReadonlySet<string>,
  people: ReadonlySet<string>,
):
  | {
      readonly ok: true;
      readonly named: readonly {
        readonly digest: Bytes;
        readonly by: string;
        readonly userIds: readonly string[];
        readonly guest: InvitedGuest;
      }[];
    }
  | ListRefusal {
  const seen = new Set<string>();
  for (const { transcript } of vouches) {
    const { guestId, guestName, userId } = transcript;
    if (!people.has(userId)) return { ok: false, code: "callList.notMember" };
    const isGuest = isGuestId(guestId) && UserId.safeParse(guestId).success && isGuestName(guestName);
    // Whoever has two names, or two who answer for them, would be shown as either.
    if (!isGuest || seen.has(guestId)) return { ok: false, code: "guest.word" };
    seen.add(guestId);
  }
  return {
    ok: true,
    named: vouches.map(({ digest, transcript: { guestId, guestKey, guestName, userId } }) => {
      const guest = { name: guestName, key: guestKey, isLetIn: letIn.has(toBase64Url(digest)) };
      return { digest, by: userId, userIds: [guestId], guest };
    }),
  };
}

/** Whether it was by who was host then is asked where it is said: see `extendStatements`. */
export function letInBy(
  lettings: readonly SaidOf<"let-in">[],
  vouches: readonly Vouch[],
  people: ReadonlySet<string>,
): { readonly ok: true; readonly digests: ReadonlySet<string> } | ListRefusal {
  for (const { transcript } of lettings) {
    if (!people.has(transcript.userId)) return { ok: false, code: "callList.notMember" };
    if (!vouches.some(({ digest }) => equalBytes(digest, transcript.vouch)))
      return { ok: false, code: "callList.missing" };
  }
  return { ok: true, digests: new Set(lettings.map(({ transcript }) => toBase64Url(transcript.vouch))) };
}

/** In the order of the list: those who wait, are in, and were put out. */
export const guestsOf = ({ invitations }: Pick<FoldedCallList, "invitations">): readonly ListedGuest[] =>
  invitations.flatMap(({ by, digest, guest, userIds, isVoided }) =>
    guest === undefined
      ? []
      : [
          {
            guestId: userIds[0] as UserId,
            name: guest.name,
            invitedBy: by as UserId,
            vouch: digest,
            isLetIn: guest.isLetIn,
            isRemoved: isVoided === true,
          },
        ],
  );

/** Everybody whom an invitation names: of guests those whom a host let in. */
export const namedIn = ({ invitations }: Pick<FoldedCallList, "invitations">): readonly UserId[] => [
  ...new Set(
    invitations
      .filter(({ guest }) => guest?.isLetIn !== false)
      .flatMap(({ userIds }) => userIds as readonly UserId[]),
  ),
];
