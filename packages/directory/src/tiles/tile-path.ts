/** Names of tiles and entry bundles, below the prefix of a log (C2SP tlog-tiles, "Merkle Tree" and "Log entries"). */
import { isCount } from "../tree/nodes.ts";

/** Levels of the tree in one tile: it holds the hashes of every eighth level. */
export const tileHeight = 8;
/** Hashes in a full tile, entries in a full bundle. */
export const tileWidth = 256;
/** Of tiles; with 2^53 leaves there is something on the first seven. */
const highestLevel = 63;

export interface TilePlace {
  /** `entries` for the bundle beside a tile of level 0. */
  readonly level: number | "entries";
  readonly index: number;
  /** 1 to 256; a partial tile has less than 256. */
  readonly width: number;
}

/**
 * @returns `tile/0/x001/x234/067`, with `.p/<width>` for a partial one
 * @throws RangeError for what names no tile
 */
export function tilePath({ index, level, width }: TilePlace): string {
  if (!isLevel(level) || !isCount(index) || !isCount(width) || width < 1 || width > tileWidth)
    throw new RangeError("no such tile");
  const partial = width === tileWidth ? "" : `.p/${width}`;
  return `tile/${level}/${indexPath(index)}${partial}`;
}

const isLevel = (level: TilePlace["level"]): boolean =>
  level === "entries" || (isCount(level) && level <= highestLevel);

function indexPath(index: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/\d{3}/g) ?? [];
  return groups.map((group, place) => (place === groups.length - 1 ? group : `x${group}`)).join("/");
}

const form = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** @returns undefined unless `path` is exactly what {@link tilePath} writes: each tile has one name */
export function parseTilePath(path: string): TilePlace | undefined {
  const [, levelText = "", indexText = "", widthText] = form.exec(path) ?? [];
  const index = Number(indexText.replaceAll(/\D/g, ""));
  const level = levelText === "entries" ? levelText : Number(levelText);
  const width = widthText === undefined ? tileWidth : Number(widthText);
  const isPartial = widthText !== undefined;
  if (!isLevel(level) || !isCount(index) || indexPath(index) !== indexText) return undefined;
  return isPartial && width >= tileWidth ? undefined : { level, index, width };
}

/**
 * How wide this tile is in a tree of `size` leaves: 256 for a full one, 0 for one that is not there.
 * @param level `entries` as for level 0
 */
export function tileWidthAt(level: TilePlace["level"], index: number, size: number): number {
  const hashes = Math.floor(size / tileWidth ** (level === "entries" ? 0 : level));
  return Math.max(0, Math.min(tileWidth, hashes - index * tileWidth));
}
