import type { CertificateSummary } from "@signet/device";
import type { TokenKeyInfo } from "@signet/device/pkcs11";
import type { DeviceId, SignetError } from "@signet/terminal";
import { isoTime } from "@signet/words";

import { failureOf } from "../failure.ts";
import type { Failure } from "../failure.ts";
import { detailOf } from "../output/detail.ts";
import type { Found } from "./found.ts";

/** What was found, as `--json` prints it. */
export function foundJson({ keyFiles, modules, server, sound }: Found): object {
  const owner = (deviceId: DeviceId | undefined): object => {
    const userId = deviceId === undefined ? undefined : server?.owners?.get(deviceId);
    return userId === undefined ? {} : { registeredAs: userId };
  };
  const tokenKey = ({ certificate, ...key }: TokenKeyInfo): object => ({
    ...key,
    ...(certificate === undefined ? {} : { certificate: certificateJson(certificate) }),
    ...owner(key.deviceId),
  });
  return {
    event: "devices",
    keyFiles: keyFiles.map(({ key, path, userId }) => ({
      path,
      ...(userId === undefined ? {} : { userId }),
      ...key,
      ...owner(key?.deviceId),
    })),
    modules: modules.map(({ path, problem, tokens }) => ({
      path,
      ...(problem === undefined ? {} : { problem: problemJson(problem) }),
      tokens: tokens.map(({ failure, keys, ...token }) => ({
        ...token,
        ...(failure === undefined ? {} : { problem: problemJson(failure) }),
        keys: keys.map(tokenKey),
      })),
    })),
    sound,
    ...(server === undefined ? {} : { server: server.address }),
    ...(server?.problem === undefined ? {} : { serverProblem: server.problem }),
  };
}

function problemJson(error: Failure | SignetError): object {
  const { code, hint, message } = failureOf(error) ?? { message: error.message, hint: "", code: undefined };
  const reason = detailOf(error);
  return {
    message,
    hint,
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
  };
}

const certificateJson = ({ issuer, subject, validFromMs, validUntilMs }: CertificateSummary): object => ({
  subject,
  issuer,
  validFrom: isoTime(validFromMs),
  validUntil: isoTime(validUntilMs),
});
