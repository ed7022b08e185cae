/** What people are told of a key history that went on: from statements that hold, and not from anybody's word. */
import type { RevocationReason } from "./history.ts";
import type { DeviceId, UserId } from "./ids.ts";
import type { DeviceKind } from "./proof.ts";

interface OfDevice {
  readonly deviceId: DeviceId;
  readonly kind: DeviceKind;
  /** As it is called now; empty for the one that registered, until it is named. */
  readonly deviceName: string;
}

/** `recovered`: an administrator brought in the device, and the former ones count no more. `appointed`, `dismissed`: as an administrator. */
export type HistoryEvent = {
  /** As the device that signed said. Milliseconds since 1970. */
  readonly atMs: number;
  /** `name`: of the person's own device, as `deviceName`; absent where an administrator signed. */
  readonly by: { readonly userId: UserId; readonly deviceId: DeviceId; readonly name?: string };
} & (
  | ({ readonly type: "deviceAdded" | "deviceNamed" | "certified" | "recovered" } & OfDevice)
  | ({ readonly type: "deviceRevoked"; readonly why: RevocationReason } & OfDevice)
  | { readonly type: "appointed" }
  | { readonly type: "dismissed" }
  | { readonly type: "renamed"; readonly displayName: string }
);
