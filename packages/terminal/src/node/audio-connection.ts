import { networkInterfaces } from "node:os";

import type { FrameDecryptor } from "@signet/e2ee";
import {
  MediaPeer,
  RoundTrip,
  SentPackets,
  buildNack,
  buildReceiverReport,
  newRtpHeader,
  parseRtp,
  slotSsrcsOf,
} from "@signet/media/peer";
import type { MediaPeerOptions, PeerState } from "@signet/media/peer";
import type { Bytes } from "@signet/protocol";

import type { Speaker } from "../environment.ts";
import type { Mixer } from "./mix.ts";
import { createMonoDecoder } from "./opus.ts";
import type { PlayedVoices } from "./played-voices.ts";
import type { PacketCounts } from "../media/media-connector.ts";
import type { SoundWay } from "../media/sound-way.ts";
import { OwnAddress } from "../media/own-address.ts";
import { Reception } from "./reception.ts";
import { ReceiveSlot } from "./receive-slot.ts";
import type { PlayedAs } from "./receive-slot.ts";

export interface AudioConnectionOptions extends Required<
  Pick<MediaPeerOptions, "relays" | "onRelayFailure">
> {
  readonly slots: number;
  readonly decryptor: FrameDecryptor;
  /** Of the call, as the decryptor. */
  readonly played: PlayedVoices;
  /** Local address to bind; default all. */
  readonly localAddress: string | undefined;
  /** UDP and relays are tried at once. */
  readonly allAtOnce: boolean;
  /** After it was connected. */
  onState(state: PeerState): void;
  /** @param speaker undefined when nothing of anybody has come in the slot for a while */
  onSpeaker(slot: number, speaker: Speaker | undefined): void;
  readonly onFrame: ((frame: Bytes) => void) | undefined;
  readonly onPlayed: ((how: PlayedAs) => void) | undefined;
  /** Something of somebody in the call has come in; told again and again. */
  onHeard(): void;
  /** The SFU says how much got lost of what was sent since it last said so, 0 to 1. */
  onLost(lost: number): void;
}

/** The server answers no more reports than that. */
const reportEveryMs = 2_000;
/** What is missed is said more often: the server judges networks by the last seconds. */
const receptionEveryMs = 1_000;

/** One connection to the SFU: what it sends is sealed already, what it receives is opened, decoded and mixed. */
export class AudioConnection {
  readonly #options: AudioConnectionOptions;
  readonly #peer: MediaPeer;
  readonly #header = newRtpHeader();
  readonly #roundTrip: RoundTrip;
  readonly #reception = new Reception();
  readonly #address = new OwnAddress();
  readonly #sentPackets = new SentPackets(performance.now());
  #reportedMs = -Infinity;
  #receptionMs = -Infinity;
  readonly #slots: ReceiveSlot[] = [];
  readonly #slotOf = new Map<number, ReceiveSlot>();
  #closed = false;
  #connected = false;
  #sent = 0;

