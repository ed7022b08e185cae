/** Security keys and passkeys need a secure context: HTTPS, or localhost. */
export const isSecureHere = (): boolean => window.isSecureContext;

/** Whether a security key or passkey can be made or asked here. */
export const canSignHere = (): boolean => isSecureHere() && "PublicKeyCredential" in globalThis;

/** Without these a call would be one in which nobody is heard. */
const neededForSound = {
  RTCPeerConnection: "WebRTC for calls",
  RTCRtpScriptTransform: "encoded transforms for the encryption end to end",
} as const;

/** What Signet takes of a browser, by the constructor that shows it, and what for. */
const needed = {
  PublicKeyCredential: "WebAuthn for security keys and passkeys",
  ...neededForSound,
} as const;

/** @returns what this browser does not have of it, or has switched off */
export function missingHere(): readonly string[] {
  return Object.entries(needed).flatMap(([name, what]) => (name in globalThis ? [] : [what]));
}

export const canCallHere = (): boolean => Object.keys(neededForSound).every((name) => name in globalThis);
