/**
 * Chromium sends ICE-CONTROLLING and ICE-CONTROLLED with a tie-breaker of zero over TURN by TCP and TLS. libjuice takes zero for no attribute and
 * answers 400, so that no check ever succeeds (https://github.com/paullouisageneau/libjuice/issues/355). Until a release of it has the mend
 * (pull request 356), this is the only place that stands between the two.
 */
import { attributeAt, hasIntegrity, sealStun, stunAttributes } from "../turn/stun-message.ts";

/**
 * Writes another number in place of a zero, and the seal anew.
 * @param passwords of the SFU's ends (`ice-pwd`). What was not sealed with one of them stays as it is: nobody's checks become good by this
 * @returns the bytes to send, which are those that came where nothing is to be mended
 */
export function withTieBreaker(data: Buffer, passwords: readonly string[]): Buffer {
  // STUN begins with two zero bits; DTLS, RTP and RTCP do not.
  if (passwords.length === 0 || data.length === 0 || data.readUInt8(0) >= 4) return data;
  const at = [stunAttributes.iceControlling, stunAttributes.iceControlled]
    .map((type) => attributeAt(data, type))
    .find((found) => found >= 0);
  if (at === undefined || data.readUInt16BE(at + 2) !== 8 || data.readBigUInt64BE(at + 4) !== 0n) return data;
  const key = passwords.map((password) => Buffer.from(password)).find((each) => hasIntegrity(data, each));
  if (key === undefined) return data;
  const mended = Buffer.from(data);
  mended.writeBigUInt64BE(1n, at + 4);
  sealStun(mended, key);
  return mended;
}
