/**
 * The one address of a server. With port 0 the default has its number only when the server listens; nothing asks for
 * the origin before.
 */
export class ServerOrigin {
  readonly #isTls: boolean;
  #origin: string | undefined;

  /** @param given as people open the server; default `http(s)://localhost:<port>` */
  constructor(given: string | undefined, isTls: boolean, port: number) {
    this.#isTls = isTls;
    this.#origin = given;
    if (port !== 0) this.listensAt(port);
  }

  /** Whether nothing has to listen first. */
  get isKnown(): boolean {
    return this.#origin !== undefined;
  }

  get current(): string {
    return this.#origin ?? "http://localhost";
  }

  get isLocal(): boolean {
    return new URL(this.current).hostname === "localhost";
  }

  listensAt(port: number): void {
    this.#origin ??= localOrigin(this.#isTls, port);
  }
}

const localOrigin = (isTls: boolean, port: number): string => {
  const scheme = isTls ? "https" : "http";
  return port === (isTls ? 443 : 80) ? `${scheme}://localhost` : `${scheme}://localhost:${port}`;
};
