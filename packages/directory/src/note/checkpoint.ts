/** A log's word on how it stands (C2SP tlog-checkpoint), with the root of the map in an extension line. */
import type { Bytes } from "@signet/protocol";

import { hashBytes } from "../tree/hashes.ts";
import { isCount } from "../tree/nodes.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { isNoteText } from "./note.ts";

export interface Checkpoint {
  /** Names the log: `signet.example/log`. */
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Bytes;
  /** Of the map over the same statements (`mapRoot`). 32 bytes; undefined where the log has none. */
  readonly mapRoot?: Bytes;
}

/** Begins the extension line of the map: its version says how keys, values and hashes are made (docs/directory.md). */
const mapLine = "signet-map/v1";

/** @throws RangeError for an origin, a size or roots that no checkpoint can have */
export function formatCheckpoint({ mapRoot, origin, root, size }: Checkpoint): string {
  const hashes = mapRoot === undefined ? [root] : [root, mapRoot];
  const fit = isCount(size) && hashes.every(({ length }) => length === hashBytes);
  if (!fit || origin === "" || origin.includes("\n")) throw new RangeError("no checkpoint");
  const lines = [origin, String(size), toBase64(root)];
  if (mapRoot !== undefined) lines.push(`${mapLine} ${toBase64(mapRoot)}`);
  const text = lines.map((line) => `${line}\n`).join("");
  if (!isNoteText(text)) throw new RangeError("no checkpoint");
  return text;
}

/**
 * Extension lines other than the map's are passed over, as C2SP wants it; a second one of the map, or one that cannot be read, refuses the whole.
 * @param text of a note
 */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  if (!isNoteText(text)) return undefined;
  const [origin = "", sizeText = "", rootText = "", ...extensions] = text.slice(0, -1).split("\n");
  const size = /^(0|[1-9]\d*)$/.test(sizeText) ? Number(sizeText) : -1;
  const root = fromBase64(rootText);
  if (origin === "" || !isCount(size) || root?.length !== hashBytes || extensions.includes(""))
    return undefined;
  const [line, ...more] = extensions.filter((extension) => isMapLine(extension));
  if (line === undefined) return { origin, size, root };
  const mapRoot = fromBase64(line.slice(mapLine.length + 1));
  return more.length > 0 || mapRoot?.length !== hashBytes ? undefined : { origin, size, root, mapRoot };
}

const isMapLine = (line: string): boolean => line === mapLine || line.startsWith(`${mapLine} `);
