/** A small server around the real call machine: sessions, the log of inputs, restarts. */
import assert from "node:assert/strict";

import {
  askCall,
  decodeRequest,
  encodeMessage,
  isEngaged,
  requestedBefore,
  startCall,
  stepCall,
} from "@signet/protocol";
import type {
  CallId,
  CallQuestion,
  CallServerEffect,
  CallServerInput,
  CallServerState,
  ErrorCode,
  InvitedPerson,
  ProofIn,
  ServerEvent,
  TerminalId,
  TerminalRequest,
  UserId,
} from "@signet/protocol";

import { entry, proof } from "../fixtures.ts";
import { heard } from "./model-group.ts";
import { Connection } from "./virtual-network.ts";
import type { End, VirtualWorld } from "./virtual-network.ts";

interface ServerSide {
  readonly connection: Connection;
  terminalId: TerminalId | undefined;
  userId: UserId | undefined;
}

type Start = Parameters<typeof startCall>[0];

interface ServerCall {
  readonly start: Start;
  readonly startMs: number;
  state: CallServerState;
  readonly log: { readonly atMs: number; readonly input: CallServerInput }[];
  wakeMs: number | undefined;
}

const times = { ringMs: 45_000, lostMs: 30_000, commitMs: 3000 };

export class ServerShell {
  readonly calls = new Map<CallId, ServerCall>();
  readonly #world: VirtualWorld;
  readonly #bindings = new Map<UserId, TerminalId>();
  readonly #online = new Map<TerminalId, ServerSide>();

  constructor(world: VirtualWorld) {
    this.#world = world;
  }

