import { logEntryOf } from "@signet/directory";
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";

import {
  CallId,
  encodeMessage,
  equalBytes,
  ProofIn,
  SignetError,
  RegistrationIn,
  StatementIn,
  UserId,
} from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, TerminalId } from "@signet/protocol";

import { keepPrivate, makePrivate } from "../private-files.ts";
import { StartError } from "../start-error.ts";
import { checkPeople } from "./lost-people.ts";
import { migrations } from "./migrations.ts";
import type { PictureStore } from "./picture-store.ts";
import { sqliteBlocks } from "./sqlite-blocks.ts";
import { sqliteLog } from "./sqlite-log.ts";
import type { SqliteLog } from "./sqlite-log.ts";
import { sqlitePresence } from "./sqlite-presence.ts";
import { sqlitePictures } from "./sqlite-pictures.ts";
import { sqliteMessages } from "./sqlite-messages.ts";
import { sqliteMissed } from "./sqlite-missed.ts";
import type { MessageStore } from "./message-store.ts";
import type { MissedStore } from "./missed-store.ts";
import { sqlitePushes } from "./sqlite-pushes.ts";
import type { StoreWays } from "./store-ways.ts";
import { prepareAll } from "./sqlite-queries.ts";
import { NewerDataError } from "./newer-data.ts";
import { countPath, readPeopleCount, writePeopleCount } from "./people-count.ts";
import type { PeopleCount } from "./people-count.ts";
import type {
  AppendResult,
  AppendedStatement,
  BindResult,
  BlockStore,
  PresenceStore,
  PushStore,
  PutResult,
  RegisterResult,
  Registration,
  Store,
  StoredBinding,
  StoredCall,
  StoredDocument,
  StoredInput,
} from "./store.ts";
import { bindingOf, documentOf } from "./rows.ts";
import { encodeStored } from "./stored-json.ts";
import { WriteQueue } from "./write-queue.ts";

/** How long a write waits for another process that writes (`signet invite` beside a running server). */
const busyTimeoutMs = 5_000;

/**
 * The embedded store: one SQLite file in WAL mode. `synchronous = FULL` syncs the log at each commit, so that an
 * acknowledged registration survives a power cut.
 * @param path made with its folder when missing
 * @throws StartError when people who were registered in it are missing, or when it is damaged: nothing is changed then
 * @throws SignetError `server.storage`
 */
export function openSqliteStore(path: string): Store {
  try {
    if (path !== inMemory) prepareFiles(path);
    const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON",
    );
    migrate(database);
    return new SqliteStore(database, path === inMemory ? undefined : path);
  } catch (cause) {
    throw cause instanceof SignetError || cause instanceof StartError
      ? cause
      : new SignetError("server.storage", cause);
  }
}

/** Endings of what lies beside the database while it is open, or after a crash. */
export const companions = ["-wal", "-shm", "-journal"] as const;

/** SQLite's name for a database that is in no file. */
const inMemory = ":memory:";

function prepareFiles(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // What an earlier server made may have been for all to read.
  for (const file of [...["", ...companions].map((ending) => path + ending), countPath(path)])
    keepPrivate(file);
  // Before there is an empty file, from which SQLite would conclude that the log beside it is of no use.
  checkPeople(path);
  // What SQLite makes beside it gets the same mode.
  makePrivate(path);
}

