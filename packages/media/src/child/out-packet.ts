/** Room for the largest header that we write: 12 bytes fixed, 4 of extension, 20 of elements (mid of 16 characters). */
const payloadStart = 40;
const maxPacketBytes = 2048;

/** All packets leave from here: the library copies what it sends, so one block serves every receiver of every packet. */
const block = Buffer.alloc(payloadStart + maxPacketBytes);
/** Making a view costs more than writing a header, so they are kept: by header length / 4, then by payload length. */
const views: (Buffer | undefined)[][] = Array.from({ length: payloadStart / 4 + 1 }, () => []);
let payloadBytes = 0;

/** Takes the payload of a packet; {@link outPacket} then puts headers before it. */
export function setPayload(packet: Buffer, payloadOffset: number): void {
  payloadBytes = Math.min(packet.length - payloadOffset, maxPacketBytes);
  packet.copy(block, payloadStart, payloadOffset, payloadOffset + payloadBytes);
}

/**
 * @param headerBytes multiple of 4, at most 40
 * @returns header room and payload; valid until the next call of either function
 */
export function outPacket(headerBytes: number): Buffer {
  const byLength = views[headerBytes >> 2];
  if (byLength === undefined) throw new RangeError("RTP header too long");
  return (byLength[payloadBytes] ??= block.subarray(payloadStart - headerBytes, payloadStart + payloadBytes));
}
