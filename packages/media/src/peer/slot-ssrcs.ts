/**
 * The SSRC of each slot, in order, from the SFU's answer: one for each part that it sends.
 * @throws Error when a part names none, or two the same one
 */
export function slotSsrcsOf(answerSdp: string): number[] {
  const ssrcs: number[] = [];
  for (const part of answerSdp.split(/^(?=m=)/m).slice(1)) {
    if (!/^a=sendonly\r?$/m.test(part)) continue;
    const ssrc = Number(/^a=ssrc:(\d{1,10}) /m.exec(part)?.[1]);
    if (!(ssrc <= 0xffff_ffff) || ssrcs.includes(ssrc)) throw new Error("slot without an SSRC of its own");
    ssrcs.push(ssrc);
  }
  return ssrcs;
}
