/** Guests: what members of a call do about them, and what a guest does. */
import type { CallId, UserId } from "@signet/protocol";

/** How far an invitation is: the link and the code are to be carried, each over another way; it was opened and the code entered; the guest has a name; the device is touched; what it signed stands in the call, and no withdrawing takes it back: the host is to let them in. */
export type GuestStep =
  | { readonly type: "code"; readonly url: string; readonly code: string; readonly expiresAtMs: number }
  | { readonly type: "entered" }
  | { readonly type: "named"; readonly name: string }
  | { readonly type: "touch" }
  | { readonly type: "vouched" };

export interface InviteGuestInput {
  readonly signal?: AbortSignal;
  readonly onStep?: (step: GuestStep) => void;
  /** Asked before the touch. The name is the guest's own word. */
  readonly approve: (guest: { readonly name: string }) => Promise<boolean>;
}

export interface EnterInput {
  /** Of the link and of what was spoken, together: see `guestCode`. */
  readonly code: string;
  readonly name: string;
  readonly signal?: AbortSignal;
  /** By whose word, as their own terminal says, and nobody else's. `door`: the host is to let the guest in. */
  readonly onStep?: (step: { readonly type: "offer" | "door"; readonly by: GuestOf }) => void;
}

export interface GuestOf {
  readonly callId: CallId;
  readonly userId: UserId;
  readonly displayName: string;
}

export interface GuestsApi {
  /**
   * Makes a link and a code for one guest in the call that this terminal is in, and vouches for whoever comes with both: one touch. Where the person here is host
   * they are let in at once.
   * @throws SignetError `guest.*`, `pairing.*`
   */
  invite(input: InviteGuestInput): Promise<UserId>;
  /** Lets in who waits. Only the host can. To turn somebody away, or put them out, is `remove`. @throws SignetError `callList.notHost`, `guest.*` */
  letIn(guestId: UserId): Promise<void>;
  /**
   * At a terminal without a device, where nobody is signed in: asks to be let into a call, and is in it once the host wants that. Resolves when the call is
   * answered.
   * @throws SignetError `guest.*`, `pairing.*`
   */
  enter(input: EnterInput): Promise<void>;
}
