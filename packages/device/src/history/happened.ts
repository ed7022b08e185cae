/** What a history says that happened since it was seen last, for whoever is told. Pure. */
import { decodeTranscript } from "@signet/protocol";
import type { DeviceId, HistoryEvent, Transcript, UserId } from "@signet/protocol";

import type { Person } from "../verified.ts";
import type { HistoryPurpose } from "./effects.ts";

/**
 * In the order in which it was signed. What was said again of the same thing, such as a name, stands once, as it is now: so nobody
 * hides a new device behind many names.
 * @param sequence of the last statement that was seen before
 */
export function happenedSince(person: Person, sequence: number): readonly HistoryEvent[] {
  const events = new Map<string, HistoryEvent>();
  for (const statement of person.history.statements.slice(sequence)) {
    const event = eventOf(person, decodeTranscript(statement.proofs[0]?.transcript ?? new Uint8Array()));
    if (event === undefined) continue;
    const about = "deviceId" in event ? event.deviceId : "";
    // Comes with the name that it has now.
    if (event.type === "deviceNamed" && events.has(`deviceAdded ${about}`)) continue;
    const key = `${event.type} ${about}`;
    events.delete(key);
    events.set(key, event);
  }
  return [...events.values()];
}

function eventOf(person: Person, transcript: Transcript | undefined): HistoryEvent | undefined {
  switch (transcript?.purpose) {
    case "add-device":
    case "recover": {
      const type = transcript.purpose === "recover" ? "recovered" : "deviceAdded";
      const facts = factsOf(person, transcript.newDeviceId);
      return facts && { type, ...facts, ...signedOf(person, transcript) };
    }
    case "revoke-device": {
      const facts = factsOf(person, transcript.revokedDeviceId);
      const why = person.devices.find(({ deviceId }) => deviceId === facts?.deviceId)?.revoked?.why;
      return facts && why && { type: "deviceRevoked", ...facts, why, ...signedOf(person, transcript) };
    }
    case "rename": {
      const signed = signedOf(person, transcript);
      if (transcript.renamedDeviceId === "")
        return { type: "renamed", displayName: person.displayName, ...signed };
      const facts = factsOf(person, transcript.renamedDeviceId);
      return facts && { type: "deviceNamed", ...facts, ...signed };
    }
    case "certify": {
      const facts = factsOf(person, transcript.deviceId);
      return facts && { type: "certified", ...facts, ...signedOf(person, transcript) };
    }
    case "appoint":
    case "dismiss": {
      const type = transcript.purpose === "appoint" ? "appointed" : "dismissed";
      return { type, ...signedOf(person, transcript) };
    }
    default:
      return undefined;
  }
}

function factsOf({ devices }: Person, named: string) {
  const device = devices.find(({ deviceId }) => deviceId === named);
  return device && { deviceId: device.deviceId, kind: device.kind, deviceName: device.name };
}

function signedOf(
  { devices, userId }: Person,
  transcript: Transcript<HistoryPurpose>,
): Pick<HistoryEvent, "atMs" | "by"> {
  const { issuedAtMs: atMs } = transcript;
  // The fold compared both with what it knows.
  const deviceId = transcript.deviceId as DeviceId;
  const administrator = "administrator" in transcript ? transcript.administrator : "";
  if (administrator !== "") return { atMs, by: { userId: administrator as UserId, deviceId } };
  const name = devices.find((device) => device.deviceId === deviceId)?.name ?? "";
  return { atMs, by: { userId, deviceId, name } };
}
