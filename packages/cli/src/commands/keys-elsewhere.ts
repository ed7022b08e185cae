/** `signet keys add --elsewhere` and, at the other machine, `signet keys join`. */
import { SignetError, nameFault, recoveryUrl } from "@signet/terminal";
import { isoTime } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { Failure, exitCodes, wrongUse } from "../failure.ts";
import { nameOf } from "../keys/new-key.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { clean } from "../output/clean.ts";
import { showQr } from "../output/show-qr.ts";
import { deviceWords } from "../output/words.ts";
import { remember } from "../run/identity.ts";
import type { TerminalRun } from "../run/terminal-run.ts";
import { isAnsweredYes } from "../secrets/question.ts";
import { Secret } from "../secrets/secret.ts";

/** Shows a code, and adds the device of whoever enters it, once the person here wants that. */
export async function addElsewhere(run: TerminalRun, values: TerminalOptions): Promise<void> {
  const { interrupted, output, terminal } = run;
  const adding = terminal.addDeviceElsewhere({
    signal: interrupted,
    onStep: (step) => {
      if (step.type === "entered") output.event({ event: "codeEntered" });
      if (step.type !== "code") return;
      const { code, expiresAtMs, url } = step;
      output.event({ event: "code", code, url, until: isoTime(expiresAtMs) });
      if (values.json !== "yes") showQr(url);
    },
    approve: ({ deviceId: id, kind, name }) => {
      output.event({ event: "keyOffered", deviceId: id, name, device: kind });
      return isAnsweredYes(texts().trouble.addKey(clean(name), deviceWords(kind), id), interrupted);
    },
  });
  const deviceId = await adding.catch((error: unknown) => {
    // It was said here, and not by somebody at another terminal.
    if (!(error instanceof SignetError && error.code === "pairing.refused")) throw error;
    throw new Failure(exitCodes.refused, texts().trouble.keyNotAdded, texts().trouble.beginAgain);
  });
  const { session } = terminal.state;
  const added = session.status === "signedIn" && session.devices.find((one) => one.deviceId === deviceId);
  if (added === undefined || added === false) throw new SignetError("auth.bindingGone");
  output.event({ event: "keyAdded", deviceId, name: added.name, device: added.kind });
}

/** Makes a key here, as `register` does, for somebody who is signed in elsewhere. */
export async function join(run: TerminalRun, values: TerminalOptions): Promise<void> {
  const { held, identity, interrupted, output, terminal } = run;
  const { key, user } = identity;
  const typed = new Secret({ flag: "--code-fd", descriptor: values["code-fd"] });
  await held.openOrCreate(identity, values);
  const name = values.name ?? nameOf(key, held.token);
  try {
    if (nameFault(name) !== undefined) throw wrongUse(texts().trouble.newKeyNoName, texts().trouble.giveName);
    const { deviceId } = await terminal.addDeviceHere({
      code: await typed.ask(texts().trouble.codeShown),
      signal: interrupted,
      name: ({ displayName, userId }) => {
        // Whoever sent the code could make one's own key theirs.
        if (userId !== user)
          throw wrongUse(texts().trouble.codeOfOther(userId, user), texts().trouble.askForCode);
        output.event({ event: "keyJoining", userId, displayName });
        return Promise.resolve(name);
      },
      onStep: (step) => {
        if (step === "wait") output.event({ event: "keyWaits" });
      },
    });
    remember(identity, held.token);
    output.event({
      event: "keyJoined",
      userId: user,
      deviceId,
      name,
      device: held.device.kind,
      ...(key.type === "file" ? { keyFile: key.path } : {}),
    });
  } catch (error) {
    held.discardMade();
    throw error;
  }
}

/** Makes a key here for somebody who lost all theirs: an administrator signs for it, to whom the person reads the code. */
export async function recover(run: TerminalRun, values: TerminalOptions): Promise<void> {
  const { held, identity, interrupted, output, terminal } = run;
  const { key, user } = identity;
  await held.openOrCreate(identity, values);
  const name = values.name ?? nameOf(key, held.token);
  try {
    if (nameFault(name) !== undefined) throw wrongUse(texts().trouble.newKeyNoName, texts().trouble.giveName);
    await terminal.administration.askRecovery({
      userId: user,
      name,
      signal: interrupted,
      onCode: (code, expiresAtMs) => {
        const url = recoveryUrl(terminal.state.server?.serverOrigin ?? identity.server, user, code);
        output.event({ event: "recoveryCode", code, url, until: isoTime(expiresAtMs) });
        if (values.json !== "yes") showQr(url);
      },
    });
    remember(identity, held.token);
    const { device } = held;
    const made = { deviceId: device.deviceId, name, device: device.kind };
    output.event({
      event: "keyJoined",
      userId: user,
      ...made,
      ...(key.type === "file" ? { keyFile: key.path } : {}),
    });
  } catch (error) {
    held.discardMade();
    throw error;
  }
}
