/**
 * What one terminal has of the relay, over one connection of TCP or TLS (RFC 8656): an allocation, through which it reaches its own
 * connection of the SFU and nothing else.
 *
 *   waiting -- Allocate with credentials --> opening -- a socket --> open -- Refresh with 0, 10 min without Refresh --> over
 *      |--- Allocate without: 401 and a nonce     |                   |
 *      |                                          +--- none: 508      +--- Refresh, CreatePermission, ChannelBind, data
 *      +--- anything else, too many refusals, 10 s --> over
 *
 * The media processes are on this machine, whatever the addresses are that an answer names them by: one port of them is one peer, by the name that
 * the terminal used first.
 */
import { isIPv6 } from "node:net";
import type { Step } from "@signet/protocol";
import {
  addressValue,
  attributeOf,
  buildStun,
  errorValue,
  hasIntegrity,
  readAddress,
  stunAttributes,
  stunMethods,
  udpProtocol,
} from "../turn/stun-message.ts";
import type { StunAttribute, StunMessage, TransportAddress } from "../turn/stun-message.ts";
import { channelFrame, firstChannel, lastChannel } from "../turn/turn-stream.ts";
import {
  allocationMs,
  channelMs,
  mostRefusals,
  nonceMs,
  permissionMs,
  refusalReasons,
  relayRealm,
} from "./allocation-state.ts";
import type {
  AllocationEffect,
  AllocationInput,
  AllocationState,
  Holder,
  Lasting,
  Reachable,
  RelayRefusal,
} from "./allocation-state.ts";

type AllocationStep = Step<AllocationState, AllocationEffect>;
type InputOf<T extends AllocationInput["type"]> = Extract<AllocationInput, { type: T }>;
type MessageInput = InputOf<"message">;

/** @param nowMs monotonic */
export function stepAllocation(
  state: AllocationState,
  input: AllocationInput,
  nowMs: number,
): AllocationStep {
  if (state.phase === "over") return { state, effects: [] };
  switch (input.type) {
    case "tick":
      return nowMs >= state.endsAtMs ? over(state) : { state, effects: [] };
    case "opened":
      return opened(state, input.port, nowMs);
    case "channel":
      return fromChannel(state, input, nowMs);
    case "received":
      return { state, effects: delivered(state, input, nowMs) };
    case "message":
      return input.message.class === "indication"
        ? indicated(state, input, nowMs)
        : requested(state, input, nowMs);
  }
}

const over = (state: AllocationState, effects: readonly AllocationEffect[] = []): AllocationStep => ({
  state: { ...state, phase: "over" },
  effects: [...effects, { type: "end" }],
});

/** What is not an allocation comes after one: RFC 8656 knows no other way in. */
function requested(state: AllocationState, input: MessageInput, nowMs: number): AllocationStep {
  const { message } = input;
  if (message.class !== "request") return over(state);
  if (state.phase !== "open" && message.method !== stunMethods.allocate) return over(state);
  const checked = authenticated(state, input, nowMs);
  if ("effects" in checked) return checked;
  const unknown = unknownAttributes(message);
  if (unknown.length > 0) return refused(state, message, 420, checked.key, [unknownValue(unknown)]);
  switch (message.method) {
    case stunMethods.allocate:
      return allocate(state, input, checked);
    case stunMethods.refresh:
      return refresh(state, message, checked, nowMs);
    case stunMethods.createPermission:
      return createPermission(state, input, checked, nowMs);
    case stunMethods.channelBind:
      return channelBind(state, input, checked, nowMs);
    default:
      return refused(state, message, 400, checked.key);
  }
}

/** RFC 8489 section 9.2.4, and RFC 8656 section 5 for what follows an allocation. */
function authenticated(state: AllocationState, input: MessageInput, nowMs: number): Holder | AllocationStep {
  const { bytes, message } = input;
  const [username, realm, nonce] = [stunAttributes.username, stunAttributes.realm, stunAttributes.nonce].map(
    (type) => attributeOf(message, type)?.toString(),
  );
  const holder = state.holder ?? input.holder;
  const said = [username, realm, nonce].filter((value) => value !== undefined);
  if (said.length === 0) return challenged(state, input, 401, nowMs);
  if (said.length < 3) return refused(state, message, 400);
  if (nonce !== state.nonce.of || nowMs >= state.nonce.untilMs) return challenged(state, input, 438, nowMs);
  if (state.holder !== undefined && username !== state.holder.username) return refused(state, message, 441);
  if (holder === undefined || holder.username !== username || realm !== relayRealm)
    return challenged(state, input, 401, nowMs);
  return hasIntegrity(bytes, holder.key) ? holder : challenged(state, input, 401, nowMs);
}

