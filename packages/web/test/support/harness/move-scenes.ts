/** A call that goes from one terminal of a person to another. */
import type { DeviceId, TerminalState } from "@signet/terminal";

import { id, minuteMs } from "./people.ts";
import { callAt, ended, incoming, signedIn, signedOut } from "./scene-parts.ts";

export const moveScenes = {
  elsewhere: (nowMs) => {
    const { expiresAtMs: _never, ...call } = incoming(nowMs);
    const device = {
      deviceId: "q83vEjRWeJCrze8SNFZ4kA" as DeviceId,
      kind: "webauthn",
      name: "Spare key",
    } as const;
    const others = [{ userId: id("carol"), displayName: "Carol Danvers", state: "joined" as const }];
    return { ...signedIn(nowMs), elsewhere: { ...call, others, device } };
  },
  moving: (nowMs) => ({
    ...signedIn(nowMs),
    call: { ...callAt(nowMs), phase: "joining", moving: true, media: { status: "connecting" } },
  }),
  held: (nowMs) => ({
    ...signedOut(nowMs),
    session: { status: "signedOut", reason: "takenOver" },
    call: { ...callAt(nowMs), heldUntilMs: nowMs + minuteMs },
  }),
  moved: (nowMs) => {
    const call = callAt(nowMs);
    const participants = call.participants.map((person) =>
      person.isSelf || person.state !== "joined"
        ? person
        : { ...person, moved: { atMs: nowMs, kind: "webauthn" as const, isOtherDevice: true } },
    );
    return { ...signedIn(nowMs), call: { ...call, participants } };
  },
  summaryMoved: (nowMs) =>
    ended(nowMs, { type: "moved", to: { deviceId: "q83vEjRWeJCrze8SNFZ4kA" as DeviceId, kind: "webauthn" } }),
} satisfies Record<string, (nowMs: number) => TerminalState>;