  accept(terminal: End): Connection {
    const connection: Connection = new Connection(this.#world, terminal, {
      received: (text) => this.#received(side, text),
      closed: () => this.#closed(side),
    });
    const side: ServerSide = { connection, terminalId: undefined, userId: undefined };
    return connection;
  }

  /** The process dies and starts again: connections are gone, calls are taken up from their logs. */
  restart(): void {
    for (const { connection } of this.#online.values()) connection.close("server");
    this.#online.clear();
    for (const call of this.calls.values()) {
      call.state = replay(call);
      if (call.state.ended !== undefined) continue;
      for (const { userId, terminalId, connected } of call.state.members.values()) {
        if (connected && terminalId !== undefined)
          this.#step(call, { type: "disconnected", userId, terminalId });
      }
      this.#step(call, { type: "tick" });
    }
  }

  check(): void {
    for (const call of this.calls.values()) assert.deepEqual(replay(call), call.state, "replay differs");
  }

  #received(side: ServerSide, text: string): void {
    const decoded = decodeRequest(text);
    assert.ok(decoded.ok, `the server cannot read ${text}`);
    this.#handle(side, decoded.request);
  }

  #closed(side: ServerSide): void {
    const { terminalId, userId } = side;
    if (terminalId === undefined || userId === undefined || this.#online.get(terminalId) !== side) return;
    this.#online.delete(terminalId);
    this.#stepAll(userId, { type: "disconnected", userId, terminalId });
  }

  #handle(side: ServerSide, { id, type, body }: TerminalRequest): void {
    const reply = (result: unknown): void =>
      side.connection.send("terminal", encodeMessage({ id, body: result }));
    const refuse = (code: ErrorCode): void =>
      side.connection.send("terminal", encodeMessage({ id, error: { code, message: code } }));
    const submit = (
      callId: CallId,
      make: (from: { userId: UserId; terminalId: TerminalId }) => CallServerInput,
    ): void => {
      const { userId, terminalId } = side;
      const call = this.calls.get(callId);
      if (userId === undefined || terminalId === undefined) return refuse("auth.signInRequired");
      if (call === undefined) return refuse("call.notFound");
      this.#step(call, make({ userId, terminalId }), reply, refuse);
    };
    const ask = (
      callId: CallId,
      make: (from: { userId: UserId; terminalId: TerminalId }) => CallQuestion,
    ): void => {
      const { userId, terminalId } = side;
      const call = this.calls.get(callId);
      if (userId === undefined || terminalId === undefined) return refuse("auth.signInRequired");
      if (call === undefined) return refuse("call.notFound");
      this.#answer(call, askCall(call.state, make({ userId, terminalId })), reply, refuse);
    };
    const bound = (said: ProofIn) => ({ proof: said, binding: proof("binding") });
    switch (type) {
      case "session.hello":
        side.terminalId = body.terminalId;
        return reply({
          serverOrigin: "https://signet.example",
          serverTimeMs: this.#world.nowMs,
          registration: "open",
          limits: {
            callMembers: 99,
            messageBytes: 524_288,
            slots: 8,
            ringMs: times.ringMs,
            bindingMs: 43_200_000,
          },
        });
      case "session.ping":
        return reply({ serverTimeMs: this.#world.nowMs });
      case "sign-in.finish":
      case "session.resume":
        return this.#enter(
          side,
          type === "sign-in.finish",
          heard<{ userId: UserId }>(body.proof.transcript).userId,
          reply,
          refuse,
        );
      case "call.request":
        return this.#request(side, body.proof, reply, refuse);
      case "call.join": {
        const { callId } = heard<{ callId: CallId }>(body.proof.transcript);
        const { keyPackage } = body;
        return submit(callId, (from) => ({
          type: "join",
          ...from,
          entry: entry(from.userId),
          ...bound(body.proof),
          keyPackage,
        }));
      }
      case "call.decline":
        return submit(heard<{ callId: CallId }>(body.proof.transcript).callId, (from) => ({
          type: "decline",
          ...from,
          reason: "declined",
          ...bound(body.proof),
        }));
      case "call.leave":
        return submit(heard<{ callId: CallId }>(body.proof.transcript).callId, (from) => ({
          type: "leave",
          ...from,
          reason: "left",
          ...bound(body.proof),
        }));
      case "call.end":
        return submit(heard<{ callId: CallId }>(body.proof.transcript).callId, (from) => ({
          type: "end",
          ...from,
          proof: body.proof,
        }));
      case "call.commit":
        return submit(body.callId, (from) => ({ type: "commit", ...from, body }));
      case "call.rejoin":
        return submit(body.callId, (from) => ({ type: "rejoin", ...from, body }));
      case "call.sync":
        return ask(body.callId, (from) => ({ type: "sync", ...from, epoch: body.epoch }));
      case "call.groupInfo":
        return ask(body.callId, (from) => ({ type: "groupInfo", ...from }));
      case "call.offerGroupInfo":
        return submit(body.callId, (from) => ({ type: "offerGroupInfo", ...from, body }));
      default:
        return refuse("protocol.unknownType");
    }
  }

  #enter(
    target: ServerSide,
    signIn: boolean,
    userId: UserId,
    reply: (body: unknown) => void,
    refuse: (code: ErrorCode) => void,
  ): void {
    const side = target;
    const { terminalId } = side;
    if (terminalId === undefined) return refuse("protocol.helloRequired");
    const former = this.#bindings.get(userId);
    if (!signIn && former !== terminalId) return refuse("auth.bindingGone");
    this.#bindings.set(userId, terminalId);
    if (former !== undefined && former !== terminalId) {
      this.#send(former, { type: "binding.ended", body: { reason: "takenOver" } });
      const there = this.#online.get(former);
      if (there !== undefined) there.userId = undefined;
      this.#online.delete(former);
      this.#stepAll(userId, { type: "unbound", userId, terminalId: former, reason: "takenOver" });
    }
    const older = this.#online.get(terminalId);
    if (older !== undefined && older !== side) older.connection.close("server");
    side.userId = userId;
    this.#online.set(terminalId, side);
    reply({ entry: entry(userId), expiresAtMs: this.#world.nowMs + 43_200_000, calls: [] });
    this.#stepAll(userId, { type: "connected", userId, terminalId });
  }

  #request(
    side: ServerSide,
    said: ProofIn,
    reply: (body: unknown) => void,
    refuse: (code: ErrorCode) => void,
  ): void {
    const { userId, terminalId } = side;
    const { callId, members } = heard<{ callId: CallId; members: UserId[] }>(said.transcript);
    if (userId === undefined || terminalId === undefined) return refuse("auth.signInRequired");
    const known = this.calls.get(callId);
    if (known !== undefined) {
      // The same request again: its reply was lost with a connection.
      const repeated = known.state.ended === undefined ? requestedBefore(known.state, said) : undefined;
      return repeated === undefined ? refuse("call.notFound") : reply(repeated);
    }
    if (this.#engaged(userId)) return refuse("call.inCall");
    const people = members.map((member): InvitedPerson => {
      const at = this.#bindings.get(member);
      if (at === undefined || !this.#online.has(at))
        return { userId: member, outcome: "offline", entry: entry(member) };
      if (this.#engaged(member)) return { userId: member, outcome: "busy", entry: entry(member) };
      return { userId: member, outcome: "reachable", terminalId: at, entry: entry(member) };
    });
    const invite = { callId, initiator: entry(userId), proof: said, binding: proof("binding") };
    const start: Start = { invite, terminalId, people, times };
    const { state, effects } = startCall(start, this.#world.nowMs);
    const call: ServerCall = { start, startMs: this.#world.nowMs, state, log: [], wakeMs: undefined };
    this.calls.set(callId, call);
    this.#perform(call, effects, reply, refuse);
  }

  #engaged(userId: UserId): boolean {
    return [...this.calls.values()].some(({ state }) => isEngaged(state, userId));
  }

  #stepAll(userId: UserId, input: CallServerInput): void {
    for (const call of this.calls.values())
      if (call.state.ended === undefined && call.state.members.has(userId)) this.#step(call, input);
  }

  #step(
    target: ServerCall,
    input: CallServerInput,
    reply?: (body: unknown) => void,
    refuse?: (code: ErrorCode) => void,
  ): void {
    const call = target;
    const { state, effects } = stepCall(call.state, input, this.#world.nowMs);
    // As the real server: what has changed nothing is not logged.
    if (state === call.state) return this.#answer(call, effects, reply, refuse);
    call.state = state;
    call.log.push({ atMs: this.#world.nowMs, input });
    this.#perform(call, effects, reply, refuse);
  }

  #perform(
    target: ServerCall,
    effects: readonly CallServerEffect[],
    reply?: (body: unknown) => void,
    refuse?: (code: ErrorCode) => void,
  ): void {
    const call = target;
    call.wakeMs = undefined;
    this.#answer(call, effects, reply, refuse);
  }

  #answer(
    target: ServerCall,
    effects: readonly CallServerEffect[],
    reply?: (body: unknown) => void,
    refuse?: (code: ErrorCode) => void,
  ): void {
    const call = target;
    for (const effect of effects) {
      if (effect.type === "reply") reply?.(effect.body);
      if (effect.type === "refuse") refuse?.(effect.code);
      if (effect.type === "send") for (const to of effect.to) this.#send(to, effect.event);
      if (effect.type === "wakeAt") {
        const { atMs } = effect;
        call.wakeMs = atMs;
        this.#world.later(atMs - this.#world.nowMs, () => {
          if (call.wakeMs === atMs && call.state.ended === undefined) this.#step(call, { type: "tick" });
        });
      }
    }
  }

  #send(to: TerminalId, event: ServerEvent): void {
    this.#online.get(to)?.connection.send("terminal", encodeMessage(event));
  }
}

function replay({ start, startMs, log }: ServerCall): CallServerState {
  let { state } = startCall(start, startMs);
  for (const { atMs, input } of log) ({ state } = stepCall(state, input, atMs));
  return state;
}