/** Refused, with what it takes to ask again. */
function challenged(
  state: AllocationState,
  { message, nonce: next }: MessageInput,
  code: 401 | 438,
  nowMs: number,
): AllocationStep {
  const isOld = code === 438 || nowMs >= state.nonce.untilMs;
  const nonce = isOld ? { of: next, untilMs: nowMs + nonceMs } : state.nonce;
  return refused({ ...state, nonce }, message, code, undefined, [
    { type: stunAttributes.realm, value: Buffer.from(relayRealm) },
    { type: stunAttributes.nonce, value: Buffer.from(nonce.of) },
  ]);
}

function refused(
  state: AllocationState,
  request: StunMessage,
  code: RelayRefusal,
  key?: Buffer,
  more: readonly StunAttribute[] = [],
): AllocationStep {
  const { method, transactionId } = request;
  const error = { type: stunAttributes.errorCode, value: errorValue(code, refusalReasons[code]) };
  const bytes = buildStun({ method, class: "error", transactionId, attributes: [error, ...more] }, { key });
  const effects: AllocationEffect[] = [
    { type: "reply", bytes },
    { type: "refused", code },
  ];
  const refusals = state.refusals + 1;
  // Who holds an allocation may be refused as often as it likes: its messages are bounded by bytes.
  if (state.phase !== "open" && refusals > mostRefusals) return over(state, effects);
  return { state: { ...state, refusals }, effects };
}

function succeeded(
  { method, transactionId }: StunMessage,
  key: Buffer,
  attributes: readonly StunAttribute[] = [],
): AllocationEffect {
  const bytes = buildStun({ method, class: "success", transactionId, attributes }, { key });
  return { type: "reply", bytes };
}

const known: ReadonlySet<number> = new Set(Object.values(stunAttributes));

/** Those that a receiver has to understand (RFC 8489 section 14), and the relay does not: EVEN-PORT, DONT-FRAGMENT and others. */
const unknownAttributes = ({ attributes }: StunMessage): readonly number[] =>
  attributes.map(({ type }) => type).filter((type) => type < 0x8000 && !known.has(type));

function unknownValue(types: readonly number[]): StunAttribute {
  const value = Buffer.alloc(types.length * 2);
  types.forEach((type, index) => value.writeUInt16BE(type, index * 2));
  return { type: stunAttributes.unknownAttributes, value };
}

const families = { 1: "IPv4", 2: "IPv6" } as const;

/** RFC 8656 section 7.2. */
function allocate(state: AllocationState, input: MessageInput, holder: Holder): AllocationStep {
  const { message, room } = input;
  if (state.phase !== "waiting") return refused(state, message, 437, holder.key);
  const transport = attributeOf(message, stunAttributes.requestedTransport);
  if (transport?.length !== 4) return refused(state, message, 400, holder.key);
  if (transport.readUInt8(0) !== udpProtocol) return refused(state, message, 442, holder.key);
  const family = attributeOf(message, stunAttributes.requestedAddressFamily);
  if (family !== undefined) {
    const asked = family.length === 4 ? families[family.readUInt8(0) as 1 | 2] : undefined;
    if (asked !== familyOf(state.relayAddress)) return refused(state, message, 440, holder.key);
  }
  if (room === "quota") return refused(state, message, 486, holder.key);
  if (room === "capacity") return refused(state, message, 508, holder.key);
  return { state: { ...state, phase: "opening", holder, asked: message }, effects: [{ type: "open" }] };
}

const familyOf = (address: string): "IPv4" | "IPv6" => (isIPv6(address) ? "IPv6" : "IPv4");

