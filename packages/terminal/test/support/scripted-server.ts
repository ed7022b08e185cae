import type { SignatureDevice } from "@signet/device";
import { decodeRequest, encodeMessage, ownFeatures } from "@signet/protocol";
import type { ReplyBody, RequestBody, RequestType, ServerEvent, ServerInfo, UserId } from "@signet/protocol";

import { SignetTerminal, deviceAtHand, silentMedia, MemoryPinStore } from "../../src/index.ts";
import type { TerminalEnvironment } from "../../src/index.ts";
import type { Socket, SocketListener } from "../../src/system.ts";
import { person, randomBytes, serverOrigin } from "./people.ts";
import type { TestPerson } from "./people.ts";

type Script = { [T in RequestType]?: (body: RequestBody<T>) => ReplyBody<T> | undefined };

/** What a request is to be answered with; its ID is the one of the request of that type which waits longest. */
export type Word = ServerEvent | { readonly [T in RequestType]?: ReplyBody<T> };

/**
 * The other end of a terminal's socket, in the same process. It answers what its script has an answer to; everything else waits
 * until the test says it. What is said in one go is handed over within one task, as Node does with what came in one piece.
 */
export class ScriptedServer {
  readonly script: Script;
  readonly heard: { readonly type: RequestType; readonly body: unknown }[] = [];
  readonly #waiting: { readonly id: number; readonly type: RequestType; answered: boolean }[] = [];
  #listener: SocketListener | undefined;
  #told: (() => void)[] = [];

  constructor(people: readonly TestPerson[]) {
    const entryOf = (userId: UserId) => people.find((person) => person.userId === userId)?.entry;
    this.script = {
      "session.hello": () => serverInfo(),
      "session.ping": () => ({ serverTimeMs: Date.now() }),
      "session.challenge": () => ({ challenge: randomBytes(32), expiresAtMs: Date.now() + 60_000 }),
      "session.prove": () => ({}),
      "sign-in.begin": ({ userId }) => ({
        challenge: randomBytes(32),
        expiresAtMs: Date.now() + 60_000,
        entries: [entryOf(userId)].filter((entry) => entry !== undefined),
        certified: [],
      }),
      "missed.get": () => ({ calls: [], keptMs: 7 * 86_400_000 }),
      "presence.watch": ({ userIds }) => ({
        people: userIds.map((userId) => ({ userId, reachable: false })),
      }),
      "directory.lookup": ({ userIds }) => ({
        people: userIds.map((userId) => {
          const entry = entryOf(userId);
          return { userId, reachable: true, ...(entry === undefined ? {} : { entry }) };
        }),
      }),
    };
  }

  readonly openSocket = (_url: string, listener: SocketListener): Socket => {
    let isOpen = true;
    const end = (): void => {
      if (!isOpen) return;
      isOpen = false;
      queueMicrotask(() => listener.closed());
    };
    this.#listener = listener;
    this.#waiting.length = 0;
    this.#end = end;
    queueMicrotask(() => {
      if (isOpen) listener.opened();
    });
    return {
      get isOpen() {
        return isOpen;
      },
      send: (text) => this.#received(text),
      close: end,
    };
  };

  #end: () => void = () => undefined;

  /** All of it in one task. */
  say(...words: readonly Word[]): void {
    for (const word of words) {
      if ("type" in word) this.#listener?.received(encodeMessage(word));
      else for (const [type, body] of Object.entries(word)) this.#answer(type as RequestType, { body });
    }
  }

  sayText(text: string): void {
    this.#listener?.received(text);
  }

  refuse(type: RequestType, code: string): void {
    this.#answer(type, { error: { code, message: "refused" } });
  }

  /** The connection is gone. */
  hangUp(): void {
    this.#end();
  }

  /** Resolves when such a request waits for an answer. @returns its body */
  async asked<T extends RequestType>(type: T): Promise<RequestBody<T>> {
    for (;;) {
      const waits = this.#waiting.findLast((request) => request.type === type && !request.answered);
      if (waits !== undefined)
        return this.heard.findLast((request) => request.type === type)?.body as RequestBody<T>;
      await new Promise<void>((resolve) => this.#told.push(resolve));
    }
  }

  #answer(type: RequestType, answer: object): void {
    const request = this.#waiting.find((waiting) => waiting.type === type && !waiting.answered);
    if (request === undefined) throw new Error(`nobody asked for ${type}`);
    request.answered = true;
    this.#listener?.received(encodeMessage({ id: request.id, ...answer }));
  }

  #received(text: string): void {
    const decoded = decodeRequest(text);
    if (!decoded.ok) throw new Error(`the terminal said ${text}`);
    const { id, type, body } = decoded.request;
    this.heard.push({ type, body });
    const request = { id, type, answered: false };
    this.#waiting.push(request);
    for (const tell of this.#told.splice(0)) tell();
    const reply = (this.script[type] as ((body: unknown) => unknown) | undefined)?.(body);
    if (reply === undefined) return;
    request.answered = true;
    const listener = this.#listener;
    queueMicrotask(() => listener?.received(encodeMessage({ id, body: reply })));
  }
}

export function serverInfo(): ServerInfo {
  return {
    serverOrigin,
    serverTimeMs: Date.now(),
    registration: "open",
    limits: { callMembers: 32, messageBytes: 1_000_000, slots: 8, ringMs: 45_000, bindingMs: 3_600_000 },
    features: [...ownFeatures],
  };
}

/** A terminal of `ada` that is connected to a script, and other people whom its directory knows. */
export async function connectedTerminal(
  others: readonly string[] = [],
  { device, ...environment }: Partial<TerminalEnvironment> & { readonly device?: SignatureDevice } = {},
) {
  const [ada, ...rest] = await Promise.all([person("ada", device), ...others.map((name) => person(name))]);
  const server = new ScriptedServer([ada, ...rest]);
  const terminal = await SignetTerminal.create({
    url: "ws://signet.example/ws",
    serverOrigin,
    pins: new MemoryPinStore(),
    devices: deviceAtHand(ada.device),
    media: silentMedia,
    openSocket: server.openSocket,
    ...environment,
  });
  terminal.start();
  while (terminal.state.connection.status !== "online") await Promise.resolve();
  return { server, terminal, ada, others: rest };
}

/** What a sign-in of this person is answered with. */
export function signedIn({ entry }: TestPerson): ReplyBody<"sign-in.finish"> {
  return { entry, expiresAtMs: Date.now() + 3_600_000, calls: [] };
}

/** The same, and signed in. */
export async function signedInTerminal(...input: Parameters<typeof connectedTerminal>) {
  const opened = await connectedTerminal(...input);
  const { server, terminal, ada } = opened;
  const done = terminal.signIn({ userId: ada.userId });
  await server.asked("sign-in.finish");
  server.say({ "sign-in.finish": signedIn(ada) });
  await done;
  return opened;
}
