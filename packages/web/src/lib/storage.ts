/** What this browser profile remembers. Nothing secret; everything may be missing or altered, so it is checked on reading. */

export function readStored(name: string): unknown {
  try {
    const text = localStorage.getItem(`signet.ui.${name}`);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function writeStored(name: string, value: unknown): void {
  try {
    localStorage.setItem(`signet.ui.${name}`, JSON.stringify(value));
  } catch {
    // A profile that stores nothing works as well; it only forgets.
  }
}

export function removeStored(name: string): void {
  try {
    localStorage.removeItem(`signet.ui.${name}`);
  } catch {
    // Nothing is stored there.
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

export function recordsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
