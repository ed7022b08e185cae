import { SignetError, errorTable } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes } from "../failure.ts";
import { identityOptions, outputOptions, registerOptions } from "../options/terminal-options.ts";
import { remember } from "../run/identity.ts";
import { runTerminal } from "../run/terminal-run.ts";
import { summaries } from "../summaries.ts";

export const register = command({
  name: "register",
  summary: summaries.register,
  about: texts().about.register,
  options: { ...identityOptions, ...registerOptions, ...outputOptions },
  examples: [
    "signet register --server https://calls.example.org --user anna --display-name 'Anna Arm'",
    "signet register --server https://calls.example.org --user anna --invite abcde-fghij-kmnpq-rstuv",
    "signet register --user anna --module /usr/lib/softhsm/libsofthsm2.so --token desk --new-key signet",
  ],
  run: (values) =>
    runTerminal({ values }, async ({ identity, terminal, held, output, interrupted }) => {
      const { user, server, key } = identity;
      // What the server would refuse anyway is said before anybody has to think of a passphrase.
      const { registration, certificates } = terminal.state.server ?? {};
      if (registration === "closed") throw new SignetError("registration.closed");
      // A certificate stands in place of a code, and a token may bring one.
      const isPlain = identity.certificate === undefined && key.type === "file";
      if (registration === "invite" && values.invite === undefined && isPlain)
        throw new SignetError("registration.inviteRequired");
      if (identity.certificate !== undefined && certificates === undefined)
        throw new SignetError("certificate.notAccepted");
      const displayName = values["display-name"] ?? user;
      try {
        await held.openOrCreate(identity, values);
        await terminal.register({
          userId: user,
          displayName,
          signal: interrupted,
          ...(values.invite === undefined ? {} : { inviteCode: values.invite }),
        });
      } catch (error) {
        // Unless it may have been taken after all.
        const isUnsure = error instanceof SignetError && errorTable[error.code].category === "dependency";
        if (!isUnsure) held.discardMade();
        throw error;
      }
      remember(identity, held.token);
      const { device } = held;
      output.event({
        event: "registered",
        server,
        userId: user,
        displayName,
        device: device.kind,
        deviceId: device.deviceId,
        ...(key.type === "file" ? { keyFile: key.path } : {}),
      });
      return exitCodes.ok;
    }),
});
