/** Security keys and passkeys need a secure context: HTTPS, or localhost. */
export function webAuthnHere(): boolean {
  return window.isSecureContext && "PublicKeyCredential" in globalThis;
}
