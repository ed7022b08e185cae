import { secondFrames } from "@signet/protocol/voice";
import { assignSlots } from "../assignment.ts";
import type { MediaCallStats, MediaFlow } from "../engine.ts";
import { MediaRefusal } from "../refusal.ts";
import { audioLevelByte, isRtcp, newRtpHeader, parseRtp } from "../rtp/header.ts";
import { buildNack, buildReceiverReport, readRtcp } from "../rtp/rtcp.ts";
import type { RtcpHandler } from "../rtp/rtcp.ts";
import { answerCandidates, buildAnswer } from "../sdp/answer.ts";
import { parseOffer, receivingMedia } from "../sdp/offer.ts";
import { SpeakerSelection } from "../selection.ts";
import { Connection } from "./connection.ts";
import type { TransportConfig } from "./connection.ts";
import { outPacket, setPayload } from "./out-packet.ts";
import { Terminal } from "./terminal.ts";
import type { Slot } from "./terminal.ts";

export interface CallConfig extends TransportConfig {
  readonly slots: number;
  readonly announcedAddresses: readonly string[];
  readonly ipv6: boolean;
}

export type CallNotice =
  | {
      readonly type: "connected" | "disconnected" | "replaced" | "abandoned" | "quiet";
      readonly terminalId: string;
    }
  /** `poor`: the terminals whose network is; told when it is others than before, and now and then. */
  | { readonly type: "networks"; readonly poor: readonly string[] }
  /** All whose sound goes to the others; told when it is others than before, and now and then. */
  | { readonly type: "voices"; readonly terminalIds: readonly string[] };
export type CallListener = (notice: CallNotice) => void;

/** How often the speakers are chosen. Shorter costs CPU, longer cuts the first word of a newcomer. */
const selectEveryMs = 40;
/**
 * For a connection that would take the place of one that serves. Terminals give theirs up 12 s after the answer; one that never comes must not
 * keep a port for longer than that.
 */
const replaceWithinMs = 15_000;
/** Nothing came from who sent before: more than a network that only stutters keeps back. */
export const quietAfterMs = 2_000;
/** Terminals report every second or less often; one RTCP packet can hold 42 reports, each with an answer. */
const reportEveryMs = 20;
const lookAtNetworksEveryMs = 1_000;
/** In looks: for who came in meanwhile, and whoever had no connection. */
const tellAgainAfter = 5;

/** Offered by a terminal whose connection serves meanwhile. */
interface Successor {
  readonly terminal: Terminal;
  readonly timer: NodeJS.Timeout;
}

/**
 * The terminals of one call and the forwarding between them. A terminal that offers again is served by its former connection until the new one is
 * connected:
 *
 *     offer --> serving
 *     another offer, while that is connected --> beside --connected--> serving (`replaced`); the former one is closed
 *                                                   |--15 s--> over (`abandoned`)
 *                                                   |--a third offer--> over; that one is beside
 */
export class Call {
  readonly #config: CallConfig;
  readonly #listener: CallListener;
  readonly #terminals = new Map<string, Terminal>();
  /** By terminal ID: one beside the serving one at most. */
  readonly #successors = new Map<string, Successor>();
  readonly #selection: SpeakerSelection<Terminal>;
  #selectedMs = 0;
  #lookedMs = -Infinity;
  #poor: readonly string[] = [];
  #voices: readonly string[] = [];
  #looksSinceVoices = 0;
  #looksSinceTold = 0;

  constructor(config: CallConfig, listener: CallListener) {
    this.#config = config;
    this.#listener = listener;
    this.#selection = new SpeakerSelection(config.slots);
  }

