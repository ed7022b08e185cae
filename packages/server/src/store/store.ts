import type { LogStore } from "./log-store.ts";
import type { PictureStore } from "./picture-store.ts";
import type { MessageStore } from "./message-store.ts";
import type { MissedStore } from "./missed-store.ts";
import type {
  Bytes,
  CallId,
  DirectoryEntryIn,
  PresenceFor,
  ProofIn,
  RegistrationIn,
  StatementIn,
  TerminalId,
  UserId,
} from "@signet/protocol";

/**
 * What a server keeps. Each promise of a writing method resolves only after the write is durable: what was acknowledged
 * is there after a SIGKILL or a power cut. Writes take effect in the order of the calls.
 *
 * Every implementation runs the suite in test/contract. Methods reject with `server.storage` when the medium fails.
 */
export interface Store {
  /** Made once, with the data. */
  readonly instanceId: string;
  /** Why what was written last was not; undefined when all is well. */
  readonly failure: unknown;

  /** How many are registered. */
  people(): Promise<number>;

  /** User IDs after this one, in their order. @param most how many */
  userIdsAfter(after: string, most: number): Promise<readonly UserId[]>;
  /** Who administers by the configuration of now. @returns all who ever did: what they signed counts on */
  nameAdministrators(userIds: readonly UserId[]): Promise<readonly UserId[]>;

  /** With the certificates that renewed it before there were statements, and with all statements that followed. */
  entryOf(userId: UserId): Promise<DirectoryEntryIn | undefined>;
  /** What followed the registration in the user's key history, oldest first. */
  statementsOf(userId: UserId): Promise<readonly StatementIn[]>;
  /**
   * Appends a statement to a user's key history, writes down whose the device is that it brings in, removes the bindings of the
   * devices that it ends, and signs in the terminal that it came with: all of it or nothing. Whether it holds was found before (`foldHistory`).
   */
  appendStatement(appended: AppendedStatement): Promise<AppendResult>;
  /** Adds one directory entry, uses up the invite and signs the terminal in: all of it or nothing. */
  register(registration: Registration): Promise<RegisterResult>;

  bindings(): Promise<readonly StoredBinding[]>;
  /** The proof by which each of the user's devices signed in last, whether it still is or not. */
  signInsOf(userId: UserId): Promise<readonly ProofIn[]>;
  /**
   * Replaces the binding of this device, and the one of this terminal; a user has one for each device.
   * @returns `deviceEnded` when a statement ended the device, which may have come after its proof was checked; `noEntry` for who is not registered
   */
  bind(binding: StoredBinding): Promise<BindResult>;
  /** Removes the user's binding to this terminal. */
  unbind(userId: UserId, terminalId: TerminalId): Promise<void>;

  /**
   * Writes down how often a device has signed, where that is more than what is known.
   * @param digest of what it signed
   * @returns what was known, when the device has signed that often before, something else
   */
  raiseSignatureCount(deviceId: string, count: number, digest: Bytes): Promise<number | undefined>;

  /** The latest that was put. */
  documentOf(userId: UserId): Promise<StoredDocument | undefined>;
  /**
   * Keeps a registered user's sealed document in the place of the one before.
   * @param replaces version of the one that is kept, 0 where none is
   * @returns `outrun` when another one is kept: nothing changes
   */
  putDocument(userId: UserId, document: StoredDocument, replaces: number): Promise<PutResult>;

  readonly log: LogStore;
  readonly missed: MissedStore;
  readonly pushes: PushStore;
  readonly blocks: BlockStore;
  readonly presence: PresenceStore;
  readonly pictures: PictureStore;
  readonly messages: MessageStore;

  /** @param codeHashes SHA-256 of each code: the codes themselves are not kept */
  addInvites(codeHashes: readonly Bytes[], nowMs: number): Promise<void>;
  inviteOpen(codeHash: Bytes): Promise<boolean>;

  /** Appends to the log of one call's inputs. */
  appendCallInputs(callId: CallId, inputs: readonly StoredInput[]): Promise<void>;
  /** The logs of all calls that have not ended, each in the order in which it was written. */
  callInputs(): Promise<readonly StoredCall[]>;
  deleteCallInputs(callId: CallId): Promise<void>;

  /**
   * The origin that the signatures in the directory name: `origin` while nobody is registered, from then on always the same.
   * @returns the one that holds
   */
  claimOrigin(origin: string): Promise<string>;

  /** To be called now and then: puts what was written where it is to stay and, after a failure, tries whether writing works again. */
  tidy(): Promise<void>;
  /** Finishes the waiting writes. */
  close(): Promise<void>;
}

