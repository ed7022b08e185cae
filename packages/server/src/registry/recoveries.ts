import { encodeMessage, mostRecoveries } from "@signet/protocol";
import type {
  DirectoryEntryIn,
  ErrorCode,
  ProofIn,
  ReplyBody,
  StatementIn,
  TerminalId,
  UserId,
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
  /** Of the terminal's latest connection. */
  endpoint: Endpoint;
  /** What an administrator signed, which was fresh then, and the history that it follows on. */
  approved?: { readonly proof: ProofIn; readonly entry: DirectoryEntryIn };
}

/**
 * Recoveries that were asked for, of everybody. They are in memory alone: whoever asked is still at the terminal, and asks again. Nobody is
 * turned away: where it is full, the oldest of the person makes room for whom most are asked for.
 */
export class Recoveries {
  /** By the ID of the device; the oldest first. */
  readonly #open = new Map<string, Recovery>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
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
    from: Pick<Recovery, "deviceId" | "terminalId" | "beside" | "endpoint">,
  ): { readonly ok: true; readonly expiresAtMs: number } | { readonly ok: false; readonly code: ErrorCode } {
    const before = this.of(from.deviceId);
    if (before !== undefined) {
      if (before.terminalId !== from.terminalId || before.asked.userId !== asked.userId)
        return { ok: false, code: "registration.deviceTaken" };
      before.endpoint = from.endpoint;
      return { ok: true, expiresAtMs: before.asked.expiresAtMs };
    }
    // A terminal asks for one.
    const theirs = this.all.find(({ terminalId }) => terminalId === from.terminalId);
    if (theirs !== undefined) this.#open.delete(theirs.deviceId);
    else if (this.#open.size >= mostRecoveries) this.#makeRoom();
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

  #makeRoom(): void {
    const byPerson = new Map<UserId, string[]>();
    for (const { asked, deviceId } of this.#open.values())
      byPerson.set(asked.userId, [...(byPerson.get(asked.userId) ?? []), deviceId]);
    const [most] = [...byPerson.values()].toSorted((a, b) => b.length - a.length);
    const [oldest] = most ?? [];
    if (oldest !== undefined) this.#open.delete(oldest);
  }
}