function opened(state: AllocationState, port: number | undefined, nowMs: number): AllocationStep {
  const { asked, client, holder, relayAddress } = state;
  if (state.phase !== "opening" || asked === undefined || holder === undefined) return { state, effects: [] };
  if (port === undefined) {
    const waiting: AllocationState = { ...state, phase: "waiting", holder: undefined, asked: undefined };
    return refused(waiting, asked, 508, holder.key);
  }
  const { transactionId } = asked;
  const relayed = addressValue({ address: relayAddress, port }, transactionId);
  const success = succeeded(asked, holder.key, [
    { type: stunAttributes.xorRelayedAddress, value: relayed },
    { type: stunAttributes.lifetime, value: lifetimeValue(allocationMs) },
    { type: stunAttributes.xorMappedAddress, value: addressValue(client, transactionId) },
  ]);
  const open: AllocationState = { ...state, phase: "open", asked: undefined, endsAtMs: nowMs + allocationMs };
  return { state: open, effects: [success] };
}

function lifetimeValue(ms: number): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(ms / 1000);
  return value;
}

/** RFC 8656 section 8.2: for as long as any, whatever was asked for, but for none. */
function refresh(
  state: AllocationState,
  message: StunMessage,
  { key }: Holder,
  nowMs: number,
): AllocationStep {
  const asked = attributeOf(message, stunAttributes.lifetime);
  if (asked !== undefined && asked.length !== 4) return refused(state, message, 400, key);
  const ms = asked?.readUInt32BE(0) === 0 ? 0 : allocationMs;
  const success = succeeded(message, key, [{ type: stunAttributes.lifetime, value: lifetimeValue(ms) }]);
  if (ms === 0) return over(state, [success]);
  return { state: { ...state, endsAtMs: nowMs + ms }, effects: [success] };
}

/** Why no peer of this allocation has this address. */
function peerRefusal(
  { relayAddress }: AllocationState,
  { address }: TransportAddress,
  reachable: Reachable,
): RelayRefusal | undefined {
  if (familyOf(address) !== familyOf(relayAddress)) return 443;
  return reachable.some((other) => other.address === address) ? undefined : 403;
}

/** RFC 8656 section 10.2. */
function createPermission(
  state: AllocationState,
  { message, reachable }: MessageInput,
  { key }: Holder,
  nowMs: number,
): AllocationStep {
  const peers = message.attributes
    .filter(({ type }) => type === stunAttributes.xorPeerAddress)
    .map(({ value }) => readAddress(value, message.transactionId));
  if (peers.length === 0) return refused(state, message, 400, key);
  let permissions = state.permissions;
  for (const peer of peers) {
    const refusal = peer === undefined ? 400 : peerRefusal(state, peer, reachable);
    if (peer === undefined || refusal !== undefined) return refused(state, message, refusal ?? 400, key);
    permissions = permitted(permissions, peer.address, nowMs);
  }
  return { state: { ...state, permissions }, effects: [succeeded(message, key)] };
}

/** One for each address that an answer named, at most. */
const permitted = (
  permissions: readonly Lasting<string>[],
  address: string,
  nowMs: number,
): readonly Lasting<string>[] => [
  ...permissions.filter(({ of, untilMs }) => of !== address && untilMs > nowMs),
  { of: address, untilMs: nowMs + permissionMs },
];

/** RFC 8656 section 12.2. */
function channelBind(
  state: AllocationState,
  { message, reachable }: MessageInput,
  { key }: Holder,
  nowMs: number,
): AllocationStep {
  const number = attributeOf(message, stunAttributes.channelNumber);
  const channel = number?.length === 4 ? number.readUInt16BE(0) : 0;
  const value = attributeOf(message, stunAttributes.xorPeerAddress);
  const peer = value === undefined ? undefined : readAddress(value, message.transactionId);
  if (channel < firstChannel || channel > lastChannel || peer === undefined)
    return refused(state, message, 400, key);
  const channels = state.channels.filter(({ untilMs }) => untilMs > nowMs);
  const isOther = channels.some(({ of }) => (of.channel === channel) !== isSame(of.peer, peer));
  if (isOther) return refused(state, message, 400, key);
  const refusal = peerRefusal(state, peer, reachable);
  const peers = withPeer(state, peer, reachable);
  if (refusal !== undefined || peers === undefined) return refused(state, message, refusal ?? 403, key);
  const bound = { of: { channel, peer }, untilMs: nowMs + channelMs };
  const next: AllocationState = {
    ...state,
    peers,
    permissions: permitted(state.permissions, peer.address, nowMs),
    channels: [...channels.filter(({ of }) => of.channel !== channel), bound],
  };
  return { state: next, effects: [succeeded(message, key)] };
}

