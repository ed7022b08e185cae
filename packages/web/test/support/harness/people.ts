/** Those who are in the scenes, and what was verified of them. */
import type {
  Certification,
  DeviceId,
  MemberState,
  PersonInCall,
  UserId,
  Verification,
} from "@signet/terminal";

export const id = (text: string): UserId => text as UserId;
export const deviceId = "n4bQgYhMfWWaL-qgxVrQaw" as DeviceId;
export const minuteMs = 60_000;

export const verified = (nowMs: number, change: Partial<Verification> = {}): Verification => ({
  kind: "webauthn",
  deviceId,
  signedAtMs: nowMs - 3 * minuteMs,
  userVerified: true,
  firstSeen: false,
  ...change,
});

export const certificate = (nowMs: number, change: Partial<Certification> = {}): Certification => ({
  subject: "Bob Builder",
  issuer: "Republic of Testland Citizen Cards 4",
  validUntilMs: nowMs + 500 * 24 * 60 * minuteMs,
  anchoredBy: "server",
  ...change,
});

export const person = (
  userId: string,
  displayName: string,
  state: MemberState,
  more: Partial<PersonInCall> = {},
): PersonInCall => ({
  userId: id(userId),
  displayName,
  state,
  isSelf: false,
  isInitiator: false,
  stateSigned: false,
  speaking: false,
  ...more,
});
