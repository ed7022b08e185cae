/**
 * The log of a server as this terminal saw it: what it shows of anybody has to be proven by its map, at a checkpoint that goes on from the last one
 * that was seen (docs/directory.md). What does not fit is kept: two checkpoints that a server signed and cannot join speak for themselves.
 */
import {
  formatVerifierKey,
  mapKey,
  openCheckpoint,
  parseVerifierKey,
  verifyConsistency,
  verifyMapProof,
  verifyMapRoot,
} from "@signet/directory";
import type { Checkpoint, VerifierKey } from "@signet/directory";
import { BoundedMap, SignetError } from "@signet/protocol";
import type { Bytes, ErrorCode, ReplyBody, UserId } from "@signet/protocol";

import type { ServerRequests } from "../server-requests.ts";
import type { PinStore } from "./pin-store.ts";
import { countWitnesses } from "./witnesses.ts";
import type { RequiredWitnesses } from "./witnesses.ts";

/** What the map says of one person is not asked for again so soon (ms): a call of many would ask for each of them at each step. */
const provenForMs = 5_000;
/** Answers that are kept so long: people of the largest calls. */
const mostProven = 1_024;
/** Of one question. */
const mostAsked = 200;

/** Why nothing that a server shows is believed any more. */
export type LogFault =
  | "log.missing"
  | "log.otherKey"
  | "log.badCheckpoint"
  | "log.rolledBack"
  | "log.inconsistent";

/** What it takes of what a terminal works with. */
export interface LogEnvironment {
  readonly pins: Pick<PinStore, "log" | "setLog">;
  readonly nowMs: () => number;
  /** Undefined: the server's own word has to do. */
  readonly witnesses?: RequiredWitnesses | undefined;
}

/** Two checkpoints that one log signed, of which the later one does not go on from the earlier one. */
export interface LogEvidence {
  readonly code: "log.inconsistent" | "log.rolledBack";
  /** Signed notes: what was believed, and what was shown then. */
  readonly known: string;
  readonly shown: string;
  /** By which the server meant to show that they fit. */
  readonly consistencyProof: readonly Bytes[];
}

/** @param evidence where it speaks against the server by itself */
export type OnLogFault = (code: LogFault, evidence?: LogEvidence) => void;

/** A checkpoint as the log signed it. */
export interface SignedCheckpoint {
  /** A signed note. */
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

interface Asked {
  readonly userId: UserId;
  readonly resolve: (head: Bytes | undefined) => void;
  readonly reject: (error: unknown) => void;
}

const noneProven = () =>
  new BoundedMap<UserId, { readonly head: Bytes | undefined; readonly atMs: number }>(mostProven);

export class DirectoryLog {
  readonly #link: Pick<ServerRequests, "request">;
  readonly #environment: LogEnvironment;
  readonly #onFault: OnLogFault;
  #key: VerifierKey | undefined;
  #fault: ErrorCode | undefined;
  /** The latest that this terminal believed, whatever another one wrote into the pins since. */
  #latest: SignedCheckpoint | undefined;
  #waiting: Asked[] = [];
  #isAsking = false;
  #proven = noneProven();

  /** @param onFault hears of each once */
  constructor(link: Pick<ServerRequests, "request">, environment: LogEnvironment, onFault: OnLogFault) {
    this.#link = link;
    this.#environment = environment;
    this.#onFault = onFault;
  }

  /**
   * By which key the server says that it signs its log, at each connection. The first one counts, from then on for good.
   * @param verifierKey undefined where it keeps none
   */
  named(verifierKey: string | undefined): void {
    const known = this.#environment.pins.log?.()?.verifierKey ?? (this.#key && formatVerifierKey(this.#key));
    if (known !== undefined && verifierKey !== known)
      return void this.#failed(verifierKey === undefined ? "log.missing" : "log.otherKey");
    if (this.#fault === "log.missing" || this.#fault === "log.otherKey") this.#fault = undefined;
    if (verifierKey === undefined) return;
    const key = parseVerifierKey(verifierKey);
    if (key?.kind === "log") this.#key = key;
    else this.#failed("log.badCheckpoint");
  }

  /** Whether what the server shows has to be proven: where it never kept a log, nothing can be. */
  get isKept(): boolean {
    return this.#key !== undefined || this.#fault !== undefined || this.#environment.witnesses !== undefined;
  }

  get latest(): SignedCheckpoint | undefined {
    return this.#latest;
  }

  /**
   * What the map says of a user ID, as it was a few seconds ago at most: the digest of their last statement, undefined where nobody has the ID.
   * @throws SignetError `log.*`, `directory.unproven`, or the code for which it could not be asked
   */
  headOf(userId: UserId): Promise<Bytes | undefined> {
    if (this.#fault !== undefined) return Promise.reject(new SignetError(this.#fault));
    // No witness can have seen a log that there is none of.
    if (this.#key === undefined) return Promise.reject(new SignetError("log.unwitnessed"));
    const proven = this.#proven.get(userId);
    if (proven !== undefined && this.#environment.nowMs() - proven.atMs < provenForMs)
      return Promise.resolve(proven.head);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ userId, resolve, reject });
      void this.#askAll();
    });
  }

