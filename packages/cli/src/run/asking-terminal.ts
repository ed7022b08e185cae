import { MemoryPinStore, SignetTerminal, silentMedia } from "@signet/terminal";
import type { DeviceProvider } from "@signet/terminal";

/**
 * A terminal that asks a server who it is. It expects no address, so that the server's own word is heard, and has met nobody. It
 * connects when it is started.
 * @param server an origin
 */
export function createAskingTerminal(server: string, devices: DeviceProvider): Promise<SignetTerminal> {
  return SignetTerminal.create({
    url: `${server.replace(/^http/, "ws")}/ws`,
    pins: new MemoryPinStore(),
    devices,
    media: silentMedia,
  });
}