export interface Registration {
  readonly entry: RegistrationIn;
  readonly binding: StoredBinding;
  /** SHA-256 of the invite code, where one is needed. */
  readonly inviteHash?: Bytes;
}

export type RegisterResult = "registered" | "userTaken" | "deviceTaken" | "inviteInvalid";

export type BindResult = "bound" | "deviceEnded" | "noEntry";

export interface AppendedStatement {
  readonly userId: UserId;
  /** 1 for the first one after the registration. */
  readonly sequence: number;
  readonly statement: StatementIn;
  /** Of the device that it brings in. */
  readonly newDeviceId?: string;
  /** Devices of this user that count no more from here on; others are passed over. */
  readonly endedDeviceIds: readonly string[];
  /** Of the device that signed it, at its sign-in: as {@link Store.bind} makes it. */
  readonly binding?: StoredBinding;
}

/**
 * `outrun`: the history goes on elsewhere than after `sequence - 1`, or nobody is registered. `deviceTaken`: the device is or was somebody's.
 * `deviceEnded`: as for {@link BindResult}.
 */
export type AppendResult = "appended" | "outrun" | "deviceTaken" | "deviceEnded";

/** Of a device of a user -> terminal. */
export interface StoredBinding {
  readonly userId: UserId;
  readonly deviceId: string;
  readonly terminalId: TerminalId;
  readonly terminalKey: Bytes;
  readonly expiresAtMs: number;
  /** The `sign-in` or `register` proof that made it. */
  readonly proof: ProofIn;
}

/** A person's document as a terminal sealed it: nothing of it is looked into. */
export interface StoredDocument {
  readonly version: number;
  readonly sealed: Bytes;
  readonly wrappedKeys: readonly Bytes[];
}

/** Where a browser of a registered user is woken (RFC 8030), and the keys for it (RFC 8291). */
export interface StoredPush {
  readonly userId: UserId;
  /** At which they are signed in, or were when they said so last, and with which device. */
  readonly terminalId: TerminalId;
  readonly deviceId: string;
  readonly endpoint: string;
  readonly p256dh: Bytes;
  readonly auth: Bytes;
  /** When they said so last. */
  readonly atMs: number;
}

export type PutResult = "kept" | "outrun";

/** Browsers to be woken. */
export interface PushStore {
  /** The key by which push services know this server. @param made kept where there is none yet @returns the one that is kept */
  claimKey(made: string): Promise<string>;
  /** Of all people: of each person's, the one that was put longest ago first. */
  all(): Promise<readonly StoredPush[]>;
  /** In the place of the person's with the same endpoint. @param most of one person's: those put longest ago go */
  put(push: StoredPush, most: number): Promise<void>;
  delete(userId: UserId, endpoint: string): Promise<void>;
}

/** Whom people blocked. */
export interface BlockStore {
  /** In the order in which they were blocked. */
  of(userId: UserId): Promise<readonly UserId[]>;
  /** Who of these people blocked that caller. */
  whoBlocked(callerId: UserId, userIds: readonly UserId[]): Promise<ReadonlySet<UserId>>;
  /** @returns `full` where the person blocked as many as they may */
  add(userId: UserId, blockedId: UserId, most: number, atMs: number): Promise<"changed" | "held" | "full">;
  remove(userId: UserId, blockedId: UserId): Promise<"changed" | "held">;
}

/** What somebody shows of whether they are there. */
export interface PresenceChoice {
  readonly who: PresenceFor;
  /** For `people`. */
  readonly userIds: readonly UserId[];
  readonly doNotDisturb: boolean;
}

/** Who may see whether people are there: nobody whom they blocked, and whoever they chose. */
export interface PresenceStore {
  /** Those of these people who show it to the one who watches. */
  seenBy(
    watcherId: UserId,
    userIds: readonly UserId[],
  ): Promise<ReadonlyMap<UserId, Pick<PresenceChoice, "doNotDisturb">>>;
  /** Those of the ones who watch to whom this person shows it. */
  watchersOf(
    userId: UserId,
    watcherIds: readonly UserId[],
  ): Promise<{ readonly doNotDisturb: boolean; readonly watcherIds: ReadonlySet<UserId> }>;
  choose(userId: UserId, choice: PresenceChoice): Promise<void>;
}

export interface StoredInput {
  readonly atMs: number;
  /** As {@link encodeStored} wrote it. */
  readonly input: string;
}

export interface StoredCall {
  readonly callId: CallId;
  readonly inputs: readonly StoredInput[];
}
