/** From the sign-in machine's state to what is shown. Pure. */
import { isOnline, shownName } from "@signet/protocol";
import type { SignInState, SignedOutBy } from "@signet/protocol";

import { ownDevices } from "./own-devices.ts";
import type { Person } from "./person.ts";
import type { ConnectionState, SessionState, SignedOutReason } from "../state.ts";

export function connectionView(state: SignInState | undefined): ConnectionState {
  if (state?.offline !== undefined) return { status: "offline", ...state.offline };
  // Until the session is resumed the server refuses whatever is asked of it in the person's name.
  return state !== undefined && isOnline(state) && state.phase !== "resuming"
    ? { status: "online" }
    : { status: "connecting" };
}

export function sessionView(
  state: SignInState | undefined,
  person: Person | undefined,
  isKept = false,
  administers = false,
): SessionState {
  if (state?.binding === undefined || person === undefined) {
    const by = state?.signedOutBy;
    if (by === undefined) return { status: "signedOut" };
    return { status: "signedOut", reason: signedOutReason(by) };
  }
  const { certificate, deviceId, userId } = person;
  const { kind } = person.device;
  return {
    status: "signedIn",
    userId,
    displayName: shownName(person.known.person),
    device: { kind, deviceId, ...(certificate === undefined ? {} : { certificate }) },
    devices: ownDevices(person),
    expiresAtMs: state.binding.expiresAtMs,
    ...(isKept ? { kept: true } : {}),
    ...(administers ? { administers } : {}),
  };
}

export function signedOutReason(by: SignedOutBy): SignedOutReason {
  if (by.type === "deviceRemoved") return by.type;
  // Its time is not over, or this terminal would have said so itself.
  if (by.type === "ended") return by.reason;
  return by.type === "refused" && by.code === "history.deviceRevoked" ? "revoked" : "forgotten";
}
