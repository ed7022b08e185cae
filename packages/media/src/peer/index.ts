export { MediaPeer, peerLevelId, peerMidId, peerPayloadType } from "./media-peer.ts";
export type { MediaPeerOptions } from "./media-peer.ts";
