const ways = ["connect-src", "img-src", "media-src", "script-src", "form-action"];

/**
 * From now on the browser lets this page ask nobody for anything, whatever its code does: a further policy can only take away (CSP Level 3 section 8.1).
 * What it loads was loaded.
 */
export function sendNothing(): void {
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = ways.map((way) => `${way} 'none'`).join(";");
  document.head.append(policy);
}
