/**
 * The log of a server as this terminal saw it: what it shows of anybody has to be proven by its map, at a checkpoint that goes on from the last one
 * that was seen (docs/directory.md). What does not fit is kept: two checkpoints that a server signed and cannot join speak for themselves.
 */
import {
  encodeSeenCheckpoint,
  formatVerifierKey,
  mapKey,
  openCheckpoint,
  parseVerifierKey,
  verifyMapProof,
  verifyMapRoot,
} from "@signet/directory";
import type { MapProof, VerifierKey } from "@signet/directory";
import { BoundedMap, SignetError } from "@signet/protocol";
import type { Bytes, ProofIn, ReplyBody, UserId } from "@signet/protocol";

import type { ServerRequests } from "../server-requests.ts";
import type { LogFault } from "./log-api.ts";
import { consistencyOf, doFit, foundApart, foundOtherMap, inOrder } from "./log-joins.ts";
import type { FoundApart, SignedCheckpoint } from "./log-joins.ts";
import { OtherViews } from "./other-views.ts";
import type { PinStore } from "./pin-store.ts";
import { countWitnesses } from "./witnesses.ts";
import type { RequiredWitnesses } from "./witnesses.ts";

/** What the map says of one person is not asked for again so soon (ms): a call of many would ask for each of them at each step. */
const provenForMs = 5_000;
/** Answers that are kept so long: people of the largest calls. */
const mostProven = 1_024;
/** Of one question. */
const mostAsked = 200;
/** While the log goes on between several questions that are to be answered at one checkpoint. */
const mostRounds = 5;

/** What it takes of what a terminal works with. */
export interface LogEnvironment {
  readonly pins: Pick<PinStore, "log" | "setLog">;
  readonly nowMs: () => number;
  /** Undefined: the server's own word has to do. */
  readonly witnesses?: RequiredWitnesses | undefined;
}

/** @param found where there is something to keep; of `log.otherView` somebody else saw one of the two, and the person hears of it with their name */
export type OnLogFault = (code: LogFault | "log.otherView", found?: FoundApart) => void;

/** Of several people, at one checkpoint. */
export interface ProvenPeople {
  readonly key: VerifierKey;
  /** A signed note. */
  readonly checkpoint: string;
  /** Entries of the log. */
  readonly size: number;
  readonly mapRootProof: readonly Bytes[];
  /** Digests of their last statements; undefined where nobody has the ID. */
  readonly heads: ReadonlyMap<UserId, Bytes | undefined>;
  readonly mapProofs: ReadonlyMap<UserId, MapProof>;
}

interface Shown {
  readonly reply: ReplyBody<"directory.prove">;
  readonly shown: SignedCheckpoint;
  readonly heads: ReadonlyMap<UserId, Bytes | undefined>;
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
  /** By the server's word at this connection. */
  #named: string | undefined;
  #fault: LogFault | undefined;
  /** The latest that this terminal believed, whatever another one wrote into the pins since. */
  #latest: SignedCheckpoint | undefined;
  #waiting: Asked[] = [];
  #asking: Promise<void> | undefined;
  #proven = noneProven();
  readonly #views: OtherViews;

