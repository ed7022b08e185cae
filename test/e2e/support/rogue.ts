import { createTerminalKey, sha256, statedHead } from "@signet/device";
import type { SignatureDevice, TerminalKey } from "@signet/device";
import { encodeSeenCheckpoint, parseVerifierKey } from "@signet/directory";
import { CallGroup, createLeafKey, exportWordEpoch, SpentLeafKeys, WordSealer } from "@signet/e2ee";
import type { LeafKey, WordEpoch } from "@signet/e2ee";
import { decodeReply, decodeServerMessage, encodeMessage, encodeProof, ownFeatures } from "@signet/protocol";
import type {
  Bytes,
  CallId,
  EventBody,
  LeafIndex,
  ProofIn,
  ReplyBody,
  RequestBody,
  RequestType,
  ServerEvent,
  UserId,
} from "@signet/protocol";

import { credulous, newDevice, callListOf, randomId } from "./forgery.ts";

/** By the key of the rogue's own leaf. */
type Sign = (message: Bytes) => Promise<Bytes>;
type GivenGroup = Pick<RequestBody<"call.offerGroupInfo">, "groupInfo" | "digest">;

async function socketTo(serverOrigin: string): Promise<WebSocket> {
  const socket = new WebSocket(`${serverOrigin.replace(/^http/, "ws")}/ws`);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  return socket;
}

/** Adds whoever was there before. */
class Forgetful extends SpentLeafKeys {
  override note(): void {}
}

/**
 * A member who breaks the rules: starts a call as anybody may, and as its committer admits whom it likes. The real server,
 * which does not look into Commits, lets it.
 */
export class Rogue {
  readonly userId: UserId;
  readonly device: SignatureDevice;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<
    number,
    { readonly type: RequestType; resolve(body: unknown): void; reject(error: Error): void }
  >();
  #nextId = 0;
  #serverOrigin = "";
  #head: Bytes = new Uint8Array();
  #group: CallGroup | undefined;
  #callId: CallId | undefined;
  #leafKey: LeafKey | undefined;
  #terminalKey: TerminalKey | undefined;
  /** Digests of the `call` proof and of what was said since; and of the list of them. */
  #said: readonly Bytes[] = [];
  #callList: Bytes = new Uint8Array();
  #last: Promise<unknown> = Promise.resolve();
  callProof: ProofIn | undefined;
  /** What vouches for the key of its terminal. */
  registered: ProofIn | undefined;
  /** KeyPackages to add with the next Commit, which nobody asked for. */
  smuggle: readonly Bytes[] = [];
  /** People to remove with the next Commit, whom nobody asked to remove. */
  throwOut: readonly UserId[] = [];
  /** People who left and are to stay in the group, whatever the server is told. */
  keepIn: readonly UserId[] = [];
  /** What is sent in place of the next Commit. */
  falsify: ((commit: Bytes) => Bytes) | undefined;
  /** What is sent in place of the next Welcome. */
  falsifyWelcome: ((welcome: Bytes) => Bytes) | undefined;
  /** What it gives to somebody who has to come back into the group. Until then it gives nothing. */
  tellGroup: ((group: CallGroup, sign: Sign) => Promise<GivenGroup>) | undefined;

  readonly #nowMs: () => number;
  #logKey: string | undefined;

