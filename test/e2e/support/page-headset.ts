import type { ListeningPage } from "./listening.ts";

export interface HeadsetPage {
  readonly headset: {
    /** What happened since it was last asked. */
    happened(): readonly string[];
    plug(isIn: boolean): void;
    /** The system mutes the microphone that sends, or no longer does. */
    silence(isMuted: boolean): void;
  };
}

/**
 * Runs in the page, in a call: from now on there are a microphone on the desk, which is the default one, and a headset, which takes a while to
 * open and gives nothing at first, as those of Bluetooth do.
 */
export function installHeadset(): void {
  const { mediaDevices } = navigator;
  const voices: Record<string, number> = { desk: 440, headset: 550 };
  const opensInMs: Record<string, number> = { desk: 0, headset: 400 };
  const soundsInMs: Record<string, number> = { desk: 0, headset: 200 };
  let isPlugged = true;
  const happened: string[] = [];
  let sending: MediaStreamTrack | null = null;
  const names = new WeakMap<MediaStreamTrack, string>();
  const soundsAtMs = new WeakMap<MediaStreamTrack, number>();
  const volumes = new WeakMap<MediaStreamTrack, GainNode>();
  const muted = new Set<MediaStreamTrack>();
  const nameOf = (track: MediaStreamTrack): string => names.get(track) ?? "";
  // That of the desk was open before.
  const { peers } = (globalThis as unknown as { signetTest: ListeningPage }).signetTest;
  for (const { track } of peers.flatMap((peer) => peer.getSenders()))
    if (track !== null) names.set(track, "desk");

  mediaDevices.enumerateDevices = () =>
    Promise.resolve(
      [
        { deviceId: "default", groupId: "desk", label: "Default" },
        { deviceId: "desk", groupId: "desk", label: "Desk" },
        ...(isPlugged ? [{ deviceId: "headset", groupId: "headset", label: "Headset" }] : []),
      ].map((one) => ({ ...one, kind: "audioinput" as const, toJSON: () => one })),
    );
  mediaDevices.getUserMedia = async (constraints) => {
    const { deviceId } = (constraints?.audio ?? {}) as { deviceId?: { exact: string } };
    const name = deviceId?.exact ?? "desk";
    await new Promise((resolve) => setTimeout(resolve, opensInMs[name]));
    if (voices[name] === undefined || (name === "headset" && !isPlugged))
      throw new DOMException("there is no such device", "NotFoundError");
    // Before the time of the context is asked: a page may stand still between the two.
    const soundsAt = performance.now() + soundsInMs[name]!;
    const context = new AudioContext();
    const destination = context.createMediaStreamDestination();
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0.2, context.currentTime + soundsInMs[name]! / 1000);
    const tone = new OscillatorNode(context, { frequency: voices[name] });
    tone.connect(volume).connect(destination);
    tone.start();
    const [track] = destination.stream.getAudioTracks();
    names.set(track!, name);
    volumes.set(track!, volume);
    soundsAtMs.set(track!, soundsAt);
    Object.defineProperty(track, "muted", { get: () => muted.has(track!) });
    return destination.stream;
  };

  const { replaceTrack } = RTCRtpSender.prototype;
  RTCRtpSender.prototype.replaceTrack = async function (track) {
    if (track !== null && performance.now() < (soundsAtMs.get(track) ?? 0))
      happened.push(`${nameOf(track)} gives nothing yet`);
    await replaceTrack.call(this, track);
    if (track === null) return;
    happened.push(`${nameOf(track)} sends`);
    sending = track;
  };
  const { stop } = MediaStreamTrack.prototype;
  MediaStreamTrack.prototype.stop = function () {
    // Copies measure how loud it is.
    if (names.has(this) && this.readyState === "live") happened.push(`${nameOf(this)} closed`);
    stop.call(this);
  };

  const headset: HeadsetPage["headset"] = {
    happened: () => happened.splice(0),
    plug: (isIn) => {
      isPlugged = isIn;
      if (!isIn && sending !== null) {
        sending.stop();
        sending.dispatchEvent(new Event("ended"));
      }
      mediaDevices.dispatchEvent(new Event("devicechange"));
    },
    silence: (isMuted) => {
      const [track = sending] = muted;
      if (track === null) return;
      if (isMuted) muted.add(track);
      else muted.delete(track);
      const { gain } = volumes.get(track)!;
      gain.setValueAtTime(isMuted ? 0 : 0.2, 0);
      track.dispatchEvent(new Event(isMuted ? "mute" : "unmute"));
    },
  };
  Object.assign(globalThis, { headset });
  mediaDevices.dispatchEvent(new Event("devicechange"));
}
