import { texts } from "@signet/words/page";
/** Security keys and passkeys need a secure context: HTTPS, or localhost. */
export const isSecureHere = (): boolean => window.isSecureContext;

/** Whether a security key or passkey can be made or asked here. */
export const canSignHere = (): boolean => isSecureHere() && "PublicKeyCredential" in globalThis;

/** Without these a call would be one in which nobody is heard. */
const neededForSound = ["RTCPeerConnection", "RTCRtpScriptTransform"] as const;

/** What Signet takes of a browser, by the constructor that shows it, and what for. */
function needed(): Readonly<Record<"PublicKeyCredential" | (typeof neededForSound)[number], string>> {
  const { encodedTransforms, webAuthn, webRtc } = texts().frame;
  return {
    PublicKeyCredential: webAuthn,
    RTCPeerConnection: webRtc,
    RTCRtpScriptTransform: encodedTransforms,
  };
}

/** @returns what this browser does not have of it, or has switched off */
export function missingHere(): readonly string[] {
  return Object.entries(needed()).flatMap(([name, what]) => (name in globalThis ? [] : [what]));
}

export const canCallHere = (): boolean => neededForSound.every((name) => name in globalThis);
