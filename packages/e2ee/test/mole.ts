import { type Bytes, fromBase64Url, toBase64Url } from "@signet/protocol";
import {
  acceptAll,
  type Capabilities,
  type CiphersuiteImpl,
  type ClientState,
  createCommit,
  createGroup,
  createGroupInfoWithExternalPubAndRatchetTree,
  decodeMlsMessage,
  emptyPskIndex,
  encodeMlsMessage,
  type Extension,
  generateKeyPackageWithKey,
  type GroupContext,
  joinGroup,
  joinGroupExternal,
  type KeyPackage,
  type KeySchedule,
  type MLSMessage,
  mlsExporter,
  type PrivateKeyPackage,
  processPublicMessage,
  type Proposal,
} from "ts-mls";
import { defaultClientConfig } from "ts-mls/clientConfig.js";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { decryptWithLabel } from "ts-mls/crypto/hpke.js";
import { deriveSecret } from "ts-mls/crypto/kdf.js";
import { groupContextEncoder } from "ts-mls/groupContext.js";
import { initializeEpoch } from "ts-mls/keySchedule.js";

import { callListExtension } from "../src/mls/call-list-extension.ts";
import { newLifetime } from "../src/mls/lifetime.ts";
import {
  capabilities as plainCapabilities,
  createLeafKey,
  type SigningSuite,
  signingSuite,
} from "../src/mls/suite.ts";
import { exportedContext, exportedLabel, proofFor, publicMessageIn, someList } from "./mls-world.ts";

/** What whoever sees the server's traffic sees of a Commit: the message, and the GroupContext of both epochs. */
export interface SeenCommit {
  readonly commit: Bytes;
  readonly before: GroupContext;
  readonly after: GroupContext;
}

/** Of so many epochs a mole keeps the secrets: those of its last one are what counts, the others show that they do not. */
const keptEpochs = 3;

function messageIn<W extends MLSMessage["wireformat"]>(bytes: Bytes, wireformat: W) {
  const message = decodeMlsMessage(bytes, 0)?.[0];
  if (message?.wireformat !== wireformat) throw new Error(`not ${wireformat}`);
  return message as Extract<MLSMessage, { wireformat: W }>;
}

const bytesOf = (message: MLSMessage): Bytes => new Uint8Array(encodeMlsMessage(message));

export const addOf = (keyPackage: Bytes): Proposal => ({
  proposalType: "add",
  add: { keyPackage: messageIn(keyPackage, "mls_key_package").keyPackage },
});

export const removeOf = (removed: number): Proposal => ({ proposalType: "remove", remove: { removed } });

/** A member's GroupContextExtensions proposal that brings the group to a call list. */
export const listOf = (digest: Uint8Array): Proposal => setting(callListExtension(digest));

export const setting = (...extensions: Extension[]): Proposal => ({
  proposalType: "group_context_extensions",
  groupContextExtensions: { extensions },
});

export const contextIn = (groupInfo: Bytes): GroupContext =>
  messageIn(groupInfo, "mls_group_info").groupInfo.groupContext;

/**
 * A member on the bare library, whose secrets a test can see and which keeps them when it has left: a dishonest one, or a thief's
 * copy of an honest one.
 */
export class Mole {
  readonly userId: string;
  readonly signing: SigningSuite;
  readonly #publicPackage: KeyPackage;
  readonly #privatePackage: PrivateKeyPackage;
  /** The latest epochs, the present one last: their secrets, and the private keys for encryption. */
  readonly #kept: { schedule: KeySchedule; keys: Uint8Array[] }[] = [];
  #state: ClientState | undefined;

  private constructor(userId: string, signing: SigningSuite, shown: KeyPackage, kept: PrivateKeyPackage) {
    this.userId = userId;
    this.signing = signing;
    this.#publicPackage = shown;
    this.#privatePackage = kept;
  }