  constructor(options: AudioConnectionOptions) {
    this.#options = options;
    this.#peer = new MediaPeer({
      slots: options.slots,
      relays: options.relays,
      allAtOnce: options.allAtOnce,
      onRelayFailure: options.onRelayFailure,
      ...(options.localAddress === undefined ? {} : { address: options.localAddress }),
      onRtp: (packet) => this.#receive(packet),
      onRtcp: (packet) => this.#hear(packet, performance.now()),
      onState: (state) => {
        if (!this.#closed) options.onState(state);
      },
    });
    this.#roundTrip = new RoundTrip(this.#peer.ssrc, (lost) => {
      if (!this.#closed) options.onLost(lost);
    });
  }

  /** Offers, and resolves when packets can flow. @throws SignetError of `exchange`, or Error when it cannot connect */
  async open(exchange: (offerSdp: string) => Promise<string>): Promise<void> {
    const answer = await exchange(await this.#peer.offer());
    const ssrcs = slotSsrcsOf(answer);
    for (const [index, ssrc] of ssrcs.slice(0, this.#options.slots).entries()) {
      const decoder = await createMonoDecoder();
      const { decryptor, played } = this.#options;
      const slot = new ReceiveSlot(
        decryptor.stream(),
        decoder,
        played,
        (speaker) => this.#options.onSpeaker(index, speaker),
        this.#options.onPlayed,
      );
      this.#slots.push(slot);
      this.#slotOf.set(ssrc, slot);
    }
    // Closed while it waited: its decoders go, too.
    if (this.#closed) this.#freeSlots();
    await this.#peer.accept(answer);
    this.#connected = true;
  }

  /** @param level RFC 6464 byte */
  send(sealed: Bytes, level: number): void {
    if (!this.#connected || this.#closed) return;
    this.#sentPackets.sent(this.#peer.send(sealed, { level }));
    this.#sent++;
    this.#roundTrip.sent(sealed.length);
    const nowMs = performance.now();
    if (nowMs - this.#reportedMs < reportEveryMs) return;
    this.#reportedMs = nowMs;
    this.#peer.sendRaw(this.#roundTrip.report(this.#peer.timestamp, nowMs));
  }

  get counts(): PacketCounts {
    const isAddressGone = this.#connected && this.#address.isGone(this.#peer.localAddress, ownAddresses());
    return {
      received: this.#authentic,
      held: this.#options.decryptor.framesHeld,
      sent: this.#sent,
      isAddressGone,
    };
  }

  get #authentic(): number {
    return this.#slots.reduce((sum, { authentic }) => sum + authentic, 0);
  }

  /** Undefined without a connection. */
  get way(): SoundWay | undefined {
    const { way } = this.#peer;
    if (way === undefined || !this.#connected) return undefined;
    const { jitterMs, lost } = this.#reception;
    const { ms: roundTripMs } = this.#roundTrip;
    return {
      by: way,
      ...(roundTripMs === undefined ? {} : { roundTripMs }),
      ...(lost === undefined ? {} : { lost }),
      ...(jitterMs === undefined ? {} : { jitterMs }),
    };
  }

  /** Adds the next 20 ms of all slots to `mixer`, and asks for what is missing. */
  play(mixer: Mixer): void {
    if (this.#closed) return;
    if (this.#authentic > 0) this.#options.onHeard();
    const nowMs = performance.now();
    for (const [ssrc, slot] of this.#slotOf) {
      this.#ask(ssrc, slot, nowMs);
      const frame = slot.play();
      if (frame !== undefined) mixer.add(frame);
    }
    this.#reportReception(nowMs);
  }

  /** How loud the sound of a slot is now, 0 to 1. */
  levelOf(slot: number): number {
    return this.#slots[slot]?.level ?? 0;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#peer.close();
    this.#freeSlots();
  }

  #hear(rtcp: Buffer, nowMs: number): void {
    this.#roundTrip.heard(rtcp, nowMs);
    for (const packet of this.#sentPackets.askedFor(rtcp, this.#peer.ssrc, nowMs)) this.#peer.sendRaw(packet);
  }

  #receive(packet: Buffer): void {
    const header = this.#header;
    if (this.#closed || !parseRtp(packet, header)) return;
    const slot = this.#slotOf.get(header.ssrc);
    if (slot === undefined) return;
    const end = header.padded ? packet.length - packet.readUInt8(packet.length - 1) : packet.length;
    const nowMs = performance.now();
    const frame = packet.subarray(header.payloadOffset, end) as Uint8Array as Bytes;
    this.#options.onFrame?.(frame);
    const wasAskedFor = slot.receive(header.sequence, frame, nowMs);
    this.#reception.arrived(header.ssrc, header.sequence, header.timestamp, nowMs, wasAskedFor);
    this.#ask(header.ssrc, slot, nowMs);
  }

  /** What came, and what did not (RFC 3550 section 6.4.2). */
  #reportReception(nowMs: number): void {
    if (nowMs - this.#receptionMs < receptionEveryMs) return;
    this.#receptionMs = nowMs;
    const reports = this.#reception.reports();
    if (reports.length > 0) this.#peer.sendRaw(buildReceiverReport(this.#peer.ssrc, ...reports));
  }

  #ask(ssrc: number, slot: ReceiveSlot, nowMs: number): void {
    for (const { first, count } of slot.toAsk(nowMs))
      this.#peer.sendRaw(buildNack(this.#peer.ssrc, ssrc, first, count));
  }

  #freeSlots(): void {
    this.#slotOf.clear();
    for (const slot of this.#slots) slot.close();
  }
}

const ownAddresses = (): ReadonlySet<string> =>
  new Set(
    Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? []),
  );
