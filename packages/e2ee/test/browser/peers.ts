import { FrameWorker } from "../../src/frames/frame-worker.ts";
import { someBytes } from "./some-bytes.ts";
import { sendersAt } from "../senders.ts";

/** Chromium's legacy option: a sender without a transform sends nothing. */
export const guarded = { encodedInsertableStreams: true } as RTCConfiguration;

const audio = new AudioContext();

/** A voice that never pauses. */
export function tone(hertz: number): MediaStreamTrack {
  const oscillator = new OscillatorNode(audio, { frequency: hertz });
  const destination = new MediaStreamAudioDestinationNode(audio);
  oscillator.connect(destination);
  oscillator.start();
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error("no track");
  return track;
}

/** A remote track stays silent until somebody plays it. */
export function play(track: MediaStreamTrack): void {
  const element = new Audio();
  element.srcObject = new MediaStream([track]);
  void element.play();
}

/** Offer and answer between two connections of this page; `answering` may prepare its transceivers in between. */
export async function connect(
  offering: RTCPeerConnection,
  answering: RTCPeerConnection,
  prepare?: () => void,
): Promise<void> {
  offering.addEventListener(
    "icecandidate",
    ({ candidate }) => void answering.addIceCandidate(candidate ?? undefined),
  );
  answering.addEventListener(
    "icecandidate",
    ({ candidate }) => void offering.addIceCandidate(candidate ?? undefined),
  );
  await offering.setLocalDescription();
  const { localDescription: offer } = offering;
  if (offer === null) throw new Error("no offer");
  await answering.setRemoteDescription(offer);
  prepare?.();
  await answering.setLocalDescription();
  const { localDescription: answer } = answering;
  if (answer === null) throw new Error("no answer");
  await offering.setRemoteDescription(answer);
  await until(() => offering.connectionState === "connected" && answering.connectionState === "connected");
}

/** Polls; the test's own limit ends it when it never comes true. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

export async function sentBy(peerConnection: RTCPeerConnection): Promise<{ packets: number; bytes: number }> {
  let [packets, bytes] = [0, 0];
  for (const entry of (await peerConnection.getStats()).values() as Iterable<RTCOutboundRtpStreamStats>) {
    if (entry.type !== "outbound-rtp") continue;
    packets += entry.packetsSent ?? 0;
    bytes += entry.bytesSent ?? 0;
  }
  return { packets, bytes };
}

export async function receivedBy(
  peerConnection: RTCPeerConnection,
): Promise<{ packets: number; bytes: number; energy: number }> {
  let [packets, bytes, energy] = [0, 0, 0];
  for (const entry of (await peerConnection.getStats()).values() as Iterable<RTCInboundRtpStreamStats>) {
    if (entry.type !== "inbound-rtp") continue;
    packets += entry.packetsReceived ?? 0;
    bytes += entry.bytesReceived ?? 0;
    energy += entry.totalAudioEnergy ?? 0;
  }
  return { packets, bytes, energy };
}

export const [anna, ben] = [0, 1] as const;

/** The frame worker of one terminal, in `epoch` when given. */
export async function terminalFrames(ownLeaf: number, epoch?: bigint): Promise<FrameWorker> {
  const frames = new FrameWorker();
  if (epoch !== undefined) await enter(frames, ownLeaf, epoch);
  return frames;
}

export function enter(frames: FrameWorker, ownLeaf: number, epoch: bigint): Promise<void> {
  return frames.setEpoch({
    epoch,
    baseKey: someBytes(16, Number(epoch)),
    senders: sendersAt([anna, ben]),
    ownLeaf,
  });
}

/** The far end of a connection that is offered to it: shows what arrives as it was on the wire. */
export function wiretap(configuration: RTCConfiguration = {}): {
  peerConnection: RTCPeerConnection;
  frames: Uint8Array<ArrayBuffer>[];
} {
  const peerConnection = new RTCPeerConnection({ ...guarded, ...configuration });
  const worker = new Worker(new URL("./tap-worker.ts", import.meta.url), { type: "module" });
  const frames: Uint8Array<ArrayBuffer>[] = [];
  worker.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) =>
    frames.push(new Uint8Array(data)),
  );
  peerConnection.addEventListener("track", ({ receiver, track }) => {
    receiver.transform = new RTCRtpScriptTransform(worker);
    play(track);
  });
  return { peerConnection, frames };
}
