import { writeFileSync } from "node:fs";

const sampleRate = 48_000;

/**
 * Writes a voice as a WAV file, mono; see {@link voiceSamples}.
 * @param hertz a multiple of 10
 */
export function writeVoice(path: string, hertz: number, seconds = 2): void {
  const samples = voiceSamples(hertz, seconds);
  const wav = Buffer.alloc(44 + samples.byteLength);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + samples.byteLength, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(sampleRate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(samples.byteLength, 40);
  samples.forEach((sample, i) => wav.writeInt16LE(sample, 44 + i * 2));
  writeFileSync(path, wav);
}

/**
 * A tone that swells and fades four times a second, as syllables do, so that noise suppression takes it for speech. Its length is a whole
 * number of periods, so that it loops without a click.
 * @param hertz a multiple of 10
 * @returns samples at 48 kHz
 */
export function voiceSamples(hertz: number, seconds: number): Int16Array<ArrayBuffer> {
  return Int16Array.from({ length: sampleRate * seconds }, (_, i) => {
    const time = i / sampleRate;
    const syllable = 0.5 - 0.5 * Math.cos(2 * Math.PI * 4 * time);
    return Math.round(12_000 * syllable * Math.sin(2 * Math.PI * hertz * time));
  });
}
