/** Gives what a microphone hears to the page, as it is: in an AudioWorklet, since no other way misses nothing while the page is busy. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, of: typeof AudioWorkletProcessor): void;

class Recorder extends AudioWorkletProcessor {
  process([input]: readonly (readonly Float32Array[])[]): boolean {
    const channel = input?.[0];
    if (channel !== undefined) this.port.postMessage(channel.slice());
    return true;
  }
}

registerProcessor("recorder", Recorder);
