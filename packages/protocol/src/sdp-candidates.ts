/** Digits and points, or hexadecimal digits and colons: what nobody has to be asked for. */
const numericAddress = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*)$/;

/**
 * Takes the candidates out of an answer that name a host instead of an address (RFC 8839 section 5.1 allows both), and all over TCP: the
 * terminal would look the name up for whoever wrote the answer. An SFU knows its addresses.
 */
export function withoutNamedCandidates(sdp: string): string {
  return sdp
    .split(/(?<=\n)/)
    .filter((line) => {
      const text = line.trimEnd();
      if (!/^a=candidate:/i.test(text)) return true;
      const [, , transport = "", , address = ""] = text.split(" ");
      return transport.toLowerCase() === "udp" && numericAddress.test(address);
    })
    .join("");
}
