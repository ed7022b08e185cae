import { SignetError } from "@signet/terminal";
import type {
  AddedHere,
  DeviceId,
  ElsewhereInput,
  ElsewhereStep,
  ErrorCode,
  HereInput,
  HereStep,
  UserId,
} from "@signet/terminal";

const deviceId = "q83vEjRWeJCrze8SNFZ4kA" as DeviceId;

/** The other machine, which a test plays: each step is asked for. */
export class HarnessElsewhere {
  /** What was entered, named or answered here. */
  readonly said: unknown[] = [];
  #add: ElsewhereInput | undefined;
  #here: HereInput | undefined;
  #finish: ((code?: ErrorCode) => void) | undefined;

  add(input: ElsewhereInput): Promise<DeviceId> {
    this.#add = input;
    const code = "7K3M-Q0RT-VX2Z-8HJN-5WCP";
    const url = `https://calls.example.org/#add=${code}`;
    this.step({ type: "code", code, url, expiresAtMs: Date.now() + 4 * 60_000 });
    return this.#until(input.signal, deviceId);
  }

  addHere(input: HereInput): Promise<AddedHere> {
    this.#here = input;
    this.said.push(input.code);
    return this.#until(input.signal, { userId: "alice" as UserId, deviceId });
  }

  step(step: ElsewhereStep): void {
    this.#add?.onStep?.(step);
  }

  async offer(): Promise<void> {
    const isWanted = await this.#add?.approve({ deviceId, kind: "webauthn", name: "Laptop" });
    this.said.push(isWanted);
  }

  async askName(): Promise<void> {
    const name = await this.#here?.name({ userId: "alice" as UserId, displayName: "Alice Liddell" });
    this.said.push(name);
  }

  hereStep(step: HereStep): void {
    this.#here?.onStep?.(step);
  }

  /** It went well, or failed with `code`. */
  finish(code?: ErrorCode): void {
    this.#finish?.(code);
  }

  #until<T>(signal: AbortSignal | undefined, result: T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#finish = (code) => (code === undefined ? resolve(result) : reject(new SignetError(code)));
      signal?.addEventListener("abort", () => reject(new SignetError("device.cancelled")));
    });
  }
}
