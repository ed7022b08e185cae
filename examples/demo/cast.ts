/** Who takes part: each with a signature device, a terminal, a tone for a voice, and a tone detector for an ear. */
import { createSoftwareKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { MemoryPinStore, UserId } from "@signet/terminal";
import type { PinStore, Terminal } from "@signet/terminal";
import { createNodeTerminal, nodeMedia, toneSource } from "@signet/terminal/node";

import { Ear } from "./ear.ts";
import { until } from "./patience.ts";
import type { Wire } from "./wire.ts";

export interface Person {
  readonly userId: UserId;
  readonly device: SignatureDevice;
  /** Frequency of the tone that stands for this person's voice. */
  readonly hertz: number;
  readonly ear: Ear;
  readonly pins: PinStore;
  /** Where the person is now. */
  terminal: Terminal;
}

/** A person who comes with a device, and a terminal that is connected but does not know them yet. */
export async function bringPerson(
  origin: string,
  cast: { readonly userId: string; readonly hertz: number; readonly device?: SignatureDevice | undefined },
  wire: Wire,
): Promise<Person> {
  const device = cast.device ?? (await createSoftwareKey({ algorithm: "ES256" }));
  const ear = new Ear();
  const pins = new MemoryPinStore();
  const userId = UserId.parse(cast.userId);
  const person = { userId, device, hertz: cast.hertz, ear, pins };
  return { ...person, terminal: await openTerminal(origin, person, wire) };
}

/** A new terminal, as if the device was carried to another machine. */
export async function openTerminal(
  origin: string,
  { userId, device, hertz, ear, pins }: Omit<Person, "terminal">,
  wire: Wire,
): Promise<Terminal> {
  const media = nodeMedia({
    source: () => toneSource(hertz),
    sink: () => ear,
    localAddress: "127.0.0.1",
    onFrame: wire.onFrame,
  });
  const terminal = await createNodeTerminal({
    server: origin,
    device,
    pins,
    media: wire.between(userId, media),
  });
  await until(terminal, ({ connection }) => connection.status === "online", `${userId} to be online`);
  return terminal;
}

/** The kind of a device as the web terminal calls it, with the beginning of its ID. */
export function described({ kind, deviceId }: Pick<SignatureDevice, "kind" | "deviceId">): string {
  const kinds = { software: "software key", pkcs11: "PKCS#11 token", webauthn: "security key" };
  return `${kinds[kind]} ${deviceId.slice(0, 6)}~`;
}

export const namesOf = (people: readonly Person[]): string => people.map(({ userId }) => userId).join(", ");
