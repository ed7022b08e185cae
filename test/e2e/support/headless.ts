import { createSoftwareKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import type { UserId } from "@signet/protocol";
import { MemoryPinStore, SignetTerminal, deviceAtHand, silentMedia } from "@signet/terminal";
import type { PinStore, TerminalEnvironment, TerminalState } from "@signet/terminal";
import { patienceMs } from "./wait.ts";

/** A terminal without browser and sound, with a software device. Speaks to the server as any other does. */
export interface Headless {
  readonly terminal: SignetTerminal;
  readonly device: SignatureDevice;
  readonly userId: UserId;
  readonly pins: PinStore;
  /** The state, as soon as `test` holds. */
  until(test: (state: TerminalState) => boolean, what: string): Promise<TerminalState>;
}

export async function openHeadless(
  origin: string,
  userId: string,
  options: { readonly device?: SignatureDevice; readonly environment?: Partial<TerminalEnvironment> } = {},
): Promise<Headless> {
  const device = options.device ?? (await createSoftwareKey({ algorithm: "ES256" }));
  const pins = new MemoryPinStore();
  const terminal = await SignetTerminal.create({
    url: `${origin.replace(/^http/, "ws")}/ws`,
    pins,
    devices: deviceAtHand(device),
    media: silentMedia,
    ...options.environment,
  });
  const headless: Headless = {
    terminal,
    device,
    pins,
    userId: userId as UserId,
    until: (test, what) => until(terminal, test, `${userId}: ${what}`),
  };
  terminal.start();
  await headless.until(({ connection }) => connection.status === "online", "online");
  return headless;
}

/** The same, registered and signed in. */
export async function registerHeadless(
  origin: string,
  userId: string,
  options: Parameters<typeof openHeadless>[2] = {},
): Promise<Headless> {
  const headless = await openHeadless(origin, userId, options);
  await headless.terminal.register({ userId: headless.userId, displayName: userId.toUpperCase() });
  return headless;
}

function until(
  terminal: SignetTerminal,
  test: (state: TerminalState) => boolean,
  what: string,
): Promise<TerminalState> {
  return new Promise((resolve, reject) => {
    const stop = terminal.subscribe(check);
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`waited in vain for ${what}; the state is ${describe(terminal.state)}`));
    }, patienceMs);
    function check(state: TerminalState): void {
      if (!test(state)) return;
      clearTimeout(timer);
      stop();
      resolve(state);
    }
    check(terminal.state);
  });
}

function describe(state: TerminalState): string {
  const { call, connection, session } = state;
  return JSON.stringify({
    connection,
    session,
    ringing: state.ringing.length,
    warnings: state.warnings,
    call,
  });
}
