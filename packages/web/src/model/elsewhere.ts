/** A device at another machine: how far it is, at the machine that shows the code and at the one where it is entered. */
import { SignetError } from "@signet/terminal";
import type { ElsewhereInput, ElsewhereStep, HereInput, HereStep, Terminal } from "@signet/terminal";

export type OfferedDevice = Parameters<ElsewhereInput["approve"]>[0];
export type Owner = Parameters<HereInput["name"]>[0];

/** Where the code is shown. */
export type ElsewherePending =
  | { readonly type: "opening" }
  | ElsewhereStep
  | {
      readonly type: "offered";
      readonly device: OfferedDevice;
      readonly answer: (isWanted: boolean) => void;
    };

/** Where it is entered. */
export type HerePending =
  | { readonly type: "entering" }
  | { readonly type: "naming"; readonly owner: Owner; readonly name: (name: string) => void }
  | { readonly type: HereStep };

/**
 * @param onStep not called any more once it was given up
 * @returns whether it was added: who does not want it here has nothing explained
 */
export async function addElsewhere(
  terminal: Terminal,
  signal: AbortSignal,
  onStep: (step: ElsewherePending) => void,
): Promise<boolean> {
  try {
    await terminal.addDeviceElsewhere({
      signal,
      onStep,
      approve: (device) => new Promise((answer) => onStep({ type: "offered", device, answer })),
    });
    return true;
  } catch (error) {
    if (error instanceof SignetError && error.code === "pairing.refused") return false;
    throw error;
  }
}

/** @param onStep as for {@link addElsewhere} */
export function addHere(
  terminal: Terminal,
  code: string,
  signal: AbortSignal,
  onStep: (step: HerePending) => void,
) {
  return terminal.addDeviceHere({
    code,
    signal,
    onStep: (type) => onStep({ type }),
    name: (owner) =>
      new Promise((name, reject) => {
        signal.addEventListener("abort", () => reject(new SignetError("device.cancelled")));
        onStep({ type: "naming", owner, name });
      }),
  });
}
