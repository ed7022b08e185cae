import { type Bytes, equalBytes, type ErrorCode, toBase64Url } from "@signet/protocol";
import { type AuthenticationService, type Credential } from "ts-mls";

/** What the hook says of one leaf. `userId` belongs to `ok: true`; without it the leaf is refused. */
export interface CredentialVerdict {
  ok: boolean;
  userId?: string;
  code?: ErrorCode;
}

/**
 * Checks the encoded `call` or `join` proof (`identity` of the basic credential) of one leaf, and that the proof names
 * `leafPublicKey`. Called for each leaf, one's own too. A throw is a refusal. It must come to an end, and it must not
 * wait for the group that calls it.
 */
export type CredentialHook = (identity: Bytes, leafPublicKey: Bytes) => Promise<CredentialVerdict>;

export type Judgement = { ok: true; userId: string } | { ok: false; code: ErrorCode };

/** What the hook is asked about: an identity, and the leaf key that it came with. */
export interface JudgedLeaf {
  readonly identity: Uint8Array;
  readonly leafPublicKey: Uint8Array;
}

/**
 * Asks the hook once for each pair of identity and key that is in the group, or about to enter it; refusals are asked again, since a
 * directory may be back, and so is who did not enter after all, since a device may be revoked meanwhile.
 */
export class CredentialJudge implements AuthenticationService {
  readonly #hook: CredentialHook;
  /** By leaf key: the latest identity that came with it. */
  readonly #accepted = new Map<
    string,
    { readonly identity: Uint8Array; readonly judgement: Promise<Judgement> }
  >();
  #lastRefusal: ErrorCode | undefined;

  constructor(hook: CredentialHook) {
    this.#hook = hook;
  }

  async judge(identity: Uint8Array, leafPublicKey: Uint8Array): Promise<Judgement> {
    const name = toBase64Url(leafPublicKey);
    let asked = this.#accepted.get(name);
    if (asked === undefined || !equalBytes(asked.identity, identity)) {
      asked = { identity: identity.slice(), judgement: this.#ask(identity, leafPublicKey) };
      this.#accepted.set(name, asked);
    }
    const settled = await asked.judgement;
    if (!settled.ok) {
      if (this.#accepted.get(name) === asked) this.#accepted.delete(name);
      this.#lastRefusal = settled.code;
    }
    return settled;
  }

  /** Before whatever may bring somebody in: what was found of others than these is of an attempt that came to nothing, or of who is gone. */
  forgetAllBut(leaves: readonly JudgedLeaf[]): void {
    const keys = new Map(
      leaves.map(({ identity, leafPublicKey }) => [toBase64Url(leafPublicKey), identity] as const),
    );
    for (const [name, { identity }] of this.#accepted) {
      const kept = keys.get(name);
      if (kept === undefined || !equalBytes(kept, identity)) this.#accepted.delete(name);
    }
  }

  /** Whoever comes in is judged as things stand now, also where they were in before. */
  forget(leafPublicKey: Uint8Array): void {
    this.#accepted.delete(toBase64Url(leafPublicKey));
  }

  /** The library's side of the hook: a mere boolean, never a throw. */
  async validateCredential(credential: Credential, signaturePublicKey: Uint8Array): Promise<boolean> {
    if (credential.credentialType !== "basic") return false;
    return (await this.judge(credential.identity, signaturePublicKey)).ok;
  }

  /** Why the library was told no, where it only says that something failed. Forgets it. */
  takeRefusal(): ErrorCode | undefined {
    const code = this.#lastRefusal;
    this.#lastRefusal = undefined;
    return code;
  }

  async #ask(identity: Uint8Array, leafPublicKey: Uint8Array): Promise<Judgement> {
    try {
      const verdict = await this.#hook(new Uint8Array(identity), new Uint8Array(leafPublicKey));
      if (verdict.ok && typeof verdict.userId === "string") return { ok: true, userId: verdict.userId };
      return { ok: false, code: verdict.code ?? "mls.credential" };
    } catch {
      return { ok: false, code: "mls.credential" };
    }
  }
}
