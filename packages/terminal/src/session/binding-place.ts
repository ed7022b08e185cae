import type { CallId } from "@signet/protocol";

/** As it is kept. */
export interface KeptBinding {
  readonly version: 1;
  readonly serverOrigin: string;
  /** The terminal key. */
  readonly privateKey: CryptoKey;
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The own directory entry, and the `sign-in` or `register` proof that binds the terminal, as JSON messages hold them. */
  readonly entry: string;
  readonly binding: string;
  /** Histories of administrators, in the same form, on which the entry may rest. */
  readonly administrators?: string;
  /** By the server's clock. */
  readonly expiresAtMs: number;
}

/** Where one terminal keeps it, and no other one finds it at the same time. */
export interface BindingPlace {
  /** What the terminal before this one left here for it; undefined for none. Never rejects. */
  take(): Promise<{ readonly kept: unknown; readonly callId?: unknown } | undefined>;
  /** In place of what there is. @returns whether it is kept. Never rejects */
  keep(kept: KeptBinding): Promise<boolean>;
  /** From this moment on nobody takes it any more. */
  forget(): void;
  /** This terminal is about to end, and is in this call. */
  leaving(callId: CallId): void;
}
