/** The computing of one process's share of a group, without server, proofs and messages: `bench group` in the layout of the call. */
import { CallGroup, createLeafKey, exportFrameEpoch } from "@signet/e2ee";
import type { CredentialHook, MembershipOptions, PendingJoin } from "@signet/e2ee";
import { concatBytes, fromUtf8, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

/** As long as the encoded join proof of a software device. */
const credentialBytes = 400;

const hook: CredentialHook = async (identity) => ({
  ok: true,
  userId: fromUtf8(identity.subarray(0, 8)) ?? "",
});

async function optionsFor(callId: string, index: number): Promise<MembershipOptions> {
  const name = utf8(`u${String(index).padStart(7, "0")}`);
  const identity = concatBytes(name, new Uint8Array(credentialBytes - name.length));
  const callListDigest = () => new Uint8Array(32);
  return { callId, leafKey: await createLeafKey(), identity, hook, callListDigest, nowMs: () => Date.now() };
}

export class BareShare {
  readonly #callId: string;
  #initiator: CallGroup | undefined;
  #joins: PendingJoin[] = [];
  #groups: CallGroup[] = [];

  constructor(callId: string) {
    this.#callId = callId;
  }

  /** @returns the KeyPackages of the members of this process */
  async prepare(indices: readonly number[]): Promise<Bytes[]> {
    for (const index of indices) {
      const options = await optionsFor(this.#callId, index);
      if (index === 0) this.#initiator = await CallGroup.create(options);
      else this.#joins.push(await CallGroup.prepareJoin(options));
    }
    return this.#joins.map(({ keyPackage }) => keyPackage);
  }

  async commit(add: readonly Bytes[], remove: readonly number[]) {
    const pending = await this.#initiator?.commit({ add, remove });
    if (pending?.type !== "pending") throw new Error("nothing was committed");
    await pending.accept();
    return { commit: pending.commit, ...(pending.welcome === undefined ? {} : { welcome: pending.welcome }) };
  }

  /** All members of this process enter, each for itself, and export their frame keys. */
  async join(welcome: Bytes): Promise<void> {
    this.#groups = await Promise.all(this.#joins.map((pending) => pending.join(welcome)));
    await this.#exportAll();
  }

  async process(commit: Bytes): Promise<void> {
    const results = await Promise.all(this.#groups.map((group) => group.process(commit)));
    const refused = results.find((result) => result.type === "refused");
    if (refused !== undefined) throw new Error(`the Commit was refused: ${refused.code}`);
    this.#groups = this.#groups.filter((_, i) => results[i]?.type === "advanced");
    await this.#exportAll();
  }

  async #exportAll(): Promise<void> {
    await Promise.all(this.#groups.map((group) => exportFrameEpoch(group)));
  }
}

const es256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/**
 * What one terminal cannot do without for each other member that it meets: import the device's key, verify the `register`
 * and the `join` proof with it, import the leaf key, verify the leaf node's signature.
 * @returns how many members' worth of it this process does per second
 */
export async function measureChecks(durationMs: number): Promise<number> {
  const device = await crypto.subtle.generateKey(es256, true, ["sign", "verify"]);
  const spki = await crypto.subtle.exportKey("spki", device.publicKey);
  const leaf = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const leafRaw = await crypto.subtle.exportKey("raw", leaf.publicKey);
  const digest = crypto.getRandomValues(new Uint8Array(32));
  const node = crypto.getRandomValues(new Uint8Array(700));
  const proof = await crypto.subtle.sign(es256, device.privateKey, digest);
  const nodeSignature = await crypto.subtle.sign("Ed25519", leaf.privateKey, node);
  let done = 0;
  const startedMs = performance.now();
  const work = async (): Promise<void> => {
    while (performance.now() - startedMs < durationMs) {
      const deviceKey = await crypto.subtle.importKey("spki", spki, es256, false, ["verify"]);
      const leafKey = await crypto.subtle.importKey("raw", leafRaw, "Ed25519", false, ["verify"]);
      await crypto.subtle.verify(es256, deviceKey, proof, digest);
      await crypto.subtle.verify(es256, deviceKey, proof, digest);
      await crypto.subtle.verify("Ed25519", leafKey, nodeSignature, node);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return (done / (performance.now() - startedMs)) * 1_000;
}
