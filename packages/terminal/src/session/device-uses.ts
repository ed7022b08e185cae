/** When each of the own devices signed last, as they signed it themselves, and where they are signed in, as the server says. */
import { countsNow, verifyBinding } from "@signet/device";
import type { Binding, Person as FoldedPerson, PersonDevice } from "@signet/device";
import { decodeTranscript } from "@signet/protocol";
import type { ReplyBody } from "@signet/protocol";

import type { DeviceUse } from "../state.ts";
import type { Person } from "./person.ts";
import type { Session } from "./session.ts";

type Listed = ReplyBody<"binding.list">["bindings"];

/** @throws SignetError `auth.signInRequired`; of `binding.list` */
export async function deviceUses(
  session: Pick<Session, "link" | "requirePerson" | "requireSignedIn" | "server">,
  nowMs: number,
): Promise<readonly DeviceUse[]> {
  session.requireSignedIn();
  const own = session.requirePerson();
  const { bindings } = await session.link.request("binding.list", {});
  return usesOf(own, bindings, { serverOrigin: session.server.serverOrigin, nowMs });
}

/** What does not verify counts for nothing. So a server can leave out a sign-in, and make none up. */
export async function usesOf(
  own: Pick<Person, "binding" | "known">,
  listed: Listed,
  { nowMs, serverOrigin }: { readonly serverOrigin: string; readonly nowMs: number },
): Promise<readonly DeviceUse[]> {
  const { person } = own.known;
  const here = terminalOf(own.binding);
  const latest = new Map<string, { readonly binding: Binding; readonly state: Listed[number]["state"] }>();
  for (const { proof, state } of listed) {
    // It may have run out since, and was good when it was made; none is of the time to come.
    const madeAtMs = Math.min(nowMs, decodeTranscript(proof.transcript)?.issuedAtMs ?? nowMs);
    const result = await verifyBinding(proof, { serverOrigin, person, nowMs: madeAtMs });
    if (!result.ok) continue;
    const { binding } = result;
    const before = latest.get(binding.deviceId)?.binding.issuedAtMs ?? 0;
    if (binding.issuedAtMs >= before) latest.set(binding.deviceId, { binding, state });
  }
  return person.devices.filter(countsNow).map((device) => {
    const found = latest.get(device.deviceId);
    const { expiresAtMs = 0, issuedAtMs: sinceMs = 0, terminalId } = found?.binding ?? {};
    const isSignedIn = found !== undefined && found.state !== "ended" && expiresAtMs > nowMs;
    return {
      deviceId: device.deviceId,
      lastUsedAtMs: Math.max(sinceMs, lastStatedAtMs(person, device)),
      ...(isSignedIn
        ? {
            signedIn: {
              sinceMs,
              untilMs: expiresAtMs,
              isHere: terminalId === here,
              isConnected: found.state === "connected",
            },
          }
        : {}),
    };
  });
}

/** When it signed something in the history, or came into it. */
function lastStatedAtMs({ history }: FoldedPerson, { addedAtMs, deviceId }: PersonDevice): number {
  const statedAtMs = history.statements.flatMap(({ proofs }) => {
    const transcript = decodeTranscript(proofs[0]?.transcript ?? new Uint8Array());
    return transcript !== undefined && "deviceId" in transcript && transcript.deviceId === deviceId
      ? [transcript.issuedAtMs]
      : [];
  });
  return Math.max(addedAtMs, ...statedAtMs);
}

function terminalOf({ transcript }: Person["binding"]): string | undefined {
  const decoded = decodeTranscript(transcript);
  return decoded !== undefined && "terminalId" in decoded ? decoded.terminalId : undefined;
}
