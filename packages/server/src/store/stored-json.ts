import { fromBase64Url, toBase64Url } from "@signet/protocol";

/** JSON in which byte strings stand as `{ "~bytes": base64url }`, so that they come back as bytes without a schema. */
export function encodeStored(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Uint8Array ? { "~bytes": toBase64Url(part) } : part,
  );
}

export function decodeStored(text: string): unknown {
  return JSON.parse(text, (_key, part: unknown) => {
    if (typeof part !== "object" || part === null || !("~bytes" in part)) return part;
    const encoded = part["~bytes"];
    return typeof encoded === "string" ? fromBase64Url(encoded) : part;
  });
}
