/** Headers of every answer. The page loads nothing from elsewhere, runs no inline script and sits in no frame. */
export function securityHeaders(origin: string): Readonly<Record<string, string>> {
  const socketOrigin = origin.replace(/^http/, "ws");
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // Not every browser takes 'self' to mean the WebSocket as well.
    `connect-src 'self' ${socketOrigin}`,
    // Pictures that people chose stand at addresses within the page.
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "worker-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  const permissions = [
    "microphone=(self)",
    "publickey-credentials-get=(self)",
    "publickey-credentials-create=(self)",
    "camera=()",
    "display-capture=()",
    "geolocation=()",
    "payment=()",
    "usb=()",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "permissions-policy": permissions.join(", "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    // A year; a browser that saw HTTPS once does not try anything else.
    ...(origin.startsWith("https:") ? { "strict-transport-security": "max-age=31536000" } : {}),
  };
}
