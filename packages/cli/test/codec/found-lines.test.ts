/** How `signet devices` says what certificates on a token say. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { TokenInfo, TokenKeyInfo } from "@signet/device/pkcs11";
import { SignetError } from "@signet/terminal";

import { foundJson } from "../../src/devices/found-json.ts";
import { foundLines } from "../../src/devices/found-lines.ts";
import type { Found } from "../../src/devices/found.ts";

const nowMs = Date.UTC(2026, 5, 1);

const certificate = {
  subject: "SMITH, JOHN \\ 12",
  wholeSubject: "CN=SMITH, JOHN \\ 12",
  issuer: "Republic Root",
  validFromMs: Date.UTC(2026, 0, 1),
  validUntilMs: Date.UTC(2027, 0, 31),
};

function found(...keys: readonly Partial<TokenKeyInfo>[]): Found {
  const token: TokenInfo = {
    slot: 0,
    label: "desk",
    serial: "1",
    manufacturer: "",
    model: "",
    blank: false,
    writeProtected: false,
    loginRequired: true,
    pinPad: false,
    pin: "ready",
    signs: ["ES256"],
    generates: [],
    keys: keys.map((key) => ({ label: "k", id: "01", algorithms: ["ES256"], hasCertificate: true, ...key })),
  };
  return { keyFiles: [], modules: [{ path: "/m.so", tokens: [token] }], sound: {} };
}

const linesOf = (...keys: readonly Partial<TokenKeyInfo>[]): readonly string[] =>
  foundLines(found(...keys), nowMs).filter((line) => line.includes("certificate:"));

test("names with commas and backslashes, no name at all, and a certificate that nobody will read", () => {
  assert.deepEqual(
    linesOf(
      { certificate },
      { certificate: { ...certificate, subject: "" } },
      { certificateFault: "certificate.oddDate" },
    ),
    [
      "        certificate: SMITH, JOHN \\ 12, issued by Republic Root, valid until 2027-01-31",
      "        certificate: without a name, issued by Republic Root, valid until 2027-01-31",
      "        certificate: of no use, a date of the certificate, or of one above it, is not in UTC to the second, as RFC 5280 demands",
    ],
  );
});

test("of a token that could not be looked at nothing is said of its keys", () => {
  const { modules, ...rest } = found();
  const lines = (failure?: SignetError): readonly string[] => {
    const failed = modules.map((module) => ({
      ...module,
      tokens: module.tokens.map((token) => ({ ...token, ...(failure === undefined ? {} : { failure }) })),
    }));
    return foundLines({ ...rest, modules: failed }, nowMs).filter((line) => / keys?\b/.test(line));
  };
  assert.deepEqual(lines(), ["      no key is shown without the PIN: try --with-pin"]);
  assert.deepEqual(lines(new SignetError("device.tokenRemoved")), []);
});

test("JSON has the same, and the code", () => {
  const json = JSON.parse(
    JSON.stringify(foundJson(found({ certificate }, { certificateFault: "certificate.oddDate" }))),
  ) as {
    readonly modules: readonly {
      readonly tokens: readonly { readonly keys: readonly Record<string, unknown>[] }[];
    }[];
  };
  const [one, two] = json.modules[0]?.tokens[0]?.keys ?? [];
  assert.deepEqual(one?.["certificate"], {
    subject: "SMITH, JOHN \\ 12",
    issuer: "Republic Root",
    validFrom: "2026-01-01T00:00:00.000Z",
    validUntil: "2027-01-31T00:00:00.000Z",
  });
  assert.equal(two?.["certificateFault"], "certificate.oddDate");
});
