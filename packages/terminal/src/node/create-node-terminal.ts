import type { CertificateTrust, SignatureDevice } from "@signet/device";
import { SignetError } from "@signet/protocol";

import type { DocumentPlace } from "../document/document-place.ts";
import { deviceAtHand } from "../session/device-at-hand.ts";
import { silentMedia } from "../environment.ts";
import type { DeviceProvider, MediaProvider } from "../environment.ts";
import type { MessagePlace } from "../messages/message-place.ts";
import type { EvidencePlace } from "../people/evidence-place.ts";
import { MemoryPinStore } from "../people/pin-store.ts";
import type { PinStore } from "../people/pin-store.ts";
import type { RequiredWitnesses } from "../people/witnesses.ts";
import { SignetTerminal } from "../signet-terminal.ts";
import type { Terminal } from "../terminal-api.ts";

export interface NodeTerminalOptions {
  /** Address of the server: `https://` or `http://`, host, port. */
  readonly server: string;
  /** One that is at hand, or where one comes from. */
  readonly device: SignatureDevice | DeviceProvider;
  /** Whom this terminal met; default in memory, and so forgotten. */
  readonly pins?: PinStore;
  /** Where what speaks against the server is kept; default in memory, and so forgotten. */
  readonly evidence?: EvidencePlace;
  /** Where what belongs to the person is kept; default in memory, and at the server. */
  readonly documents?: DocumentPlace;
  /** Where voice messages are kept, and their key; default nowhere: none are sealed to this terminal. */
  readonly messages?: MessagePlace;
  /** Trust anchors of one's own; default those that the server names. */
  readonly certificates?: CertificateTrust;
  /** Who has to have seen the log by which the server proves what it shows of anybody; default nobody. */
  readonly witnesses?: RequiredWitnesses;
  /** Default: takes part without sound. */
  readonly media?: MediaProvider;
  /** Milliseconds since 1970; default the system's clock. */
  readonly nowMs?: () => number;
}

/**
 * A terminal for Node. It connects at once and keeps connecting; `state.connection` tells how far it is, and `until` waits for it.
 * It keeps the process alive until it is closed.
 * @throws SignetError `connection.badAddress`
 */
export async function createNodeTerminal(options: NodeTerminalOptions): Promise<Terminal> {
  const { origin, host, protocol } = parseAddress(options.server);
  const terminal = await SignetTerminal.create({
    url: `${protocol === "https:" ? "wss" : "ws"}://${host}/ws`,
    serverOrigin: origin,
    pins: options.pins ?? new MemoryPinStore(),
    devices: "sign" in options.device ? deviceAtHand(options.device) : options.device,
    ...(options.certificates === undefined ? {} : { certificates: options.certificates }),
    ...(options.witnesses === undefined ? {} : { witnesses: options.witnesses }),
    media: options.media ?? silentMedia,
    ...(options.evidence === undefined ? {} : { evidencePlace: options.evidence }),
    ...(options.documents === undefined ? {} : { documentPlace: options.documents }),
    ...(options.messages === undefined ? {} : { messagePlace: options.messages }),
    ...(options.nowMs === undefined ? {} : { nowMs: options.nowMs }),
  });
  terminal.start();
  return terminal;
}

function parseAddress(server: string): URL {
  const url = URL.parse(server);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw new SignetError("connection.badAddress");
  return url;
}
