import type { Bytes } from "@signet/protocol";

/** Where a browser is woken, and the keys for it (RFC 8291). */
export interface WokenBrowser {
  /** A secret: whoever has it can ask the push service for notifications. */
  readonly endpoint: string;
  /** 65 and 16 bytes. */
  readonly p256dh: Bytes;
  readonly auth: Bytes;
}

/** Rejects with `push.*`, and where nobody is signed in or there is no connection. */
export interface WakingApi {
  /** The server's key, which a browser subscribes with at its push service: 65 bytes. */
  key(): Promise<Bytes>;
  /** From now on this browser is woken when whoever is signed in here is called. To be said anew at each sign-in. Signing out ends it. */
  subscribe(browser: WokenBrowser): Promise<void>;
  unsubscribe(endpoint: string): Promise<void>;
}
