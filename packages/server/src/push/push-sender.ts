/** One notification to one push service (RFC 8030), encrypted to the browser (RFC 8291) and signed by this server (RFC 8292). */
import { lookup } from "node:dns";
import type { OutgoingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import type { LookupFunction } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { toBase64Url } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { isPublicAddress } from "./push-endpoint.ts";
import type { PushKey } from "./push-key.ts";
import { sealedFor } from "./sealed-message.ts";

/** A later one takes the place of an earlier one that was not delivered (RFC 8030 section 5.4). */
const topic = "call";
/** For all of it, name resolution and TLS included. */
const answerMostMs = 10_000;
/** To one service, so that one that hangs holds up no other; and to all. */
const connectionsPerServiceMost = 8;
const connectionsMost = 32;
/** What a service may ask for to be left alone before the second and last try. */
const retryMostMs = 5_000;
const retryMs = 1_000;

export interface PushTarget {
  readonly endpoint: string;
  readonly p256dh: Bytes;
  readonly auth: Bytes;
}

/** `gone`: it is subscribed no more. */
export type PushResult = "taken" | "gone" | "failed";

export interface PushReach {
  /** Whether the server may connect to this address; default those that are public. */
  readonly mayReach?: (address: string) => boolean;
  /** Of the authority that signed the services' certificates, PEM; default those of Node. */
  readonly authority?: string;
}

export class PushSender {
  readonly #key: PushKey;
  readonly #contact: () => string;
  readonly #agent: Agent;

  /** @param contact how a push service reaches who runs this server: a `mailto:` or `https:` address */
  constructor(key: PushKey, contact: () => string, { authority, mayReach = isPublicAddress }: PushReach) {
    this.#key = key;
    this.#contact = contact;
    this.#agent = new Agent({
      maxSockets: connectionsPerServiceMost,
      maxTotalSockets: connectionsMost,
      lookup: lookupAmong(mayReach),
      // The checks of the chain and of the name stay as they are.
      ...(authority === undefined ? {} : { ca: authority }),
    });
  }

  /** @param leftMs for so long it is worth anything: the service keeps it no longer */
  async send(target: PushTarget, leftMs: number): Promise<PushResult> {
    const untilMs = performance.now() + leftMs;
    const first = await this.#try(target, leftMs);
    if (first.result !== "again") return first.result;
    const waitMs = first.waitMs ?? retryMs;
    if (waitMs > retryMostMs || performance.now() + waitMs >= untilMs) return "failed";
    await delay(waitMs, undefined, { ref: false });
    const second = await this.#try(target, untilMs - performance.now());
    return second.result === "again" ? "failed" : second.result;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #try(
    { auth, endpoint, p256dh }: PushTarget,
    leftMs: number,
  ): Promise<{ readonly result: PushResult | "again"; readonly waitMs?: number }> {
    const token = await this.#key.tokenFor(new URL(endpoint).origin, this.#contact());
    const headers = {
      authorization: `vapid t=${token}, k=${toBase64Url(this.#key.publicKey)}`,
      "content-encoding": "aes128gcm",
      "content-type": "application/octet-stream",
      ttl: String(Math.max(1, Math.ceil(leftMs / 1_000))),
      topic,
      urgency: "high",
    };
    try {
      const { retryAfter, status } = await this.#post(endpoint, headers, sealedFor({ auth, p256dh }));
      if (status >= 200 && status < 300) return { result: "taken" };
      // RFC 8030 section 7.3; 404 is what several services say in its place.
      if (status === 404 || status === 410) return { result: "gone" };
      if (status !== 429 && status < 500) return { result: "failed" };
      const seconds = Number(retryAfter);
      return { result: "again", ...(seconds > 0 ? { waitMs: seconds * 1_000 } : {}) };
    } catch {
      return { result: "again" };
    }
  }

  /** Follows no redirect. @throws where no answer comes in time */
  #post(
    endpoint: string,
    headers: OutgoingHttpHeaders,
    body: Buffer,
  ): Promise<{ status: number; retryAfter: string | undefined }> {
    return new Promise((resolve, reject) => {
      const sent = request(endpoint, {
        agent: this.#agent,
        headers: { ...headers, "content-length": body.length },
        method: "POST",
        signal: AbortSignal.timeout(answerMostMs),
      });
      sent.on("error", reject);
      sent.on("response", (answer) => {
        answer.on("error", () => undefined);
        // Nothing else in it is needed.
        answer.destroy();
        resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers["retry-after"] });
      });
      sent.end(body);
    });
  }
}

/** Checked where the connection is made, so that a name which changes its address meanwhile leads nowhere else. */
function lookupAmong(mayReach: (address: string) => boolean): LookupFunction {
  return (hostname, options, found) =>
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return found(error, []);
      // One that is not public says enough about the name.
      if (addresses.length === 0 || !addresses.every(({ address }) => mayReach(address)))
        return found(Object.assign(new Error("not a public address"), { code: "EACCES" }), []);
      if (options.all === true) return found(null, addresses);
      const [{ address, family } = { address: "", family: 0 }] = addresses;
      return found(null, address, family);
    });
}
