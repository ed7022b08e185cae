import type { Feature, ServerEvent } from "@signet/protocol";

/** Where a terminal is reached: what the registry needs of its socket. */
export interface Endpoint {
  readonly isOpen: boolean;
  hasFeature(feature: Feature): boolean;
  send(event: ServerEvent): void;
  /** For an event that goes to many: encoded once. */
  sendText(text: string): void;
  close(closeCode: number, reason: string): void;
}
