import { SignetError, PersonId, mayBeRecoveryCode } from "@signet/terminal";
import type { UserId } from "@signet/terminal";
import { isoTime } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes, wrongUse } from "../failure.ts";
import { adminOptions, identityOptions, outputOptions } from "../options/terminal-options.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { runTerminal } from "../run/terminal-run.ts";
import type { TerminalRun } from "../run/terminal-run.ts";
import { Secret } from "../secrets/secret.ts";
import { summaries } from "../summaries.ts";

type Act = (run: TerminalRun) => Promise<void>;

export const admin = command({
  name: "admin",
  summary: summaries.admin,
  about: texts().about.admin,
  operands: "[list|invite|recover|appoint|dismiss|revoke] ...",
  options: { ...identityOptions, ...adminOptions, ...outputOptions },
  examples: [
    "signet admin",
    "signet admin recover ben",
    "signet admin revoke ben QEFCQ0RFRkdISUpLTE1OTw --why lost",
    "signet admin invite",
    "signet admin appoint carla",
  ],
  run: async (values, operands) => {
    const act = await actOf(values, operands);
    return runTerminal({ values }, async (run) => {
      await run.signIn();
      await act(run);
      return exitCodes.ok;
    });
  },
});

/** @throws Failure for words that say nothing to be done: before anybody is asked for a passphrase */
async function actOf(
  values: TerminalOptions,
  [verb = "list", who, which, ...more]: readonly string[],
): Promise<Act> {
  const parsed = PersonId.safeParse(who);
  const isOf = (count: number): boolean =>
    more.length === 0 && [who, which].filter((word) => word !== undefined).length === count;
  if (verb === "list" && isOf(0)) return list;
  if (verb === "invite" && isOf(0))
    return async ({ interrupted, output, terminal }) =>
      output.event({ event: "inviteCode", code: await terminal.administration.inviteCode(interrupted) });
  if (parsed.success && verb === "recover" && isOf(1)) {
    const code = await recoveryCodeOf(parsed.data, values);
    return ({ interrupted, output, terminal }) =>
      terminal.administration
        .recover(parsed.data, code, interrupted)
        .then(() => output.event({ event: "recoverySigned", userId: parsed.data }));
  }
  if (parsed.success && (verb === "appoint" || verb === "dismiss") && isOf(1))
    return async ({ interrupted, output, terminal }) => {
      await terminal.administration.act(parsed.data, { type: verb }, interrupted);
      output.event({ event: verb === "appoint" ? "appointed" : "dismissed", userId: parsed.data });
    };
  const { why } = values;
  if (parsed.success && which !== undefined && verb === "revoke" && isOf(2)) {
    if (why === undefined) throw wrongUse(texts().trouble.adminWhy, texts().trouble.giveWhy);
    return (run) => revoke(run, parsed.data, which, why);
  }
  throw wrongUse(
    texts().trouble.adminWhat([verb, who, which, ...more].filter((word) => word !== undefined).join(" ")),
    texts().trouble.adminVerbs,
  );
}

const list: Act = async ({ output, terminal: { administration } }) => {
  for (const { devices, displayName, reachable, refused, userId } of await administration.people())
    output.event({
      event: "person",
      userId,
      displayName,
      reachable,
      keys: devices.map(({ deviceId, kind, name, revoked }) => ({
        deviceId,
        name,
        device: kind,
        revoked: revoked !== undefined,
      })),
      ...(refused === undefined ? {} : { refused }),
    });
  // Without the codes: whoever signs has to hear one.
  for (const { expiresAtMs, kind, name, userId } of await administration.recoveries())
    output.event({
      event: "recoveryAsked",
      userId,
      name,
      device: kind,
      until: isoTime(expiresAtMs),
    });
};

/** @throws SignetError `admin.badCode` for what cannot be one: before anybody signs in */
async function recoveryCodeOf(userId: UserId, values: TerminalOptions): Promise<string> {
  const typed = new Secret({ flag: "--code-fd", descriptor: values["code-fd"] });
  const code = await typed.ask(texts().trouble.codeReadToYou(userId));
  if (!mayBeRecoveryCode(code)) throw new SignetError("admin.badCode");
  return code;
}

async function revoke(
  { interrupted, output, terminal }: TerminalRun,
  userId: UserId,
  deviceId: string,
  why: NonNullable<TerminalOptions["why"]>,
): Promise<void> {
  const people = await terminal.administration.people();
  const device = people
    .find((person) => person.userId === userId)
    ?.devices.find((one) => one.deviceId === deviceId);
  if (device === undefined)
    throw wrongUse(texts().trouble.hasNoKey(userId, deviceId), texts().trouble.adminLists);
  const act = { type: "revokeDevice", deviceId: device.deviceId, why } as const;
  await terminal.administration.act(userId, act, interrupted);
  const { name } = device;
  output.event({ event: "keyRevoked", deviceId: device.deviceId, ...(name === "" ? {} : { name }), why });
}