  /** As {@link headOf}, as it is now. */
  headNowOf(userId: UserId): Promise<Bytes | undefined> {
    this.#proven.delete(userId);
    return this.headOf(userId);
  }

  /** What comes up while one question is on its way is asked together. */
  async #askAll(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    // Whatever comes up in the same turn goes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const asked = this.#waiting.splice(0, mostAsked);
      try {
        const heads = await this.#ask([...new Set(asked.map(({ userId }) => userId))]);
        for (const { resolve, userId } of asked) resolve(heads.get(userId));
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.#isAsking = false;
  }

  async #ask(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, Bytes | undefined>> {
    const known = this.#latest ?? (await this.#pinned());
    const from = known?.checkpoint.size ?? 0;
    const reply = await this.#link.request("directory.prove", { userIds: [...userIds], from });
    const shown = await this.#opened(reply.checkpoint);
    if (!verifyMapRoot(shown.checkpoint, reply.mapRootProof)) throw this.#failed("log.badCheckpoint");
    if (known !== undefined) this.#holdTogether(known, shown, reply.consistencyProof);
    await this.#requireWitnesses(shown, reply.cosigned ?? []);
    await this.#believe(shown);
    const heads = new Map<UserId, Bytes | undefined>();
    for (const { leaf, siblings, userId } of reply.people) {
      const said = verifyMapProof(shown.checkpoint.mapRoot as Bytes, mapKey(userId), { leaf, siblings });
      if (said.ok) heads.set(userId, said.value);
    }
    if (!userIds.every((userId) => heads.has(userId))) throw new SignetError("directory.unproven");
    const atMs = this.#environment.nowMs();
    for (const [userId, head] of heads) this.#proven.set(userId, { head, atMs });
    return heads;
  }

  /** It may be cosigned soon: nothing speaks against the server. @throws SignetError `log.unwitnessed` */
  async #requireWitnesses(
    { checkpoint, note }: SignedCheckpoint,
    cosigned: NonNullable<ReplyBody<"directory.prove">["cosigned"]>,
  ): Promise<void> {
    const { nowMs, witnesses } = this.#environment;
    if (witnesses === undefined || this.#key === undefined) return;
    const count = await countWitnesses(checkpoint, note, cosigned, this.#key, witnesses, nowMs());
    if (count < witnesses.least) throw new SignetError("log.unwitnessed");
  }

  /** @throws SignetError `log.badCheckpoint` unless the log signed it */
  async #opened(note: string): Promise<SignedCheckpoint> {
    const opened = this.#key && (await openCheckpoint(note, this.#key));
    if (opened?.ok !== true || opened.checkpoint.mapRoot === undefined)
      throw this.#failed("log.badCheckpoint");
    return { note, checkpoint: opened.checkpoint };
  }

  /** What was remembered. What is not signed by the key of now was changed on this machine. */
  async #pinned(): Promise<SignedCheckpoint | undefined> {
    const pin = this.#environment.pins.log?.();
    return pin === undefined ? undefined : this.#opened(pin.checkpoint);
  }

  /** @throws SignetError `log.rolledBack`, `log.inconsistent` */
  #holdTogether(known: SignedCheckpoint, shown: SignedCheckpoint, consistencyProof: readonly Bytes[]): void {
    const [before, after] = [known.checkpoint, shown.checkpoint];
    const code = after.size < before.size ? "log.rolledBack" : "log.inconsistent";
    if (code === "log.inconsistent" && verifyConsistency(before, after, consistencyProof)) return;
    throw this.#failed(code, { code, known: known.note, shown: shown.note, consistencyProof });
  }

  /** From now on it is what the log goes on from; also for other terminals with the same pins, which may have seen more. */
  async #believe(shown: SignedCheckpoint): Promise<void> {
    const { pins } = this.#environment;
    const pinned = await this.#pinned();
    this.#latest = shown;
    if (pinned !== undefined && pinned.note !== shown.note) {
      const [first, second] = [pinned, shown].toSorted((a, b) => a.checkpoint.size - b.checkpoint.size);
      if (first === undefined || second === undefined) return;
      const sizes = { from: first.checkpoint.size, to: second.checkpoint.size };
      const { proof } = await this.#link.request("directory.consistency", sizes);
      this.#holdTogether(first, second, proof);
      if (second === pinned) return;
    }
    const verifierKey = this.#key && formatVerifierKey(this.#key);
    if (verifierKey !== undefined) pins.setLog?.({ verifierKey, checkpoint: shown.note });
  }

  /** Nothing that the server shows is believed from now on. @returns what to throw */
  #failed(code: LogFault, evidence?: LogEvidence): SignetError {
    const isNew = this.#fault !== code;
    this.#fault = code;
    this.#proven = noneProven();
    if (isNew) this.#onFault(code, evidence);
    return new SignetError(code);
  }
}