  get terminalIds(): string[] {
    return [...this.#terminals.keys()];
  }

  /**
   * @returns the answer, and whether the former connection goes on until the new one is connected
   * @throws MediaRefusal `media.badOffer`, `media.tooManySlots`, `media.unavailable`
   */
  async join(terminalId: string, offerSdp: string): Promise<{ answerSdp: string; beside: boolean }> {
    const offer = parseOffer(offerSdp);
    if (receivingMedia(offer).length > this.#config.slots)
      throw new MediaRefusal("media.tooManySlots", "more slots offered than the server has");
    const terminal = new Terminal(terminalId, offer);
    const listener = {
      onPacket: (packet: Buffer) => this.#onPacket(terminal, packet),
      onConnected: () => {
        if (this.#successors.get(terminalId)?.terminal === terminal) this.#replace(terminal);
        this.#listener({ type: "connected", terminalId });
      },
      onDisconnected: () => {
        if (this.#terminals.get(terminalId) === terminal)
          this.#listener({ type: "disconnected", terminalId });
      },
    };
    let connection;
    try {
      connection = new Connection(offer, this.#config, listener);
    } catch (error) {
      throw new MediaRefusal("media.unavailable", error instanceof Error ? error.message : "");
    }
    terminal.connection = connection;
    const beside = this.#terminals.get(terminalId)?.connection?.connected === true;
    this.#dropSuccessor(terminalId);
    if (beside) this.#await(terminal);
    else {
      this.#remove(terminalId);
      this.#enter(terminal);
    }
    try {
      const local = await connection.localTransport();
      const candidates = answerCandidates(
        local.candidates,
        this.#config.announcedAddresses,
        this.#config.ipv6,
      );
      const answerSdp = buildAnswer(
        offer,
        { ...local, candidates },
        terminal.slots.map((slot) => slot.writer.format.ssrc),
      );
      return { answerSdp, beside };
    } catch (error) {
      if (beside && this.#terminals.has(terminalId)) {
        // Also one before it that it took the place of.
        this.#dropSuccessor(terminalId);
        this.#listener({ type: "abandoned", terminalId });
      }
      if (this.#terminals.get(terminalId) === terminal) this.leave(terminalId);
      throw error;
    }
  }

  /**
   * @param successorId the terminal that its person goes on with, and that is heard in its place
   * @returns how many are left
   */
  leave(terminalId: string, successorId?: string): number {
    const [former, successor] = [this.#terminals.get(terminalId), this.#terminals.get(successorId ?? "")];
    if (former !== undefined && successor !== undefined) this.#succeed(former, successor);
    this.#dropSuccessor(terminalId);
    this.#remove(terminalId);
    this.#assign();
    return this.#terminals.size;
  }

  /** What came and went lately on the connection that serves this terminal. */
  flow(terminalId: string): MediaFlow {
    return this.#terminals.get(terminalId)?.flow(performance.now()) ?? { connected: false };
  }

  /** To be called a few times a second: names who fell quiet since. */
  look(nowMs: number): void {
    for (const [terminalId, terminal] of this.#terminals) {
      if (terminal.toldQuiet || nowMs - terminal.receivedMs < quietAfterMs) continue;
      terminal.toldQuiet = true;
      this.#listener({ type: "quiet", terminalId });
    }
  }

  close(): void {
    for (const terminalId of this.#successors.keys()) this.#dropSuccessor(terminalId);
    for (const terminal of this.#terminals.values()) terminal.connection?.close();
    this.#terminals.clear();
  }

  stats(callId: string): MediaCallStats {
    return { callId, terminals: [...this.#terminals.values()].map((terminal) => terminal.stats()) };
  }

  #enter(terminal: Terminal): void {
    this.#terminals.set(terminal.terminalId, terminal);
    this.#selection.add(terminal);
    this.#assign();
  }

  #await(terminal: Terminal): void {
    const { terminalId } = terminal;
    const timer = setTimeout(() => {
      this.#dropSuccessor(terminalId);
      this.#listener({ type: "abandoned", terminalId });
    }, replaceWithinMs);
    this.#successors.set(terminalId, { terminal, timer });
  }

  #dropSuccessor(terminalId: string): void {
    const successor = this.#successors.get(terminalId);
    if (successor === undefined) return;
    this.#successors.delete(terminalId);
    clearTimeout(successor.timer);
    successor.terminal.connection?.close();
  }

  /** Who is heard, and where, stays as it is. */
  #replace(terminal: Terminal): void {
    const { terminalId } = terminal;
    clearTimeout(this.#successors.get(terminalId)?.timer);
    this.#successors.delete(terminalId);
    const former = this.#terminals.get(terminalId);
    if (former !== undefined) {
      terminal.slots.forEach((slot, index) => (slot.owner = former.slots[index]?.owner));
      // It has to go on sending, or it is told that it fell quiet.
      if (former.receivedMs !== Infinity) terminal.receivedMs = performance.now();
      this.#selection.add(terminal);
      this.#succeed(former, terminal);
      this.#remove(terminalId);
    }
    this.#enter(terminal);
    this.#listener({ type: "replaced", terminalId });
  }

  #remove(terminalId: string): void {
    const terminal = this.#terminals.get(terminalId);
    if (terminal === undefined) return;
    this.#terminals.delete(terminalId);
    this.#selection.remove(terminal);
    terminal.targets = [];
    terminal.connection?.close();
    const { stream } = terminal.source;
    if (stream === undefined) return;
    for (const other of this.#terminals.values()) for (const slot of other.slots) slot.writer.forget(stream);
  }

  /**
   * A voice stays where it is: another slot is another jitter buffer, and terminals play nothing of the same person in it before the first one is
   * surely empty.
   */
  #succeed(former: Terminal, successor: Terminal): void {
    this.#selection.succeed(former, successor);
    for (const { slots } of this.#terminals.values()) {
      if (!slots.some(({ owner }) => owner === former)) continue;
      for (const slot of slots) {
        if (slot.owner === successor) slot.owner = undefined;
        else if (slot.owner === former) {
          slot.owner = successor;
          slot.writer.startTurn(secondFrames);
        }
      }
    }
  }

  /** Brings the slots in line with who is to be heard: all, as long as everybody can have a slot of their own. */
  #assign(): void {
    const all = [...this.#terminals.values()];
    const active = this.#active;
    this.#tellVoices(false);
    for (const terminal of all) terminal.targets = [];
    for (const receiver of all) {
      const owners = assignSlots(
        receiver.slots.map((slot) => slot.owner),
        active.filter((sender) => sender !== receiver),
      );
      receiver.slots.forEach((slot, i) => {
        const owner = owners[i];
        if (slot.owner !== owner) {
          slot.owner = owner;
          slot.writer.startTurn();
        }
        owner?.targets.push(slot);
      });
    }
  }

  #onPacket(terminal: Terminal, packet: Buffer): void {
    const nowMs = performance.now();
    if (isRtcp(packet)) {
      readRtcp(packet, this.#rtcpHandler(terminal, nowMs));
      return;
    }
    if (!terminal.voiceBudget.take(packet.length, nowMs)) return;
    const { header, source } = terminal;
    if (!parseRtp(packet, header)) return;
    if (nowMs - this.#lookedMs >= lookAtNetworksEveryMs) this.#lookAtNetworks(nowMs);
    const arrival = source.receive(header.ssrc, header.sequence, header.timestamp, packet, nowMs);
    const { stream } = source;
    if (arrival === "drop" || stream === undefined) return;
    terminal.received(packet.length, nowMs);
    for (const { first, count } of stream.missing.toAsk(nowMs))
      terminal.connection?.send(buildNack(terminal.reporterSsrc, stream.ssrc, first, count));
    const level = audioLevelByte(packet, header, stream.levelId);
    this.#selection.hear(terminal, level, nowMs);
    if (nowMs - this.#selectedMs >= selectEveryMs) this.#select(nowMs);
    if (terminal.targets.length === 0) return;
    setPayload(packet, header.payloadOffset);
    for (const slot of terminal.targets) {
      if (slot.receiver.connection?.connected !== true) continue;
      if (!slot.writer.place(stream, source.extendedSequence, header.timestamp, header.marker, nowMs))
        continue;
      sendPlaced(slot, header.padded, level, nowMs);
    }
  }

  get #active(): readonly Terminal[] {
    const all = [...this.#terminals.values()];
    return all.length <= this.#config.slots + 1 ? all : this.#selection.seated();
  }

  #tellVoices(isReminder: boolean): void {
    const terminalIds = this.#active.map((terminal) => terminal.terminalId);
    const told = new Set(this.#voices);
    const isSame = terminalIds.length === told.size && terminalIds.every((one) => told.has(one));
    if (isSame && !isReminder) return;
    this.#voices = terminalIds;
    this.#looksSinceVoices = 0;
    this.#listener({ type: "voices", terminalIds });
  }

  #lookAtNetworks(nowMs: number): void {
    this.#lookedMs = nowMs;
    if (++this.#looksSinceVoices >= tellAgainAfter) this.#tellVoices(true);
    const all = [...this.#terminals.values()];
    for (const terminal of all) terminal.lookAtNetwork();
    const poor = all.filter(({ health }) => health.isPoor).map(({ terminalId }) => terminalId);
    this.#looksSinceTold++;
    const isSame = poor.length === this.#poor.length && poor.every((one) => this.#poor.includes(one));
    if (isSame && (poor.length === 0 || this.#looksSinceTold < tellAgainAfter)) return;
    this.#poor = poor;
    this.#looksSinceTold = 0;
    this.#listener({ type: "networks", poor });
  }

  #select(nowMs: number): void {
    this.#selectedMs = nowMs;
    if (this.#terminals.size > this.#config.slots + 1 && this.#selection.select(nowMs)) this.#assign();
  }

  #rtcpHandler(terminal: Terminal, nowMs: number): RtcpHandler {
    return {
      onSenderReport: (ssrc, ntpMiddle) => {
        const { stream } = terminal.source;
        if (stream?.ssrc !== ssrc || nowMs - terminal.reportedMs < reportEveryMs) return;
        terminal.reportedMs = nowMs;
        const report = stream.report(ntpMiddle);
        const fractionLost = Math.max(report.fractionLost, lossBeyond(terminal));
        terminal.connection?.send(buildReceiverReport(terminal.reporterSsrc, { ...report, fractionLost }));
      },
      onReception: (report) => terminal.reported(report),
      onNack: (mediaSsrc, sequence) => {
        if (!terminal.resendBudget.take(mediaSsrc, sequence, nowMs)) return;
        const slot = terminal.slots.find((candidate) => candidate.writer.format.ssrc === mediaSsrc);
        if (slot === undefined) return;
        if (this.#resend(slot, sequence, nowMs)) {
          terminal.nacksAnswered++;
          terminal.missed(mediaSsrc, sequence);
        } else terminal.nacksUnanswered++;
      },
    };
  }

  #resend(slot: Slot, sequence: number, nowMs: number): boolean {
    const found = slot.writer.locate(sequence);
    if (found === undefined) return false;
    const packet = found.stream.ring.get(found.extendedSequence);
    // What the SFU misses itself it asks for by itself, and passes on as soon as it comes.
    if (packet === undefined || !parseRtp(packet, resendHeader)) return false;
    const level = audioLevelByte(packet, resendHeader, found.stream.levelId);
    slot.writer.replace(sequence, found, resendHeader.timestamp, resendHeader.marker);
    setPayload(packet, resendHeader.payloadOffset);
    return sendPlaced(slot, resendHeader.padded, level, nowMs);
  }
}

const resendHeader = newRtpHeader();

/** A voice says again what got lost for those who hear it, too; it takes no fewer bits for them, as it would from a tenth on. 1/256 */
const mostLossBeyond = 25;

/** The most that gets lost on the way to anybody who hears this terminal, 1/256. */
function lossBeyond({ targets }: Terminal): number {
  const shares = targets.map(({ receiver }) => receiver.health.lostOnTheWay);
  return Math.min(mostLossBeyond, Math.floor(Math.max(0, ...shares) * 256));
}

function sendPlaced(slot: Slot, padded: boolean, level: number, nowMs: number): boolean {
  const { receiver, writer } = slot;
  const packet = outPacket(writer.headerBytes);
  writer.writeHeader(packet, writer.headerBytes, padded, level);
  if (receiver.connection?.send(packet) !== true) return false;
  receiver.sent(packet.length, nowMs);
  return true;
}
