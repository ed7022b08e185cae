import { sha256 } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { decodeReply, encodeMessage, encodeStatement } from "@signet/protocol";
import type { ReplyBody, RequestBody, RequestType, Transcript, UserId } from "@signet/protocol";
import type { Socket, SocketListener } from "@signet/terminal";

interface Answered {
  readonly id?: number;
  readonly body?: unknown;
  readonly error?: { readonly code: string };
}

/** Requests over the connection of a real terminal, beside its own ones: for what it has no words yet. */
export class OwnRequests {
  readonly #waiting = new Map<number, (answer: Answered) => void>();
  #socket: WebSocket | undefined;
  /** Far from where the terminal's own begin. */
  #lastId = 1_000_000_000;

  /** For the terminal's environment. */
  readonly openSocket = (url: string, listener: SocketListener): Socket => {
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener("open", () => listener.opened());
    socket.addEventListener("close", () => listener.closed());
    socket.addEventListener("message", ({ data }) => {
      const text = String(data);
      const answer = JSON.parse(text) as Answered;
      const resolve = this.#waiting.get(answer.id ?? 0);
      if (resolve === undefined) listener.received(text);
      else resolve(answer);
    });
    return {
      get isOpen() {
        return socket.readyState === WebSocket.OPEN;
      },
      send: (text) => socket.send(text),
      close: () => socket.close(),
    };
  };

  async request<T extends RequestType>(type: T, body: RequestBody<T>): Promise<ReplyBody<T>> {
    const id = ++this.#lastId;
    const answer = new Promise<Answered>((resolve) => this.#waiting.set(id, resolve));
    this.#socket?.send(encodeMessage({ id, type, body }));
    const { body: replied, error } = await answer;
    const reply = error === undefined ? decodeReply(type, replied) : undefined;
    if (reply === undefined) throw new Error(`${type}: ${error?.code ?? "no reply that fits"}`);
    return reply;
  }

  /** Continues the history of the person at the terminal. */
  async appendStatement(
    purpose: "add-device" | "revoke-device",
    person: { readonly userId: UserId; readonly device: SignatureDevice; readonly serverOrigin: string },
    own: Record<string, unknown>,
    second?: SignatureDevice,
  ): Promise<void> {
    const { userId, device, serverOrigin } = person;
    const { people } = await this.request("directory.lookup", { userIds: [userId] });
    const entry = people[0]?.entry;
    if (entry === undefined) throw new Error("nobody is registered");
    const transcript = {
      purpose,
      serverOrigin,
      userId,
      deviceId: device.deviceId,
      issuedAtMs: Date.now(),
      sequence: entry.statements.length + 1,
      previous: await sha256(encodeStatement(entry.statements.at(-1)?.proofs ?? [entry.proof])),
      serverChallenge: (await this.request("history.begin", {})).challenge,
      ...own,
    } as unknown as Transcript;
    const proofs = [await device.sign(transcript)];
    if (second !== undefined) proofs.push(await second.sign(transcript));
    await this.request("history.append", { statement: { proofs } });
  }
}
