/** Reads a log over HTTP (C2SP tlog-tiles), as somebody who trusts nothing of what comes: bounded in size and time, without redirects. */
import { parseVerifierKey, tilePath, tileWidth } from "@signet/directory";
import type { TilePlace, VerifierKey } from "@signet/directory";
import { texts } from "@signet/words/command-line";

type Bytes = Uint8Array<ArrayBuffer>;

/** For one answer, until its last byte (ms). */
const answerMostMs = 30_000;
const namedMostBytes = 65_536;
/** UTF-8 of the longest note. */
const checkpointMostBytes = 4 * 131_072;
const hashBytes = 32;
/** Of one entry, with its length before it. */
const entryMostBytes = 2 + 65_535;

/** Nothing came, or nothing that a server of Signet says: no reason to accuse anybody. */
export class Unreached extends Error {
  constructor(what: string, cause?: unknown) {
    super(what, cause === undefined ? undefined : { cause });
    this.name = "Unreached";
  }
}

export interface NamedLog {
  readonly key: VerifierKey;
  readonly url: string;
}

export class LogClient {
  readonly #server: string;
  readonly #signal: AbortSignal;

  /** @param server its origin @param signal ends what is under way */
  constructor(server: string, signal: AbortSignal) {
    this.#server = server;
    this.#signal = signal;
  }

  /** By which key the server says that it signs its log. @returns undefined where it keeps none @throws Unreached */
  async named(): Promise<NamedLog | undefined> {
    const path = "/.well-known/signet-log";
    const answer = await this.#get(path, "application/json", namedMostBytes);
    if (answer.status !== 200) return undefined;
    let said: unknown;
    try {
      said = JSON.parse(utf8(answer.bytes));
    } catch (cause) {
      throw new Unreached(texts().monitor.unreadable.other(path), cause);
    }
    const { url, verifierKey } = Object(said) as { readonly [name: string]: unknown };
    const key = typeof verifierKey === "string" ? parseVerifierKey(verifierKey) : undefined;
    if (key?.kind !== "log" || typeof url !== "string")
      throw new Unreached(texts().monitor.unreadable.other(path));
    return { key, url };
  }

  /** @returns undefined where there is none @throws Unreached */
  async checkpoint(): Promise<string | undefined> {
    const answer = await this.#get("/log/checkpoint", "text/plain", checkpointMostBytes);
    return answer.status === 200 ? utf8(answer.bytes) : undefined;
  }

  /** As it came. @returns its status where it is not there, or not for us @throws Unreached */
  async tile(place: TilePlace): Promise<Bytes | 403 | 404> {
    const most = place.level === "entries" ? tileWidth * entryMostBytes : tileWidth * hashBytes;
    const answer = await this.#get(`/log/${tilePath(place)}`, "application/octet-stream", most);
    return answer.status === 200 ? answer.bytes : answer.status;
  }

  async #get(
    path: string,
    type: string,
    mostBytes: number,
  ): Promise<{ readonly status: 200; readonly bytes: Bytes } | { readonly status: 403 | 404 }> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(answerMostMs)]);
    try {
      const answer = await fetch(this.#server + path, { redirect: "manual", signal });
      const { body, headers, status } = answer;
      if (status === 403 || status === 404) {
        await body?.cancel();
        return { status };
      }
      const isOfType = headers.get("content-type")?.split(";", 1)[0]?.trim() === type;
      if (status !== 200 || !isOfType) {
        await body?.cancel();
        const { other, status: withStatus } = texts().monitor.unreadable;
        throw new Unreached(status === 200 ? other(path) : withStatus(path, status));
      }
      return { status, bytes: await readAll(body, mostBytes, path) };
    } catch (cause) {
      this.#signal.throwIfAborted();
      throw cause instanceof Unreached
        ? cause
        : new Unreached(texts().monitor.unreadable.failed(path, reasonOf(cause)), cause);
    }
  }
}

/** What fetch says is "fetch failed", whatever it was. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message : String(inner);
}

const utf8 = (bytes: Bytes): string => new TextDecoder().decode(bytes);

async function readAll(
  body: ReadableStream<Uint8Array> | null,
  mostBytes: number,
  path: string,
): Promise<Bytes> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    // Leaving the loop ends the connection.
    if (length > mostBytes) throw new Unreached(texts().monitor.unreadable.large(path, mostBytes));
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