  constructor(link: Pick<ServerRequests, "request">, environment: LogEnvironment, onFault: OnLogFault) {
    this.#link = link;
    this.#environment = environment;
    this.#onFault = onFault;
    const key = (): VerifierKey | undefined => this.#key;
    this.#views = new OtherViews(link, {
      get key() {
        return key();
      },
      latest: async () => this.#latest ?? (await this.#look()),
      newest: async () => {
        this.#proven = noneProven();
        return this.#look();
      },
      seenFurther: async (further, from) => {
        await this.#believe(further, from);
        this.#proven = noneProven();
      },
      onApart: (found) => onFault("log.otherView", found),
    });
  }

  /**
   * By which key the server says that it signs its log, at each connection. The first one counts, from then on for good.
   * @param verifierKey undefined where it keeps none
   */
  named(verifierKey: string | undefined): void {
    this.#named = verifierKey;
    const known = this.#knownKey();
    if (known !== undefined && verifierKey !== known)
      return void this.#failed(verifierKey === undefined ? "log.missing" : "log.otherKey");
    if (this.#fault === "log.missing" || this.#fault === "log.otherKey") this.#fault = undefined;
    if (verifierKey === undefined) return;
    const key = parseVerifierKey(verifierKey);
    if (key?.kind === "log") this.#key = key;
    else this.#failed("log.badCheckpoint");
  }

  /** What cannot be read is told wherever something rests on it. */
  #knownKey(): string | undefined {
    try {
      const pinned = this.#environment.pins.log?.()?.verifierKey;
      if (pinned !== undefined) return pinned;
    } catch {
      // As above.
    }
    return this.#key && formatVerifierKey(this.#key);
  }

  /** Why nothing that the server shows is believed; undefined while it is. */
  get fault(): LogFault | undefined {
    return this.#fault;
  }

  /** As the server names it now; undefined where it keeps no log. */
  get verifierKey(): string | undefined {
    return this.#named;
  }

  /**
   * The person's explicit decision: the log counts from what it is now, by this key. What was hidden until then cannot be noticed any more.
   * @param verifierKey as the server names it now; undefined: it keeps none, and nothing that it shows is proven
   * @throws SignetError `log.otherKey` where it names another one; `directory.badPins`
   */
  async beginAnew(verifierKey: string | undefined): Promise<void> {
    // What was asked before would be held against what counts no more.
    while (this.#asking !== undefined) await this.#asking;
    await this.#views.forget();
    if (verifierKey !== this.#named) throw new SignetError("log.otherKey");
    this.#environment.pins.setLog?.(undefined);
    this.#latest = undefined;
    this.#key = undefined;
    this.#fault = undefined;
    this.named(verifierKey);
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
    // No witness can have seen a log that there is none of.
    if (this.#key === undefined && this.#fault === undefined)
      return Promise.reject(new SignetError("log.unwitnessed"));
    const proven = this.#proven.get(userId);
    if (proven !== undefined && this.#environment.nowMs() - proven.atMs < provenForMs)
      return Promise.resolve(proven.head);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ userId, resolve, reject });
      this.#asking ??= this.#askAll();
    });
  }

  /** As {@link headOf}, as it is now. */
  headNowOf(userId: UserId): Promise<Bytes | undefined> {
    this.#proven.delete(userId);
    return this.headOf(userId);
  }

  /**
   * The latest checkpoint as it is signed by the person's device; of no bytes where the server keeps no log.
   * @throws SignetError `log.*`, or the code for which it could not be asked
   */
  async seen(): Promise<Bytes> {
    this.#requireNoFault();
    const key = this.#key;
    if (key === undefined) return new Uint8Array();
    const { note } = this.#latest ?? (await this.#look());
    const seen = encodeSeenCheckpoint(note, key);
    if (seen === undefined) throw this.#failed("log.badCheckpoint");
    this.#views.fits(seen);
    return seen;
  }

  /** What the person's own device signed, which names what was {@link seen}. */
  signed(proof: ProofIn): void {
    this.#views.signed(proof);
  }

  /**
   * Holds what somebody else saw, as they signed it, against what was seen here: of the same log, one has to go on from the other. Where they saw more
   * of it, that is what the server has to go on from, here as well.
   * @param theirs verified
   * @throws SignetError `log.otherView`, `log.unsignedView`, `log.*`, or the code for which it could not be asked
   */
  async holdSeen(seen: Bytes, theirs: ProofIn): Promise<void> {
    this.#requireNoFault();
    await this.#views.hold(seen, theirs);
  }

  /** The latest checkpoint, of nobody in particular. */
  async #look(): Promise<SignedCheckpoint> {
    await this.#ask([]);
    if (this.#latest === undefined) throw new SignetError("log.badCheckpoint");
    return this.#latest;
  }

  /** What comes up while one question is on its way is asked together. */
  async #askAll(): Promise<void> {
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
    this.#asking = undefined;
  }

  /**
   * What the map says of all of these at one checkpoint, with the proofs, for a file that others verify.
   * @returns undefined where the server keeps no log, or it goes on faster than it can be asked
   * @throws SignetError `log.*`, `directory.unproven`, or the code for which it could not be asked
   */
  async provenAtOnce(userIds: readonly UserId[]): Promise<ProvenPeople | undefined> {
    this.#requireNoFault();
    for (let round = 0; round < mostRounds && this.#key !== undefined; round++) {
      const parts: Shown[] = [];
      for (let from = 0; from === 0 || from < userIds.length; from += mostAsked)
        parts.push(await this.#prove(userIds.slice(from, from + mostAsked)));
      const [first] = parts;
      if (first === undefined || parts.some(({ shown: { note } }) => note !== first.shown.note)) continue;
      const { reply, shown } = first;
      const people = parts.flatMap((part) => part.reply.people);
      return {
        key: this.#key,
        checkpoint: shown.note,
        size: shown.checkpoint.size,
        mapRootProof: reply.mapRootProof,
        heads: new Map(parts.flatMap(({ heads }) => [...heads])),
        mapProofs: new Map(people.map(({ leaf, siblings, userId }) => [userId, { leaf, siblings }])),
      };
    }
    return undefined;
  }

  async #ask(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, Bytes | undefined>> {
    return (await this.#prove(userIds)).heads;
  }

  async #prove(userIds: readonly UserId[]): Promise<Shown> {
    if (this.#fault !== undefined) throw new SignetError(this.#fault);
    const known = this.#latest ?? (await this.#pinned());
    const from = known?.checkpoint.size ?? 0;
    const reply = await this.#link.request("directory.prove", { userIds: [...userIds], from });
    const shown = await this.#opened(reply.checkpoint);
    if (!verifyMapRoot(shown.checkpoint, reply.mapRootProof)) {
      const found = await foundOtherMap(this.#link, this.#key, { known, shown }, reply.mapRootProof);
      throw this.#failed("log.badCheckpoint", found);
    }
    if (known !== undefined) await this.#holdTogether(known, shown, reply.consistencyProof);
    await this.#requireWitnesses(shown, reply.cosigned ?? []);
    await this.#believe(shown, known);
    const heads = new Map<UserId, Bytes | undefined>();
    for (const { leaf, siblings, userId } of reply.people) {
      const said = verifyMapProof(shown.checkpoint.mapRoot as Bytes, mapKey(userId), { leaf, siblings });
      if (said.ok) heads.set(userId, said.value);
    }
    if (!userIds.every((userId) => heads.has(userId))) throw new SignetError("directory.unproven");
    const atMs = this.#environment.nowMs();
    for (const [userId, head] of heads) this.#proven.set(userId, { head, atMs });
    return { reply, shown, heads };
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
    if (opened?.ok !== true) throw this.#failed("log.badCheckpoint");
    return { note, checkpoint: opened.checkpoint };
  }

  /** What was remembered. What is not signed by the key of now was changed on this machine. */
  async #pinned(): Promise<SignedCheckpoint | undefined> {
    const pin = this.#environment.pins.log?.();
    return pin === undefined ? undefined : this.#opened(pin.checkpoint);
  }

  /** @throws SignetError `log.rolledBack`, `log.inconsistent` */
  async #holdTogether(
    known: SignedCheckpoint,
    shown: SignedCheckpoint,
    consistencyProof: readonly Bytes[],
  ): Promise<void> {
    const isShorter = shown.checkpoint.size < known.checkpoint.size;
    if (!isShorter && doFit(known.checkpoint, shown.checkpoint, consistencyProof)) return;
    const finding = isShorter ? "rolledBack" : "forked";
    // It may also be another one than it was so far, as whoever has the longer one can show.
    const proof = isShorter
      ? await consistencyOf(this.#link, shown.checkpoint, known.checkpoint).catch(() => undefined)
      : consistencyProof;
    const apart = { finding, known, shown, consistencyProof: proof ?? [] } as const;
    const found = await foundApart(this.#link, this.#key, apart);
    throw this.#failed(isShorter ? "log.rolledBack" : "log.inconsistent", found);
  }

  /**
   * From now on it is what the log goes on from; also for other terminals with the same pins, which may have seen more.
   * @param from what it was found to go on from
   */
  async #believe(shown: SignedCheckpoint, from: SignedCheckpoint | undefined): Promise<void> {
    const { pins } = this.#environment;
    const fitting = new Set([shown.note, from?.note]);
    let pinned: SignedCheckpoint | undefined;
    for (;;) {
      pinned = await this.#pinned();
      // Also what came meanwhile, by the word of somebody in a call.
      const other = [pinned, this.#latest].find((one) => one !== undefined && !fitting.has(one.note));
      if (other === undefined) break;
      const [first, second] = inOrder(other, shown);
      const proof = await consistencyOf(this.#link, first.checkpoint, second.checkpoint);
      // A log that has not so many entries any more was taken back.
      await (proof === undefined
        ? this.#holdTogether(second, first, [])
        : this.#holdTogether(first, second, proof));
      fitting.add(other.note);
    }
    const isMoreThan = (one: SignedCheckpoint | undefined): boolean =>
      one === undefined || one.checkpoint.size < shown.checkpoint.size;
    if (isMoreThan(this.#latest)) this.#latest = shown;
    const verifierKey = this.#key && formatVerifierKey(this.#key);
    if (verifierKey !== undefined && isMoreThan(pinned))
      pins.setLog?.({ verifierKey, checkpoint: shown.note });
  }

  #requireNoFault(): void {
    if (this.#fault !== undefined) throw new SignetError(this.#fault);
  }

  /** Nothing that the server shows is believed from now on. @returns what to throw */
  #failed(code: LogFault, found?: FoundApart): SignetError {
    this.#fault = code;
    this.#proven = noneProven();
    this.#onFault(code, found);
    return new SignetError(code);
  }
}
