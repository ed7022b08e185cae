/** The way from Web Audio to a loudspeaker of the person's choice. */
export interface SoundOutput {
  readonly node: AudioNode;
  readonly close: () => void;
}

/**
 * By a media element, since every browser that lets a page choose a loudspeaker does so for those. One that is not there any more is the default
 * one: what rings is to be heard. Opened anew for each use: a device that went is noticed only at that.
 * @param deviceId undefined for the default one
 */
export async function openOutput(context: AudioContext, deviceId: string | undefined): Promise<SoundOutput> {
  const byDefault: SoundOutput = { node: context.destination, close: () => {} };
  if (deviceId === undefined) return byDefault;
  const node = new MediaStreamAudioDestinationNode(context);
  const element = new Audio();
  const close = (): void => {
    element.pause();
    element.srcObject = null;
  };
  element.srcObject = node.stream;
  try {
    await element.setSinkId(deviceId);
    await element.play();
    return { node, close };
  } catch {
    close();
    return byDefault;
  }
}