function migrate(database: DatabaseSync): void {
  // The lock comes first: two processes that start together must not both migrate.
  database.exec("BEGIN IMMEDIATE");
  try {
    const done = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (done > migrations.length) throw new NewerDataError();
    for (const step of migrations.slice(done)) database.exec(step);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    database
      .prepare("INSERT INTO meta (name, value) VALUES ('instanceId', ?) ON CONFLICT DO NOTHING")
      .run(randomUUID());
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

class SqliteStore implements Store {
  readonly instanceId: string;
  readonly #database: DatabaseSync;
  readonly #writes: WriteQueue;
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly log: SqliteLog;
  readonly missed: MissedStore;
  readonly pushes: PushStore;
  readonly blocks: BlockStore;
  readonly presence: PresenceStore;
  readonly pictures: PictureStore;
  readonly messages: MessageStore;
  /** Of the database; undefined in memory. */
  readonly #path: string | undefined;
  #uncounted: unknown;

  constructor(database: DatabaseSync, path: string | undefined) {
    this.#database = database;
    this.#writes = new WriteQueue(
      database,
      () => this.#count(),
      () => this.log.seal(),
    );
    this.#sql = prepareAll(database);
    const ways: StoreWays = { read: (run) => this.#read(run), write: (run) => this.#writes.add(run) };
    this.log = sqliteLog(database, ways);
    this.missed = sqliteMissed(database, ways);
    this.pushes = sqlitePushes(database, ways);
    this.blocks = sqliteBlocks(database, ways);
    this.presence = sqlitePresence(database, ways);
    this.pictures = sqlitePictures(database, ways);
    this.messages = sqliteMessages(database, ways);
    this.#path = path;
    this.instanceId = String(
      database.prepare("SELECT value FROM meta WHERE name = 'instanceId'").get()?.["value"],
    );
    this.#count();
  }

  get failure(): unknown {
    return this.#writes.failure ?? this.#uncounted;
  }

  people(): Promise<number> {
    return this.#read(() => this.#lastEntries().people);
  }

  #lastEntries(): Omit<PeopleCount, "instanceId"> {
    const { people, renewals, statements } = this.#sql.lastEntries.get() ?? {};
    return { people: Number(people), renewals: Number(renewals), statements: Number(statements) };
  }

  /**
   * Writes down how many people there are, and carries them from SQLite's log into the file: who copies that alone has them. A
   * person is registered all the same where this fails; {@link failure} tells then, and it is tried again.
   */
  #count(): void {
    if (this.#path === undefined) return;
    try {
      const count = { instanceId: this.instanceId, ...this.#lastEntries() };
      if (!isDeepStrictEqual(count, readPeopleCount(this.#path))) writePeopleCount(this.#path, count);
      this.#database.exec("PRAGMA wal_checkpoint(PASSIVE)");
      this.#uncounted = undefined;
    } catch (error) {
      this.#uncounted = error;
    }
  }

  async tidy(): Promise<void> {
    await this.#read(() => this.#database.exec("PRAGMA wal_checkpoint(PASSIVE)")).catch(() => undefined);
    if (this.#uncounted !== undefined) this.#count();
    if (this.#writes.failure === undefined) return;
    await this.#writes.add(() => this.#sql.tryWriting.run(String(Date.now()))).catch(() => undefined);
  }

  userIdsAfter(after: string, most: number): Promise<readonly UserId[]> {
    return this.#read(() =>
      this.#sql.userIdsAfter.all(after, most).map((row) => UserId.parse(row["user_id"])),
    );
  }

  nameAdministrators(userIds: readonly UserId[]): Promise<readonly UserId[]> {
    return this.#writes.add(() => {
      const text = this.#sql.administrators.get()?.["value"];
      const before = text === undefined ? [] : UserId.array().parse(JSON.parse(String(text)));
      const all = [...new Set([...before, ...userIds])];
      if (all.length > before.length) this.#sql.setAdministrators.run(JSON.stringify(all));
      return all;
    });
  }

  entryOf(userId: UserId): Promise<DirectoryEntryIn | undefined> {
    return this.#read(() => {
      // Of before there were statements: nothing is written there any more.
      const row = this.#sql.renewedEntry.get(userId) ?? this.#sql.entry.get(userId);
      if (row === undefined) return undefined;
      const registration = RegistrationIn.parse(JSON.parse(String(row["entry"])));
      return { ...registration, statements: this.#statementsOf(userId) };
    });
  }

  statementsOf(userId: UserId): Promise<readonly StatementIn[]> {
    return this.#read(() => this.#statementsOf(userId));
  }

  #statementsOf(userId: UserId): StatementIn[] {
    const rows = this.#sql.statements.all(userId);
    return rows.map((row) => StatementIn.parse(JSON.parse(String(row["statement"]))));
  }

  appendStatement(appended: AppendedStatement): Promise<AppendResult> {
    const { binding, endedDeviceIds, newDeviceId, sequence, statement, userId } = appended;
    return this.#writes.add((): AppendResult => {
      const last = this.#sql.lastSequence.get(userId)?.["last"];
      if (last === undefined || Number(last) + 1 !== sequence) return "outrun";
      if (newDeviceId !== undefined && this.#sql.userOfDevice.get(newDeviceId) !== undefined)
        return "deviceTaken";
      if (binding !== undefined && this.#isEnded(binding)) return "deviceEnded";
      this.#sql.addStatement.run(userId, sequence, encodeMessage(statement));
      this.log.append({ userId, sequence, proofs: statement.proofs });
      if (newDeviceId !== undefined) this.#sql.addDevice.run(newDeviceId, userId);
      for (const deviceId of endedDeviceIds) {
        if (this.#sql.endDevice.run(deviceId, userId).changes > 0)
          this.#sql.unbindDevice.run(userId, deviceId);
      }
      if (binding !== undefined) this.#bind(binding);
      return "appended";
    }, "people");
  }

  register({ entry, binding, inviteHash }: Registration): Promise<RegisterResult> {
    return this.#writes.add((): RegisterResult => {
      if (this.#sql.entry.get(entry.userId) !== undefined) return "userTaken";
      if (this.#sql.userOfDevice.get(entry.deviceId) !== undefined) return "deviceTaken";
      if (inviteHash !== undefined && this.#sql.useInvite.run(entry.userId, inviteHash).changes !== 1) {
        return "inviteInvalid";
      }
      this.#sql.addEntry.run(entry.userId, entry.deviceId, encodeMessage(entry));
      this.log.append(logEntryOf({ ...entry, statements: [] }, 0));
      this.#sql.addDevice.run(entry.deviceId, entry.userId);
      this.#bind(binding);
      return "registered";
    }, "people");
  }

  bindings(): Promise<readonly StoredBinding[]> {
    return this.#read(() => this.#sql.bindings.all().map(bindingOf));
  }

  signInsOf(userId: UserId): Promise<readonly ProofIn[]> {
    return this.#read(() =>
      this.#sql.signIns.all(userId).map((row) => ProofIn.parse(JSON.parse(String(row["proof"])))),
    );
  }

  bind(binding: StoredBinding): Promise<BindResult> {
    return this.#writes.add((): BindResult => {
      if (this.#isEnded(binding)) return "deviceEnded";
      if (this.#sql.entry.get(binding.userId) === undefined) return "noEntry";
      this.#bind(binding);
      return "bound";
    });
  }

  #isEnded({ deviceId }: StoredBinding): boolean {
    return this.#sql.isEnded.get(deviceId) !== undefined;
  }

  #bind(binding: StoredBinding): void {
    const { userId, deviceId, terminalId, terminalKey, expiresAtMs, proof } = binding;
    const encoded = encodeMessage(proof);
    this.#sql.bind.run(userId, deviceId, terminalId, terminalKey, expiresAtMs, encoded);
    this.#sql.noteSignIn.run(userId, deviceId, encoded);
  }

  unbind(userId: UserId, terminalId: TerminalId): Promise<void> {
    return this.#writes.add(() => {
      this.#sql.unbind.run(userId, terminalId);
    });
  }

  raiseSignatureCount(deviceId: string, count: number, digest: Bytes): Promise<number | undefined> {
    return this.#writes.add(() => {
      const row = this.#sql.signatureCount.get(deviceId);
      // Passkeys that several machines share count nothing. What counted before does not cease to.
      const known = Number(row?.["count"] ?? 0);
      if (count > known) this.#sql.setSignatureCount.run(deviceId, count, digest);
      const isRepeated = row !== undefined && equalBytes(new Uint8Array(row["digest"] as Uint8Array), digest);
      return count > known || known === 0 || isRepeated ? undefined : known;
    });
  }

  documentOf(userId: UserId): Promise<StoredDocument | undefined> {
    return this.#read(() => {
      const row = this.#sql.document.get(userId);
      return row === undefined ? undefined : documentOf(row);
    });
  }

  putDocument(
    userId: UserId,
    { version, sealed, wrappedKeys }: StoredDocument,
    replaces: number,
  ): Promise<PutResult> {
    return this.#writes.add((): PutResult => {
      if (Number(this.#sql.document.get(userId)?.["version"] ?? 0) !== replaces) return "outrun";
      this.#sql.setDocument.run(userId, version, sealed, encodeStored(wrappedKeys));
      return "kept";
    });
  }

  addInvites(codeHashes: readonly Bytes[], nowMs: number): Promise<void> {
    return this.#writes.add(() => {
      for (const hash of codeHashes) this.#sql.addInvite.run(hash, nowMs);
    });
  }

  inviteOpen(codeHash: Bytes): Promise<boolean> {
    return this.#read(() => this.#sql.inviteOpen.get(codeHash) !== undefined);
  }

  appendCallInputs(callId: CallId, inputs: readonly StoredInput[]): Promise<void> {
    return this.#writes.add(() => {
      for (const { atMs, input } of inputs) this.#sql.addInput.run(callId, atMs, input);
    });
  }

  callInputs(): Promise<readonly StoredCall[]> {
    return this.#read(() => {
      const calls = new Map<CallId, StoredInput[]>();
      for (const row of this.#sql.inputs.iterate()) {
        const callId = CallId.parse(row["call_id"]);
        const inputs = calls.get(callId) ?? [];
        inputs.push({ atMs: Number(row["at_ms"]), input: String(row["input"]) });
        calls.set(callId, inputs);
      }
      return [...calls].map(([callId, inputs]) => ({ callId, inputs }));
    });
  }

  deleteCallInputs(callId: CallId): Promise<void> {
    return this.#writes.add(() => {
      this.#sql.deleteInputs.run(callId);
    });
  }

  claimOrigin(origin: string): Promise<string> {
    return this.#writes.add(() => {
      const held = this.#sql.origin.get()?.["value"];
      if (held !== undefined && this.#sql.anyEntry.get() !== undefined) return String(held);
      this.#sql.setOrigin.run(origin);
      return origin;
    });
  }

  close(): Promise<void> {
    return this.#read(() => {
      if (!this.#database.isOpen) return;
      this.#writes.flush();
      this.#database.close();
    });
  }

  // Reads are synchronous underneath; the promise is the interface's, for stores over a network.
  #read<T>(run: () => T): Promise<T> {
    try {
      return Promise.resolve(run());
    } catch (cause) {
      return Promise.reject(new SignetError("server.storage", cause));
    }
  }
}
