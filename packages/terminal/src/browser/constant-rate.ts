import type { MediaProvider } from "../environment.ts";

/** Constant rate, and no packets left out in silence (RFC 7587 section 6.1); with what our own SFU asks for besides. */
const opusParameters = "minptime=10;useinbandfec=1;cbr=1;usedtx=0";

/**
 * Media whose voice has packets of one size, for connections that are made while `isOn`: the browser's encoder does so when the answer asks
 * for it. The terminal writes that into the answer itself, since the server is whom it is to help against.
 */
export function withConstantRate(media: MediaProvider, isOn: () => boolean): MediaProvider {
  return {
    start: (input) =>
      media.start({
        ...input,
        async exchange(offerSdp) {
          const answerSdp = await input.exchange(offerSdp);
          return isOn() ? askForConstantRate(answerSdp) : answerSdp;
        },
      }),
  };
}

/** @returns the answer with these parameters for every Opus in it, and no others */
export function askForConstantRate(answerSdp: string): string {
  return answerSdp
    .split(/(?=^m=)/m)
    .map((part) => {
      const types = [...part.matchAll(/^a=rtpmap:(\d+) opus\//gim)].map(([, type]) => type ?? "");
      return types.reduce(
        (text, type) =>
          text
            .replaceAll(new RegExp(`^a=fmtp:${type}(?!\\d).*\\r?\\n`, "gim"), "")
            .replace(
              new RegExp(`^(a=rtpmap:${type} .*)(\\r?\\n)`, "im"),
              `$1$2a=fmtp:${type} ${opusParameters}$2`,
            ),
        part,
      );
    })
    .join("");
}