const isSame = (one: TransportAddress, other: TransportAddress): boolean =>
  one.port === other.port && one.address === other.address;

const isReachable = (peer: TransportAddress, reachable: Reachable): boolean =>
  reachable.some((other) => isSame(other, peer));

/** @returns undefined for what the SFU did not name, or whose port is known by another name */
function withPeer(
  { peers }: AllocationState,
  peer: TransportAddress,
  reachable: Reachable,
): readonly TransportAddress[] | undefined {
  if (!isReachable(peer, reachable)) return undefined;
  // Of ports that are none of the present connection nobody will say anything more.
  const present = peers.filter(({ port }) => reachable.some((other) => other.port === port));
  const byPort = present.find(({ port }) => port === peer.port);
  if (byPort === undefined) return [...present, peer];
  return isSame(byPort, peer) ? present : undefined;
}

/** A Send indication (RFC 8656 section 11.3); whatever is wrong with it, it is dropped. */
function indicated(
  state: AllocationState,
  { message, reachable }: MessageInput,
  nowMs: number,
): AllocationStep {
  if (state.phase !== "open") return over(state);
  const value = attributeOf(message, stunAttributes.xorPeerAddress);
  const data = attributeOf(message, stunAttributes.data);
  const peer = value === undefined ? undefined : readAddress(value, message.transactionId);
  const isSend = message.method === stunMethods.send && unknownAttributes(message).length === 0;
  if (!isSend || data === undefined || peer === undefined) return { state, effects: [] };
  if (!isPermitted(state, peer.address, nowMs)) return { state, effects: [] };
  const peers = withPeer(state, peer, reachable);
  if (peers === undefined) return { state, effects: [] };
  return { state: { ...state, peers }, effects: [{ type: "forward", port: peer.port, data }] };
}

const isPermitted = ({ permissions }: AllocationState, address: string, nowMs: number): boolean =>
  permissions.some(({ of, untilMs }) => of === address && untilMs > nowMs);

/**
 * A channel outlasts the connection that it was bound to. Its port is soon somebody else's, another terminal's or another program's: what leads there is
 * asked about with each packet.
 */
function fromChannel(
  state: AllocationState,
  { channel, data, reachable }: InputOf<"channel">,
  nowMs: number,
): AllocationStep {
  if (state.phase !== "open") return over(state);
  const bound = state.channels.find(({ of, untilMs }) => of.channel === channel && untilMs > nowMs);
  if (bound === undefined || !isReachable(bound.of.peer, reachable)) return { state, effects: [] };
  return { state, effects: [{ type: "forward", port: bound.of.peer.port, data }] };
}

/** RFC 8656 sections 11.4 and 12.7. */
function delivered(
  state: AllocationState,
  { data, port, reachable }: InputOf<"received">,
  nowMs: number,
): AllocationEffect[] {
  const peer = state.peers.find((other) => other.port === port);
  if (state.phase !== "open" || peer === undefined || !isPermitted(state, peer.address, nowMs)) return [];
  if (!isReachable(peer, reachable)) return [];
  const bound = state.channels.find(({ of, untilMs }) => of.peer.port === port && untilMs > nowMs);
  if (bound !== undefined) return [{ type: "deliver", bytes: channelFrame(bound.of.channel, data) }];
  const transactionId = Buffer.alloc(12);
  const bytes = buildStun({
    method: stunMethods.data,
    class: "indication",
    transactionId,
    attributes: [
      { type: stunAttributes.xorPeerAddress, value: addressValue(peer, transactionId) },
      { type: stunAttributes.data, value: data },
    ],
  });
  return [{ type: "deliver", bytes }];
}
