/** The login of one session on a token: made anew when it lapses, and with no PIN that the token refused before. */
import { SignetError, equalBytes } from "@signet/protocol";
import type { ErrorCode } from "@signet/protocol";

import type { PinBytes, TokenSurvey } from "./messages.ts";
import type { ModuleClient } from "./module-client.ts";
import { askPin } from "./pin.ts";
import type { PinPrompt } from "./pin.ts";

const wrongPinCodes: ReadonlySet<ErrorCode> = new Set([
  "device.pinWrong",
  "device.pinWrongFew",
  "device.pinWrongLast",
  "device.pinLocked",
]);

export class TokenLogin {
  readonly client: ModuleClient;
  readonly session: number;
  readonly #token: TokenSurvey;
  readonly #prompt: PinPrompt | undefined;
  /** PINs that the token refused. */
  readonly #wrongPins: PinBytes[] = [];
  /** Under way; a lapse is often noticed twice, by a signature and by itself. */
  #again: Promise<void> | undefined;

  constructor(client: ModuleClient, session: number, token: TokenSurvey, prompt: PinPrompt | undefined) {
    this.client = client;
    this.session = session;
    this.#token = token;
    this.#prompt = prompt;
  }

  /**
   * Logs in although somebody was logged in before.
   * @throws SignetError as {@link askPin}, and what the token says of the PIN
   */
  async again(): Promise<void> {
    this.#again ??= this.withPin(async (pin) => {
      await this.client.request("logIn", { session: this.session, pin, anew: true });
    }).finally(() => (this.#again = undefined));
    await this.#again;
  }

  /**
   * Asks for the PIN with the token's flags as they are now. One that was wrong before is not tried again: who answers calls by rule,
   * with a PIN that nobody types, would have the card locked by three callers.
   */
  async withPin<T>(use: (pin: PinBytes) => Promise<T>): Promise<T> {
    const { slot, serial } = this.#token;
    const { tokens } = await this.client.request("survey", {});
    const found = tokens.find((one) => one.slot === slot && one.serial === serial);
    const pin = await askPin(found ?? this.#token, this.#prompt);
    if (this.#wrongPins.some((wrong) => equalBytes(wrong, pin))) throw new SignetError("device.pinWrong");
    try {
      return await use(pin);
    } catch (error) {
      const isWrong = error instanceof SignetError && wrongPinCodes.has(error.code);
      // At a reader with keys the next one may be another.
      if (isWrong && pin.length > 0) this.#wrongPins.push(pin.slice());
      throw error;
    } finally {
      pin.fill(0);
    }
  }
}
