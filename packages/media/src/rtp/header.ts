/** RTP header fields (RFC 3550 section 5.1). One instance is filled again for each packet, so that the forwarding
 * path allocates nothing. */
export interface RtpHeader {
  marker: boolean;
  padded: boolean;
  payloadType: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
  /** Profile of the header extension (RFC 8285: 0xBEDE or 0x100X), -1 when there is none. */
  extensionProfile: number;
  extensionOffset: number;
  extensionLength: number;
  /** First byte of the payload; the payload (with its padding, if any) reaches to the end of the packet. */
  payloadOffset: number;
}

export function newRtpHeader(): RtpHeader {
  return {
    marker: false,
    padded: false,
    payloadType: 0,
    sequence: 0,
    timestamp: 0,
    ssrc: 0,
    extensionProfile: -1,
    extensionOffset: 0,
    extensionLength: 0,
    payloadOffset: 0,
  };
}

const fixedHeaderBytes = 12;

/** Tells RTCP from RTP on one port (RFC 5761 section 4): RTCP packet types 192-223 read as payload types 64-95. */
export function isRtcp(packet: Buffer): boolean {
  if (packet.length < 2) return false;
  const type = packet.readUInt8(1) & 0x7f;
  return type >= 64 && type <= 95;
}

/**
 * Fills `header` from `packet`.
 * @returns false when the packet is not RTP version 2 or its lengths do not fit; `header` is then undefined
 */
export function parseRtp(packet: Buffer, header: RtpHeader): boolean {
  if (packet.length < fixedHeaderBytes) return false;
  const first = packet.readUInt8(0);
  if (first >> 6 !== 2) return false;
  const second = packet.readUInt8(1);
  header.marker = (second & 0x80) !== 0;
  header.padded = (first & 0x20) !== 0;
  header.payloadType = second & 0x7f;
  header.sequence = packet.readUInt16BE(2);
  header.timestamp = packet.readUInt32BE(4);
  header.ssrc = packet.readUInt32BE(8);
  let offset = fixedHeaderBytes + (first & 0x0f) * 4;
  header.extensionProfile = -1;
  header.extensionLength = 0;
  if ((first & 0x10) !== 0) {
    if (packet.length < offset + 4) return false;
    header.extensionProfile = packet.readUInt16BE(offset);
    header.extensionOffset = offset + 4;
    header.extensionLength = packet.readUInt16BE(offset + 2) * 4;
    offset += 4 + header.extensionLength;
  }
  if (packet.length < offset) return false;
  if (header.padded) {
    const padding = packet.readUInt8(packet.length - 1);
    if (padding === 0 || offset + padding > packet.length) return false;
  }
  header.payloadOffset = offset;
  return true;
}

/**
 * Reads the audio level (RFC 6464): bit 7 tells speech, bits 0-6 are the level in -dBov (0 loudest, 127 silence).
 * @param id extension ID as negotiated, 0 when it was not
 * @returns the byte, or -1 when the packet does not carry it
 */
export function audioLevelByte(packet: Buffer, header: RtpHeader, id: number): number {
  if (id === 0 || header.extensionProfile < 0) return -1;
  const end = header.extensionOffset + header.extensionLength;
  let at = header.extensionOffset;
  if (header.extensionProfile === 0xbede) {
    // RFC 8285 section 4.2: ID and length share a byte, 0 is padding, ID 15 ends the list.
    while (at < end) {
      const head = packet.readUInt8(at);
      if (head === 0) {
        at++;
        continue;
      }
      const element = head >> 4;
      if (element === 15) return -1;
      const length = (head & 0x0f) + 1;
      if (at + 1 + length > end) return -1;
      if (element === id) return packet.readUInt8(at + 1);
      at += 1 + length;
    }
  } else if (header.extensionProfile >> 4 === 0x100) {
    // RFC 8285 section 4.3: a byte of ID, a byte of length.
    while (at < end) {
      const element = packet.readUInt8(at);
      if (element === 0) {
        at++;
        continue;
      }
      if (at + 2 > end) return -1;
      const length = packet.readUInt8(at + 1);
      if (at + 2 + length > end) return -1;
      if (element === id && length > 0) return packet.readUInt8(at + 2);
      at += 2 + length;
    }
  }
  return -1;
}
