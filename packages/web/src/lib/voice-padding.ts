import { readStored, writeStored } from "./storage.ts";

/** Whether the person wants all packets of their voice to have one size. */
export function voicePadding(): boolean {
  return readStored("voicePadding") === true;
}

export function storeVoicePadding(wanted: boolean): void {
  writeStored("voicePadding", wanted);
}