  private constructor(userId: UserId, device: SignatureDevice, socket: WebSocket, nowMs: () => number) {
    this.userId = userId;
    this.#nowMs = nowMs;
    this.device = device;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(String(data)));
  }

  static async register(serverOrigin: string, name: string, nowMs = Date.now): Promise<Rogue> {
    const rogue = new Rogue(name as UserId, await newDevice(), await socketTo(serverOrigin), nowMs);
    await rogue.#register();
    return rogue;
  }

  /** Somebody who registered before. */
  static async signIn(
    serverOrigin: string,
    { device, userId }: { readonly device: SignatureDevice; readonly userId: UserId },
  ): Promise<Rogue> {
    const rogue = new Rogue(userId, device, await socketTo(serverOrigin), Date.now);
    await rogue.#signIn();
    return rogue;
  }

  async call(memberUserIds: readonly UserId[]): Promise<void> {
    const leafKey = await createLeafKey();
    this.#leafKey = leafKey;
    this.#callId = randomId() as CallId;
    const { userId } = this;
    const { deviceId } = this.device;
    const common = { serverOrigin: this.#serverOrigin, userId, deviceId, issuedAtMs: this.#nowMs() };
    const proof = await this.device.sign({
      purpose: "call",
      ...common,
      callId: this.#callId,
      memberUserIds,
      leafKey: leafKey.publicKey,
      head: this.#head,
      checkpoint: await this.#seen(),
    });
    this.callProof = proof;
    this.#said = [await sha256(proof.transcript)];
    this.#callList = await callListOf(...this.#said);
    this.#group = await CallGroup.create({
      callId: this.#callId,
      leafKey,
      identity: encodeProof(proof),
      hook: credulous,
      spentKeys: new Forgetful(),
      callListDigest: () => this.#callList,
      nowMs: this.#nowMs,
    });
    await this.#request("call.request", { proof });
  }

  /** The log as it is: that is not what is lied about here. */
  async #seen(): Promise<Bytes> {
    const { checkpoint } = await this.#request("directory.prove", { userIds: [], from: 0 });
    const key = parseVerifierKey(this.#logKey ?? "");
    return (key && encodeSeenCheckpoint(checkpoint, key)) ?? new Uint8Array();
  }

  /** As the host, by the rules. */
  async remove(userIds: readonly UserId[]): Promise<void> {
    const [callProofDigest] = this.#said;
    if (this.#callId === undefined || callProofDigest === undefined) throw new Error("not in a call");
    const proof = await this.#terminalKey!.sign({
      purpose: "remove",
      serverOrigin: this.#serverOrigin,
      userId: this.userId,
      deviceId: this.device.deviceId,
      issuedAtMs: this.#nowMs(),
      callId: this.#callId,
      callProofDigest,
      userIds,
      voided: [callProofDigest],
    });
    await this.#request("call.remove", { proof });
  }

  /** All that it needs to say something in the call, in whosever name. */
  async words() {
    const [callProofDigest] = this.#said;
    const [group, callId, leafKey] = [this.#group, this.#callId, this.#leafKey];
    if (group === undefined || callId === undefined || leafKey === undefined || callProofDigest === undefined)
      throw new Error("not in a call");
    const epoch: WordEpoch = await exportWordEpoch(group, callId);
    const { deviceId } = this.device;
    const common = { serverOrigin: this.#serverOrigin, userId: this.userId, deviceId };
    const issuedAtMs = this.#nowMs();
    return {
      epoch,
      sealer: new WordSealer(leafKey),
      ofCall: { ...common, issuedAtMs, callId, callProofDigest },
      head: this.#head,
      terminalKey: this.#terminalKey!,
    };
  }

  async say(sealed: Bytes): Promise<void> {
    await this.#request("call.say", { callId: this.#callId!, sealed });
  }

  /** An external Commit, as somebody sends whose state of the group is broken. */
  async rejoin(commit: Bytes, epoch: number): Promise<void> {
    const { callProof: proof } = this;
    if (this.#callId === undefined || proof === undefined) throw new Error("not in a call");
    const leaf = { userId: this.userId, leaf: 0 as LeafIndex };
    await this.#request("call.rejoin", { callId: this.#callId, epoch, proof, commit, leaf });
  }

  /** Anything that a terminal may ask. */
  ask<T extends RequestType>(type: T, body: RequestBody<T>): Promise<ReplyBody<T>> {
    return this.#request(type, body);
  }

  close(): void {
    this.#socket.close();
  }

  async #hello() {
    const ownKey = await createTerminalKey();
    this.#terminalKey = ownKey;
    const { terminalId, publicKey: terminalKey } = ownKey;
    const { serverOrigin, logKey } = await this.#request("session.hello", {
      version: 1,
      terminalId,
      terminalKey,
      features: [...ownFeatures],
    });
    this.#serverOrigin = serverOrigin;
    this.#logKey = logKey;
    const { challenge: keyChallenge } = await this.#request("session.challenge", {});
    const possession = await ownKey.sign({
      purpose: "terminal",
      serverOrigin,
      issuedAtMs: this.#nowMs(),
      serverChallenge: keyChallenge,
      terminalId,
      terminalKey,
    });
    await this.#request("session.prove", { proof: possession });
    return { serverOrigin, terminalId, terminalKey };
  }

  async #signIn(): Promise<void> {
    const { userId, device } = this;
    const common = await this.#hello();
    const { challenge: serverChallenge, entries } = await this.#request("sign-in.begin", { userId });
    const [entry] = entries;
    if (entry === undefined) throw new Error("not registered");
    this.#head = await statedHead(entry);
    const issuedAtMs = this.#nowMs();
    const proof = await device.sign({
      purpose: "sign-in",
      ...common,
      userId,
      deviceId: device.deviceId,
      issuedAtMs,
      serverChallenge,
      expiresAtMs: issuedAtMs + 3_600_000,
      head: this.#head,
    });
    await this.#request("sign-in.finish", { proof });
  }

  async #register(): Promise<void> {
    const { userId, device } = this;
    const { deviceId, kind, algorithm, publicKey } = device;
    const { serverOrigin, terminalId, terminalKey } = await this.#hello();
    const displayName = userId.toUpperCase();
    const { challenge: serverChallenge } = await this.#request("register.begin", { userId, displayName });
    const issuedAtMs = this.#nowMs();
    const proof = await device.sign({
      purpose: "register",
      serverOrigin,
      userId,
      deviceId,
      issuedAtMs,
      serverChallenge,
      displayName,
      devicePublicKey: publicKey,
      terminalId,
      terminalKey,
      expiresAtMs: issuedAtMs + 3_600_000,
    });
    this.#head = await statedHead({ proof, statements: [] });
    this.registered = proof;
    await this.#request("register.finish", { proof, device: { kind, algorithm, publicKey } });
  }

  async #commit({
    callId,
    task,
    admit,
    remove,
    statements = [],
  }: EventBody<"call.commitNeeded">): Promise<void> {
    const group = this.#group;
    if (group === undefined || callId !== this.#callId) return;
    const add = [...admit.map(({ keyPackage }) => keyPackage), ...this.smuggle];
    this.smuggle = [];
    const leaves = remove.flatMap(({ userId, leaf }) => (this.keepIn.includes(userId) ? [] : [leaf]));
    const thrownOut = group.members().filter(({ userId }) => this.throwOut.includes(userId as UserId));
    this.throwOut = [];
    const brought = await Promise.all(statements.map(({ proof }) => sha256(proof.transcript)));
    this.#said = [...this.#said, ...brought];
    this.#callList = await callListOf(...this.#said);
    const result = await group.commit({
      add,
      remove: [...leaves, ...thrownOut.map(({ leaf }) => leaf)],
      update: add.length === 0,
    });
    if (result.type === "nothing") return;
    const { epoch, welcome, added } = result;
    const commit = this.falsify?.(result.commit) ?? result.commit;
    this.falsify = undefined;
    const told = welcome === undefined ? undefined : (this.falsifyWelcome?.(welcome) ?? welcome);
    this.falsifyWelcome = undefined;
    const admitted = admit.flatMap(({ userId }) => {
      const leaf = added.find((member) => member.userId === userId)?.leaf;
      return leaf === undefined ? [] : [{ userId, leaf: leaf as LeafIndex }];
    });
    const removed = remove.map(({ userId }) => userId);
    await this.#request("call.commit", {
      callId,
      task,
      epoch,
      commit,
      admitted,
      removed,
      ...(brought.length === 0 ? {} : { statements: brought }),
      ...(told === undefined ? {} : { welcome: told }),
    });
    await result.accept();
  }

  /** The Commit of another member, which it follows like anybody. */
  async #follow({ callId, commit }: EventBody<"call.committed">): Promise<void> {
    if (callId === this.#callId) await this.#group?.process(commit);
  }

  async #tell({ callId, epoch }: EventBody<"call.groupInfoNeeded">): Promise<void> {
    if (this.#group === undefined || callId !== this.#callId || this.tellGroup === undefined) return;
    const { privateKey } = this.#leafKey!;
    const sign: Sign = async (message) =>
      new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, message));
    await this.#request("call.offerGroupInfo", {
      callId,
      epoch,
      ...(await this.tellGroup(this.#group, sign)),
    });
  }

  #request<T extends RequestType>(type: T, body: RequestBody<T>): Promise<ReplyBody<T>> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        type,
        resolve: (reply) => resolve(decodeReply(type, reply) as ReplyBody<T>),
        reject,
      });
      this.#socket.send(encodeMessage({ id, type, body }));
    });
  }

  #receive(text: string): void {
    const message = decodeServerMessage(text);
    if (message?.kind === "reply") this.#waiting.get(message.id)?.resolve(message.body);
    if (message?.kind === "error" && message.id !== undefined)
      this.#waiting.get(message.id)?.reject(new Error(message.code));
    if (message?.kind !== "event") return;
    const { event } = message;
    // A task that came too late is asked for again.
    this.#last = this.#last.then(() => this.#hear(event)).catch(() => undefined);
  }

  async #hear({ type, body }: ServerEvent): Promise<void> {
    if (type === "call.commitNeeded") await this.#commit(body);
    if (type === "call.committed") await this.#follow(body);
    if (type === "call.groupInfoNeeded") await this.#tell(body);
  }
}
