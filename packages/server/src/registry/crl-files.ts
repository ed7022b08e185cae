/** Files of revocation lists, which are read again when they change, so that a revocation needs no restart. */
import { notesOnList, readCrls, withoutSuccessor } from "@signet/device";
import type { CrlFault, ListNote } from "@signet/device";
import { SignetError } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import type { Logger } from "pino";

import { StartFileError } from "../start-error.ts";
import { readBytes, readOrSay, versionOf } from "../watched-file.ts";

interface OpenFile {
  readonly path: string;
  /** Of the file as it was read last, or tried. */
  version: string;
  /** Those of before are among them, where what came in their place cannot be read. */
  crls: readonly Bytes[];
}

export class CrlFiles {
  readonly #files: readonly OpenFile[];
  readonly #log: Logger;

  private constructor(files: readonly OpenFile[], log: Logger) {
    this.#files = files;
    this.#log = log;
  }

  /** @throws StartError for a file without a list that can be used, or with one that may never be */
  static open(paths: readonly string[], log: Logger): CrlFiles {
    return new CrlFiles(
      paths.map((path) => {
        const version = versionOf(path);
        return { path, version, crls: readFirst(path, log) };
      }),
      log,
    );
  }

  /** DER of all lists as they are now. */
  get current(): readonly Bytes[] {
    for (const file of this.#files) this.#renew(file);
    return this.#files.flatMap(({ crls }) => crls);
  }

  /** Tells of each list what will refuse people, before it does. */
  async tell(anchors: readonly Bytes[], nowMs: number): Promise<void> {
    for (const { path, crls } of this.#files) {
      for (const crl of crls) {
        const found = await notesOnList(crl, anchors, nowMs);
        for (const code of found?.notes ?? [])
          this.#log.warn({ path, issuer: found?.issuer, code }, noteWords[code]);
      }
    }
  }

  #renew(file: OpenFile): void {
    const { path } = file;
    const version = versionOf(path);
    if (version === file.version) return;
    // Kept also when it cannot be read, so that the log says it once.
    file.version = version;
    try {
      const { crls, faults, refusal } = readCrls(readBytes(path));
      logFaults(path, faults, this.#log);
      if (refusal !== undefined) throw new SignetError(refusal.code);
      // One that cannot be read may have come in the place of one that could.
      file.crls = faults.length === 0 ? crls : [...crls, ...withoutSuccessor(file.crls, crls)];
      this.#log.info({ path, lists: crls.length }, "revocation lists read again");
    } catch (error) {
      this.#log.error(
        { path, err: error },
        "a changed file of revocation lists cannot be read: the former ones hold",
      );
    }
  }
}

function readFirst(path: string, log: Logger): readonly Bytes[] {
  const { crls, faults, refusal } = readOrRefuse(path);
  if (refusal !== undefined) throw new StartFileError(placeOf(path, refusal, crls.length), refusal.code);
  logFaults(path, faults, log);
  return crls;
}

function readOrRefuse(path: string) {
  const bytes = readOrSay(path);
  try {
    return readCrls(bytes);
  } catch (cause) {
    if (!(cause instanceof SignetError)) throw cause;
    throw new StartFileError(path, cause.code, cause);
  }
}

function placeOf(path: string, { issuer, place }: CrlFault, count: number): string {
  const which = count === 1 ? path : `list ${place} in ${path}`;
  return issuer === undefined ? which : `${which} (${issuer})`;
}

function logFaults(path: string, faults: readonly CrlFault[], log: Logger): void {
  for (const { code, issuer, place } of faults)
    log.error(
      { path, list: place, code, ...(issuer !== undefined && { issuer }) },
      "a revocation list cannot be used: who is certified by its authority is refused, unless there is another one",
    );
}

const noteWords: Record<ListNote, string> = {
  "certificate.crlNoAnchor":
    "a revocation list is in the name of no trust anchor: it counts for authorities below them alone",
  "certificate.crlOtherKey":
    "a revocation list in the name of a trust anchor is not signed by its key: without another, who is certified by it is refused",
  "certificate.crlOtherName":
    "a revocation list is signed by a trust anchor's key, but in another name: without another, who is certified by it is refused",
  "certificate.crlPartial":
    "a revocation list does not say all there is to say: without another, who is certified by its authority is refused",
  "certificate.crlNotYet":
    "a revocation list has not begun: until then, who is certified by its authority is refused",
  "certificate.crlOver":
    "a revocation list is over: until there is a new one, who is certified by its authority is refused",
  "certificate.crlEndless":
    "a revocation list does not say how long it holds: who is certified by its authority is refused",
};