  static async make(userId: string, capabilities: Capabilities = plainCapabilities): Promise<Mole> {
    const leafKey = await createLeafKey();
    const signing = await signingSuite(leafKey);
    const { publicPackage, privatePackage } = await generateKeyPackageWithKey(
      { credentialType: "basic", identity: proofFor(userId, leafKey) },
      capabilities,
      newLifetime(Date.now()),
      [],
      { signKey: signing.handle, publicKey: leafKey.publicKey },
      signing.suite,
    );
    return new Mole(userId, signing, publicPackage, privatePackage);
  }

  /** Of all that this one has now. */
  copy(): Mole {
    const copy = new Mole(this.userId, this.signing, this.#publicPackage, this.#privatePackage);
    copy.#kept.push(...structuredClone(this.#kept));
    copy.#state = this.#state;
    return copy;
  }

  get keyPackage(): Bytes {
    return bytesOf({ version: "mls10", wireformat: "mls_key_package", keyPackage: this.#publicPackage });
  }

  get state(): ClientState {
    if (this.#state === undefined) throw new Error(`${this.userId} is in no group`);
    return this.#state;
  }

  get leaf(): number {
    return this.state.privatePath.leafIndex;
  }

  leafKey(): Uint8Array {
    const node = this.state.ratchetTree[this.leaf * 2];
    return node?.nodeType === "leaf" ? node.leaf.signaturePublicKey : new Uint8Array(0);
  }

  #goTo(state: ClientState): void {
    this.#state = state;
    this.#kept.push(
      structuredClone({ schedule: state.keySchedule, keys: Object.values(state.privatePath.privateKeys) }),
    );
    if (this.#kept.length > keptEpochs) this.#kept.shift();
  }

  async create(callId: string, extensions = [callListExtension(someList)]): Promise<void> {
    const groupId = fromBase64Url(callId) ?? new Uint8Array(0);
    const { suite } = this.signing;
    this.#goTo(await createGroup(groupId, this.#publicPackage, this.#privatePackage, extensions, suite));
  }

  async join(welcome: Bytes): Promise<void> {
    const message = messageIn(welcome, "mls_welcome").welcome;
    const { suite } = this.signing;
    this.#goTo(await joinGroup(message, this.#publicPackage, this.#privatePackage, emptyPskIndex, suite));
  }

  /** @param formerKey signature key of the leaf whose place this one takes */
  async joinExternally(groupInfo: Bytes, formerKey?: Uint8Array): Promise<Bytes> {
    const { publicMessage, newState } = await joinGroupExternal(
      messageIn(groupInfo, "mls_group_info").groupInfo,
      this.#publicPackage,
      this.#privatePackage,
      formerKey !== undefined,
      this.signing.suite,
      undefined,
      {
        ...defaultClientConfig,
        keyPackageEqualityConfig: {
          ...defaultClientConfig.keyPackageEqualityConfig,
          compareKeyPackageToLeafNode: (_own, leaf) =>
            formerKey !== undefined && Buffer.compare(leaf.signaturePublicKey, formerKey) === 0,
        },
      },
    );
    this.#goTo(newState);
    return bytesOf({ version: "mls10", wireformat: "mls_public_message", publicMessage });
  }

  /**
   * Makes a Commit of the proposals and goes to its epoch.
   * @param how `falseNodes`: the path's public keys are others than those of its secrets
   */
  async commit(
    extraProposals: Proposal[],
    how: { falseNodes?: boolean } = {},
  ): Promise<{ commit: Bytes; welcome: Bytes | undefined }> {
    const { newState, commit, welcome } = await createCommit(
      { state: this.state, cipherSuite: how.falseNodes === true ? this.#falseSuite() : this.signing.suite },
      { wireAsPublicMessage: true, ratchetTreeExtension: true, extraProposals },
    );
    this.#goTo(newState);
    const message: MLSMessage | undefined = welcome && {
      version: "mls10",
      wireformat: "mls_welcome",
      welcome,
    };
    return { commit: bytesOf(commit), welcome: message && bytesOf(message) };
  }

  /** Makes the key pairs of all nodes of a path, but for the leaf's, which comes first, of other secrets. */
  #falseSuite(): CiphersuiteImpl {
    const { suite } = this.signing;
    let made = 0;
    const deriveKeyPair: typeof suite.hpke.deriveKeyPair = (secret) =>
      suite.hpke.deriveKeyPair(made++ === 0 ? secret : secret.map((byte) => byte ^ 1));
    return { ...suite, hpke: { ...suite.hpke, deriveKeyPair } };
  }

  async add(keyPackages: readonly Bytes[]): Promise<{ commit: Bytes; welcome: Bytes }> {
    const { commit, welcome } = await this.commit(keyPackages.map(addOf));
    if (welcome === undefined) throw new Error("no Welcome");
    return { commit, welcome };
  }

  async process(commit: Bytes): Promise<void> {
    this.#goTo(await this.processIn(this.state, commit));
  }

  /** What would come of it in `state`. */
  async processIn(state: ClientState, commit: Bytes): Promise<ClientState> {
    const { suite } = this.signing;
    const message = publicMessageIn(commit);
    return (await processPublicMessage(state, message, emptyPskIndex, suite, acceptAll)).newState;
  }

  async groupInfo(): Promise<Bytes> {
    const groupInfo = await createGroupInfoWithExternalPubAndRatchetTree(this.state, [], this.signing.suite);
    return bytesOf({ version: "mls10", wireformat: "mls_group_info", groupInfo });
  }

  /** As `exported` has it for a CallGroup. */
  exported(): Promise<Uint8Array> {
    return this.#export(this.state.keySchedule.exporterSecret);
  }

  #export(exporterSecret: Uint8Array): Promise<Uint8Array> {
    return mlsExporter(exporterSecret, exportedLabel, exportedContext, 32, this.signing.suite);
  }

  /**
   * What {@link exported} would give after a Commit, for whatever can be made of its public part and the secrets that this one
   * keeps: each init secret, kept, zero or by ExternalInit, with each commit secret, zero or opened with any key for encryption.
   */
  async derivable({ commit, before, after }: SeenCommit): Promise<Uint8Array[]> {
    const { hpke, kdf } = this.signing.suite;
    const { content } = publicMessageIn(commit);
    if (content.contentType !== "commit") throw new Error("not a Commit");
    const zero = new Uint8Array(kdf.size);
    const initSecrets = [zero, ...this.#kept.map(({ schedule }) => schedule.initSecret)];
    for (const item of content.commit.proposals)
      if (item.proposalOrRefType === "proposal" && item.proposal.proposalType === "external_init")
        for (const { schedule } of this.#kept) {
          const { privateKey } = await hpke.deriveKeyPair(schedule.externalSecret);
          const label = new TextEncoder().encode("MLS 1.0 external init secret");
          const { kemOutput } = item.proposal.externalInit;
          const info = new Uint8Array(0);
          initSecrets.push(await hpke.importSecret(privateKey, label, kemOutput, kdf.size, info));
        }
    const info = encode(groupContextEncoder)({
      ...before,
      epoch: after.epoch,
      treeHash: after.treeHash,
      extensions: after.extensions,
    });
    const keys = new Map(
      this.#kept.flatMap((epoch) => epoch.keys.map((key) => [toBase64Url(key), key] as const)),
    );
    const commitSecrets: Uint8Array[] = [zero];
    const nodes = content.commit.path?.nodes ?? [];
    for (const [height, { encryptedPathSecret }] of nodes.entries())
      for (const { kemOutput, ciphertext } of encryptedPathSecret)
        for (const keyBytes of keys.values()) {
          const key = await hpke.importPrivateKey(keyBytes);
          const opened = await decryptWithLabel(
            key,
            "UpdatePathNode",
            info,
            kemOutput,
            ciphertext,
            hpke,
          ).catch(() => undefined);
          if (opened === undefined) continue;
          let secret = opened;
          for (let i = height; i < nodes.length; i++) secret = await deriveSecret(secret, "path", kdf);
          commitSecrets.push(secret);
        }
    const made: Uint8Array[] = [];
    for (const init of initSecrets)
      for (const commitSecret of commitSecrets) {
        const { keySchedule } = await initializeEpoch(init, commitSecret, after, zero, kdf);
        made.push(await this.#export(keySchedule.exporterSecret));
      }
    return made;
  }
}
