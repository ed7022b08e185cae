import { toBase64Url } from "@signet/protocol";

import { type GroupMember } from "./roster.ts";

/**
 * Signature keys of leaves that were in a call and went, as one terminal saw it. A leaf key serves for one stay: with it came the proof
 * that its person signed for that stay, and anybody can send both again. To be kept for as long as the terminal may enter the call anew.
 */
export class SpentLeafKeys {
  readonly #spent = new Set<string>();

  /** Who is in `before` and has no leaf with the same key in `after` has gone. */
  note(before: readonly GroupMember[], after: readonly GroupMember[]): void {
    const present = new Set(after.map(({ leafPublicKey }) => toBase64Url(leafPublicKey)));
    for (const { leafPublicKey } of before) {
      const name = toBase64Url(leafPublicKey);
      if (!present.has(name)) this.#spent.add(name);
    }
  }

  add(leafPublicKey: Uint8Array): void {
    this.#spent.add(toBase64Url(leafPublicKey));
  }

  has(leafPublicKey: Uint8Array): boolean {
    return this.#spent.has(toBase64Url(leafPublicKey));
  }

  /** Of several leaves, one whose key is spent. */
  among(members: readonly GroupMember[]): GroupMember | undefined {
    return members.find(({ leafPublicKey }) => this.has(leafPublicKey));
  }
}
