import { randomInt } from "node:crypto";

import { encodeMessage, mostRecoveries } from "@signet/protocol";
import type {
  DirectoryEntryIn,
  ErrorCode,
  ProofIn,
  ReplyBody,
  StatementIn,
  TerminalId,
} from "@signet/protocol";

import type { Endpoint } from "./endpoint.ts";

/** Long enough to reach an administrator by telephone. */
const recoveryMs = 15 * 60_000;

type Asked = ReplyBody<"admin.recoveries">["recoveries"][number];

/** Somebody at a terminal, with a device that is to be theirs. */
export interface Recovery {
  readonly asked: Asked;
  readonly deviceId: string;
  readonly terminalId: TerminalId;
  /** What its authenticator says of the device. */
  readonly beside: Pick<StatementIn, "credentialId" | "attestation">;
  /** Of the terminal's latest connection. `address`: with whom it shares what one address may have. */
  endpoint: Endpoint;
  address: string;
  /** What an administrator signed, which was fresh then, and the history that it follows on. */
  approved?: { readonly proof: ProofIn; readonly entry: DirectoryEntryIn };
}

/**
 * Recoveries that were asked for, of everybody. They are in memory alone: whoever asked is still at the terminal, and asks again. Nobody is
 * turned away: where it is full, another one makes room, and its terminal is told. It is one that no administrator signed yet, from the
 * address that asks for most; of those, one whose terminal is gone, then one for the person for whom most are asked: whoever
 * asks again and again pushes out what they asked for themselves. Of several at one address nobody knows whose they are: any of them goes, so
 * that neither who came first nor who comes last holds the place for good. From addresses of one each it is the newest.
 */
export class Recoveries {
  /** By the ID of the device; the oldest first. */
  readonly #open = new Map<string, Recovery>();
  readonly #clock: () => number;
  readonly #below: (count: number) => number;

  /** @param below any whole number from 0 to below this one */
  constructor(clock: () => number, below: (count: number) => number = randomInt) {
    this.#clock = clock;
    this.#below = below;
  }

  get all(): readonly Recovery[] {
    const nowMs = this.#clock();
    for (const [deviceId, { asked }] of this.#open)
      if (nowMs >= asked.expiresAtMs) this.#open.delete(deviceId);
    return [...this.#open.values()];
  }

  of(deviceId: string): Recovery | undefined {
    return this.all.find((recovery) => recovery.deviceId === deviceId);
  }

  /** @returns the time until when it stands, ms since 1970; the code where the device is another terminal's */
  ask(
    asked: Omit<Asked, "askedAtMs" | "expiresAtMs">,
    from: Pick<Recovery, "deviceId" | "terminalId" | "beside" | "endpoint" | "address">,
  ): { readonly ok: true; readonly expiresAtMs: number } | { readonly ok: false; readonly code: ErrorCode } {
    const before = this.of(from.deviceId);
    if (before !== undefined) {
      if (before.terminalId !== from.terminalId || before.asked.userId !== asked.userId)
        return { ok: false, code: "registration.deviceTaken" };
      before.endpoint = from.endpoint;
      before.address = from.address;
      return { ok: true, expiresAtMs: before.asked.expiresAtMs };
    }
    // A terminal asks for one.
    if (!this.givenUp(from.terminalId) && this.#open.size >= mostRecoveries) this.#makeRoom();
    const askedAtMs = this.#clock();
    const expiresAtMs = askedAtMs + recoveryMs;
    this.#open.set(from.deviceId, { ...from, asked: { ...asked, askedAtMs, expiresAtMs } });
    return { ok: true, expiresAtMs };
  }

  approve(recovery: Recovery, approved: NonNullable<Recovery["approved"]>): void {
    recovery.approved = approved;
    this.tell(recovery);
  }

  /** To the terminal that asked, where it may go on. */
  tell({ approved, endpoint }: Recovery): void {
    if (approved !== undefined)
      endpoint.sendText(encodeMessage({ type: "recovery.approved", body: approved }));
  }

  done(deviceId: string): void {
    this.#open.delete(deviceId);
  }

  /** @returns false where the terminal asked for none */
  givenUp(terminalId: TerminalId): boolean {
    const theirs = this.all.find((recovery) => recovery.terminalId === terminalId);
    return theirs !== undefined && this.#open.delete(theirs.deviceId);
  }

  #makeRoom(): void {
    let among = [...this.#open.values()];
    for (const narrow of narrowing) among = narrow(among);
    const isShared = [...this.#open.values()].some(
      ({ address, deviceId }) => address === among[0]?.address && deviceId !== among[0].deviceId,
    );
    const out = among.at(isShared ? this.#below(among.length) : -1);
    if (out === undefined) return;
    this.#open.delete(out.deviceId);
    if (out.endpoint.isOpen) out.endpoint.send({ type: "recovery.ended", body: {} });
  }
}

type Narrowing = (some: readonly Recovery[]) => Recovery[];

/** Those that it is so of; all where it is of none. */
const preferably =
  (isSo: (recovery: Recovery) => boolean): Narrowing =>
  (some) => {
    const found = some.filter((recovery) => isSo(recovery));
    return found.length > 0 ? found : [...some];
  };

/** Those with whom most others share it. */
const mostAlike =
  (shared: (recovery: Recovery) => string): Narrowing =>
  (some) => {
    const counts = new Map<string, number>();
    for (const recovery of some) counts.set(shared(recovery), (counts.get(shared(recovery)) ?? 0) + 1);
    const most = Math.max(...counts.values());
    return some.filter((recovery) => counts.get(shared(recovery)) === most);
  };

const narrowing: readonly Narrowing[] = [
  preferably(({ approved }) => approved === undefined),
  mostAlike(({ address }) => address),
  preferably(({ endpoint }) => !endpoint.isOpen),
  mostAlike(({ asked }) => asked.userId),
];
