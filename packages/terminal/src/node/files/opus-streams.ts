/** Several Opus streams in one packet: all but the last are self-delimiting (RFC 6716 appendix B). */
import { concatBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

/** @returns a packet as a decoder takes it for each stream; undefined when it does not hold so many */
export function splitStreams(packet: Bytes, streams: number): readonly Bytes[] | undefined {
  const packets: Bytes[] = [];
  let rest = packet;
  while (packets.length < streams - 1) {
    const taken = takeDelimited(rest);
    if (taken === undefined) return undefined;
    packets.push(taken.packet);
    rest = rest.slice(taken.length);
  }
  return rest.length === 0 ? undefined : [...packets, rest];
}

/** @returns it without the length that only delimits, and how many bytes it took */
function takeDelimited(bytes: Bytes): { readonly packet: Bytes; readonly length: number } | undefined {
  const reader = new LengthReader(bytes);
  const code = reader.byte() & 3;
  let frameBytes = 0;
  let paddingBytes = 0;
  switch (code) {
    case 0:
      frameBytes = reader.delimiter();
      break;
    case 1:
      frameBytes = 2 * reader.delimiter();
      break;
    case 2:
      frameBytes = reader.length() + reader.delimiter();
      break;
    default: {
      const flags = reader.byte();
      const frames = flags & 63;
      if ((flags & 0x40) !== 0) paddingBytes = reader.padding();
      if ((flags & 0x80) === 0) frameBytes = frames * reader.delimiter();
      else {
        for (let i = 1; i < frames; i++) frameBytes += reader.length();
        frameBytes += reader.delimiter();
      }
    }
  }
  const end = reader.at + frameBytes + paddingBytes;
  if (end > bytes.length) return undefined;
  return { packet: concatBytes(reader.kept, bytes.slice(reader.at, end)), length: end };
}

/** Reads what stands before the frames. Beyond the end it reads 0, and the packet turns out to be too short. */
class LengthReader {
  readonly #bytes: Bytes;
  readonly #kept: number[] = [];
  at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  /** All but the delimiter. */
  get kept(): Bytes {
    return Uint8Array.from(this.#kept);
  }

  byte(): number {
    const byte = this.#next();
    this.#kept.push(byte);
    return byte;
  }

  /** One or two bytes (section 3.1). */
  length(): number {
    const first = this.byte();
    return first < 252 ? first : first + 4 * this.byte();
  }

  delimiter(): number {
    const first = this.#next();
    return first < 252 ? first : first + 4 * this.#next();
  }

  /** 255 stands for 254 bytes and another length (section 3.2.5). */
  padding(): number {
    let sum = 0;
    for (;;) {
      const byte = this.byte();
      if (byte < 255 || this.at > this.#bytes.length) return sum + byte;
      sum += 254;
    }
  }

  #next(): number {
    return this.#bytes[this.at++] ?? 0;
  }
}
