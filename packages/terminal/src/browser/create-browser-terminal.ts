import { SignetTerminal } from "../signet-terminal.ts";
import type { Terminal } from "../terminal-api.ts";
import { WebEvidencePlace } from "../people/evidence-place.ts";
import { MemoryPinStore, WebPinStore } from "../people/pin-store.ts";
import { guestDevices } from "../session/guest-devices.ts";
import { usualChoices } from "../sound-choices.ts";
import type { SoundChoices } from "../sound-choices.ts";
import { ownSystem } from "../system.ts";
import { browserMedia } from "./browser-media.ts";
import { withConstantRate } from "./constant-rate.ts";
import { DocumentDatabase } from "./document-database.ts";
import { KeyDatabase } from "./key-database.ts";
import { watchNetwork, watchView } from "./network-watch.ts";
import { MessageDatabase } from "./message-database.ts";
import { TabBinding } from "./tab-binding.ts";
import { unchainedTimers } from "./unchained-timers.ts";
import { webAuthnDevices } from "./webauthn-provider.ts";

export interface BrowserTerminalOptions {
  /** Asked at each connection: whether all packets of the voice are to have one size, at some more bandwidth. Default no. */
  readonly voicePadding?: () => boolean;
  /** What is not among it is as usual. */
  readonly sound?: Partial<SoundChoices>;
}

/** A terminal in a browser tab, for the server that the page came from. */
export async function createBrowserTerminal(options: BrowserTerminalOptions = {}): Promise<Terminal> {
  const { origin, host, protocol } = location;
  const bindingPlace = tabBindingHere();
  const factory = indexedDbHere();
  const terminal = await SignetTerminal.create({
    url: `${protocol === "https:" ? "wss" : "ws"}://${host}/ws`,
    serverOrigin: origin,
    after: unchainedTimers(ownSystem.after),
    pins: new WebPinStore(localStorage, origin),
    evidencePlace: new WebEvidencePlace(localStorage, origin),
    devices: webAuthnDevices(sessionStorageHere()),
    media: withConstantRate(
      browserMedia({ ...usualChoices, ...options.sound }),
      options.voicePadding ?? (() => false),
    ),
    ...(bindingPlace === undefined ? {} : { bindingPlace }),
    ...(factory === undefined
      ? {}
      : {
          documentPlace: new DocumentDatabase(new KeyDatabase(factory, "documents")),
          messagePlace: new MessageDatabase(new KeyDatabase(factory, "documents")),
        }),
  });
  // Whoever comes back to the page, or to a network, does not wait for the next try.
  const retry = (): void => terminal.retryNow();
  watchNetwork(retry);
  watchView(retry);
  return terminal;
}

/** A terminal for a guest: it knows nobody, keeps nothing, and needs no authenticator. */
export async function createGuestTerminal(options: BrowserTerminalOptions = {}): Promise<Terminal> {
  const { origin, host, protocol } = location;
  const terminal = await SignetTerminal.create({
    url: `${protocol === "https:" ? "wss" : "ws"}://${host}/ws`,
    serverOrigin: origin,
    after: unchainedTimers(ownSystem.after),
    pins: new MemoryPinStore(),
    devices: guestDevices(),
    media: withConstantRate(
      browserMedia({ ...usualChoices, ...options.sound }),
      options.voicePadding ?? (() => false),
    ),
  });
  const retry = (): void => terminal.retryNow();
  watchNetwork(retry);
  watchView(retry);
  return terminal;
}

/** @returns undefined where a browser has not all that it takes: then the terminal key lives in memory alone */
function tabBindingHere(): TabBinding | undefined {
  const storage = sessionStorageHere();
  const factory = indexedDbHere();
  // Older ones have no locks.
  const { locks } = navigator as { readonly locks?: LockManager };
  if (storage === undefined || factory === undefined || locks === undefined) return undefined;
  const binding = new TabBinding({ storage, locks, database: new KeyDatabase(factory), system: ownSystem });
  addEventListener("pagehide", () => binding.left());
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) binding.returned();
  });
  return binding;
}

function indexedDbHere(): IDBFactory | undefined {
  try {
    return indexedDB;
  } catch {
    return undefined;
  }
}

/** A browser that keeps nothing for a page refuses the very property. */
function sessionStorageHere(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
