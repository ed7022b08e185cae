export { MediaPeer, peerLevelId, peerMidId, peerPayloadType } from "./media-peer.ts";
export type { MediaPeerOptions, PeerState } from "./media-peer.ts";
export type { PeerRelay, PeerWay } from "./relay-ways.ts";
export type { TurnFailure } from "./turn-transport.ts";
export { SentPackets } from "./sent-packets.ts";
export { RoundTrip } from "./round-trip.ts";
export { slotSsrcsOf } from "./slot-ssrcs.ts";
// What a terminal needs to read what it receives, to ask for what it did not, and to say how much that is.
export { newRtpHeader, parseRtp } from "../rtp/header.ts";
export type { RtpHeader } from "../rtp/header.ts";
export { MissingPackets, extendSequence } from "../rtp/missing-packets.ts";
export { buildNack, buildReceiverReport } from "../rtp/rtcp.ts";
export type { ReceptionReport } from "../rtp/rtcp.ts";
export { StreamReception } from "../rtp/stream-reception.ts";
export { TurnClient } from "./turn-client.ts";
export type { TransportAddress } from "../turn/stun-message.ts";
