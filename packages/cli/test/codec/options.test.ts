import assert from "node:assert/strict";
import { test } from "node:test";

import { defaultLimits } from "@signet/server";

import { Failure, exitCodes } from "../../src/failure.ts";
import { parseCommandLine } from "../../src/options/read-options.ts";
import { resolveOptions, toServerOptions } from "../../src/options/resolve-server-options.ts";
import { serveHelp } from "../../src/options/serve-help.ts";
import { serverOptions } from "../../src/options/server-options.ts";

const resolve = (
  args: readonly string[],
  env: Record<string, string> = {},
  files: Record<string, string> = {},
) =>
  resolveOptions({
    args,
    env,
    readFile: (path) => {
      const content = files[path];
      if (content === undefined) throw new Error("ENOENT");
      return content;
    },
  });

const problem = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    assert(error instanceof Failure);
    assert.equal(error.exitCode, exitCodes.usage);
    assert.doesNotMatch(`${error.message}${error.hint}`, /\n/);
    return `${error.message}; ${error.hint}`;
  }
  return assert.fail("nothing was wrong");
};

test("a device whose ID begins with a dash is no option; what looks like one that is written wrongly is", () => {
  const operandsOf = (...args: string[]): readonly string[] =>
    parseCommandLine(args, serverOptions, "", true).operands;
  for (const id of ["-bm18XUXxdlarzh_icQ1Dw", "--m18XUXxdlarzh_icQ1Dw"])
    assert.deepEqual(operandsOf("revoke", id, "--port", "3"), ["revoke", id]);
  for (const option of ["-bm18XUXxdlarzh_icQ1D", "-bm18XUXxdlarzh_icQ1DwA", "--max-strangers-an-addr", "-v"])
    assert.match(
      problem(() => operandsOf("revoke", option)),
      /^unknown option /,
    );
  assert.match(
    problem(() => parseCommandLine(["-bm18XUXxdlarzh_icQ1Dw"], serverOptions, "")),
    /^unknown option /,
  );
});

test("flags come before the environment, the environment before the file", () => {
  const files = {
    "signet.json":
      '{ "port": 1, "host": "127.0.0.3", "media-ipv6": false, "media-announce": ["203.0.113.7"] }',
  };
  const env = { SIGNET_PORT: "2", SIGNET_CONFIG: "signet.json", SIGNET_LOG_LEVEL: "debug" };
  assert.deepEqual(resolve(["--port", "3"], env, files), {
    host: "127.0.0.3",
    port: 3,
    "media-announce": ["203.0.113.7"],
    "media-ipv6": "no",
    "log-level": "debug",
  });
  assert.equal(resolve([], env, files).port, 2);
  assert.equal(resolve(["--config=signet.json"], {}, files).port, 1);
});

test("administrators are user IDs", () => {
  assert.deepEqual(toServerOptions(resolve(["--administrators", "ada, ben"])).administrators, ["ada", "ben"]);
  assert.deepEqual(resolve([], { SIGNET_ADMINISTRATORS: "ada" }).administrators, ["ada"]);
  assert.match(
    problem(() => resolve(["--administrators", "ada,Ben"])),
    /^--administrators is "ada,Ben"; expected .*user IDs, separated by commas.*; "B" is none of them$/,
  );
  for (const [given, why] of [
    ["@xen", '"@" is none of them'],
    ["xe\u0301n", '"e\u0301" is none of them'],
    ["x", "this has 1"],
    ["x".repeat(33), "this has 33"],
  ] as const)
    assert.ok(problem(() => resolve(["--administrators", given])).endsWith(`; ${why}`), given);
});

test("a call has 200 people at most", () => {
  assert.equal(resolve(["--max-call-members", "199"])["max-call-members"], 199);
  assert.equal(
    problem(() => resolve(["--max-call-members", "200"])),
    '--max-call-members is "200"; expected a whole number from 1 to 199',
  );
});

test("every option is in the help", () => {
  const help = serveHelp();
  for (const name of Object.keys(serverOptions))
    assert.match(help, new RegExp(`^  --${name}(?: <| {2})`, "m"));
});

test("a value that does not fit is named with its source and what was expected", () => {
  assert.equal(
    problem(() => resolve(["--port", "http"])),
    '--port is "http"; expected a whole number from 0 to 65535',
  );
  assert.match(
    problem(() => resolve([], { SIGNET_PORT: "65536" })),
    /^SIGNET_PORT is "65536"/,
  );
  assert.match(
    problem(() => resolve(["--config", "c"], {}, { c: '{"port":"x"}' })),
    /^"port" in c is "x"/,
  );
  assert.match(
    problem(() => resolve(["--registration", "secret"])),
    /one of open, invite, closed/,
  );
  assert.match(
    problem(() => resolve(["--media-port-range", "9-1"])),
    /first-last/,
  );
  assert.match(
    problem(() => resolve(["--prot", "1"])),
    /unknown option --prot/,
  );
  assert.match(
    problem(() => resolve(["--port"])),
    /needs a value/,
  );
  assert.match(
    problem(() => resolve(["--port", "1", "--port", "2"])),
    /twice/,
  );
  assert.match(
    problem(() => resolve(["--config", "none"])),
    /cannot read the config file none/,
  );
  assert.match(
    problem(() => resolve(["--config", "c"], {}, { c: "[]" })),
    /no JSON object/,
  );
  assert.match(
    problem(() => resolve(["--config", "c"], {}, { c: '{"prot":1}' })),
    /unknown option "prot" in c/,
  );
});

test("an origin is what browsers can use with devices and microphones", () => {
  const origin = (value: string) => resolve(["--origin", value]).origin;
  assert.equal(origin("https://calls.example.org"), "https://calls.example.org");
  assert.equal(origin("https://calls.example.org:8443/"), "https://calls.example.org:8443");
  assert.equal(origin("http://localhost:9000"), "http://localhost:9000");
  for (const bad of [
    "http://calls.example.org",
    "https://203.0.113.7",
    "https://[::1]",
    "calls.example.org",
    "https://a.example/x",
    "ftp://a.example",
  ]) {
    assert.match(
      problem(() => origin(bad)),
      /^--origin is/,
    );
  }
});

test("options that contradict each other are refused", () => {
  const options = (...args: string[]) => toServerOptions(resolve(args));
  assert.match(
    problem(() => options("--host", "0.0.0.0")),
    /needs HTTPS/,
  );
  assert.match(
    problem(() => options("--trust-proxy", "yes")),
    /needs --origin/,
  );
  assert.match(
    problem(() => options("--trusted-proxy", "10.0.0.0/8")),
    /^--trusted-proxy needs --origin/,
  );
  assert.match(
    problem(() => options("--trusted-proxy", "10.0.0.0/40", "--origin", "https://calls.example.org")),
    /^--trusted-proxy is .* addresses or networks/,
  );
  assert.match(
    problem(() => options("--media-port", "4000", "--media-port-range", "5000-6000")),
    /exclude each other/,
  );
  assert.deepEqual(options("--ring-seconds", "20", "--media-ipv6", "no", "--sign-in-hours", "2"), {
    dataDir: "./data",
    limits: { ringMs: 20_000, bindingMs: 7_200_000 },
    media: { ipv6: false },
  });
});

test("missed calls are kept for 0 to 30 days, 7 where nothing is said", () => {
  const kept = (...args: string[]) => toServerOptions(resolve(args)).limits?.keepMissedMs;
  const days = (value: string) => (kept("--keep-missed-days", value) ?? Number.NaN) / 86_400_000;
  assert.equal(kept(), undefined);
  assert.equal(defaultLimits.keepMissedMs, 7 * 86_400_000);
  assert.deepEqual(["0", "1", "30"].map(days), [0, 1, 30]);
  for (const wrong of ["31", "-1", "1.5", "none"])
    assert.match(
      problem(() => days(wrong)),
      /^--keep-missed-days is ".*"; expected a whole number from 0 to 30/,
    );
});

test("the token for /metrics comes by file, environment or config file, never as an argument", () => {
  for (const args of [["--metrics-token", "sesame"], ["--metrics-token=sesame"]]) {
    const said = problem(() => resolve(args));
    assert.match(said, /^--metrics-token is not for arguments/);
    assert.doesNotMatch(said, /sesame/);
  }
  assert.equal(toServerOptions(resolve(["--metrics-token-file", "token"])).metricsTokenFile, "token");
  const readFile = (): string => "";
  const byEnv = resolveOptions({ args: [], env: { SIGNET_METRICS_TOKEN: "sesame" }, readFile });
  assert.equal(toServerOptions(byEnv).metricsToken, "sesame");
  const twice = resolveOptions({
    args: ["--metrics-token-file", "token"],
    env: { SIGNET_METRICS_TOKEN: "sesame" },
    readFile,
  });
  assert.match(
    problem(() => toServerOptions(twice)),
    /given twice/,
  );
});

test("bounds of strangers and trusted proxies go to the server", () => {
  const args = ["--origin", "https://calls.example.org", "--trusted-proxy", "10.0.0.0/8, 2001:db8::1"];
  const options = toServerOptions(
    resolve([...args, "--max-strangers-per-address", "9", "--stranger-minutes", "2"]),
  );
  assert.deepEqual(options.trustedProxies, ["10.0.0.0/8", "2001:db8::1"]);
  assert.deepEqual(options.limits, { strangersPerAddress: 9, strangerMs: 120_000 });
});

test("the relay is on the page's port, on its own, or nowhere", () => {
  const relay = (...args: string[]) => toServerOptions(resolve(args)).relay;
  assert.equal(relay(), undefined);
  assert.equal(relay("--relay", "yes"), "web");
  assert.equal(relay("--relay", "no"), "off");
  assert.deepEqual(relay("--relay-port", "3478"), { port: 3478 });
  assert.deepEqual(relay("--relay", "yes", "--relay-port", "0"), { port: 0 });
  assert.match(
    problem(() => relay("--relay", "no", "--relay-port", "3478")),
    /exclude each other/,
  );
  assert.match(
    problem(() => relay("--relay-port", "65536")),
    /from 0 to 65535/,
  );
});

test("where terminals reach the relay through a proxy", () => {
  const url = "turns:relay.example.org:443?transport=tcp";
  for (const taken of [url, "turns:relay.example.org", "turn:[2001:db8::1]:3478?transport=tcp"])
    assert.equal(toServerOptions(resolve(["--relay-url", taken])).relayUrl, taken);
  for (const refused of ["relay.example.org", "turn:relay.example.org", `${url},${url}`])
    assert.match(
      problem(() => resolve(["--relay-url", refused])),
      /^--relay-url is .*; expected an address such as turns:/,
    );
  assert.match(
    problem(() => toServerOptions(resolve(["--relay", "no", "--relay-url", url]))),
    /exclude each other/,
  );
});

test("TURN servers of others are named by what browsers take", () => {
  const urls = [
    "turn:turn.example.org",
    "turn:203.0.113.7:3478?transport=udp",
    "turns:[2001:db8::1]:443?transport=tcp",
  ];
  const { turnUrls, turnSecretFile } = toServerOptions(
    resolve(["--turn-urls", urls.join(", "), "--turn-secret-file", "secret"]),
  );
  assert.deepEqual([turnUrls, turnSecretFile], [urls, "secret"]);
  const many = (count: number): string => Array.from({ length: count }, () => urls[0]).join(",");
  assert.equal(toServerOptions(resolve(["--turn-urls", many(8)])).turnUrls?.length, 8);
  for (const given of [
    "",
    "turn.example.org",
    "stun:turn.example.org",
    "turn://turn.example.org",
    "turn:turn.example.org?transport=sctp",
    "turns:turn.example.org?transport=udp",
    "turn:turn.example.org?user=x",
    many(9),
  ])
    assert.match(
      problem(() => resolve(["--turn-urls", given])),
      /^--turn-urls is .*; expected up to 8 addresses such as turn:/,
    );
});

test("push services and their contact go to the server, and none switches it off", () => {
  const pushOf = (...args: string[]) => toServerOptions(resolve(args)).push;
  assert.equal(pushOf(), undefined);
  assert.deepEqual(pushOf("--push-services", "none"), { services: [] });
  assert.deepEqual(pushOf("--push-services", "push.example.org:8443,.example.net"), {
    services: ["push.example.org:8443", ".example.net"],
  });
  for (const contact of ["mailto:it@example.org", "https://example.org/it"])
    assert.deepEqual(pushOf("--push-contact", contact), { contact });
  for (const wrong of ["https://push.example.org", "localhost", "a.example.org/x", "*.example.org", ","])
    assert.match(
      problem(() => pushOf("--push-services", wrong)),
      /^--push-services is .* names such as push.example.org/,
    );
  for (const wrong of ["it@example.org", "mailto:it", "http://example.org"])
    assert.match(
      problem(() => pushOf("--push-contact", wrong)),
      /^--push-contact is .* mailto:/,
    );
});

test("trust anchors, revocation lists and the user ID's part go to the server", () => {
  const args = ["--trust-anchors", "ca.pem", "--crl", "a.crl, b.pem", "--user-id-from", "upn"];
  const { trustAnchors, crls, userIdFrom } = toServerOptions(resolve(args));
  assert.deepEqual([trustAnchors, crls, userIdFrom], ["ca.pem", ["a.crl", "b.pem"], "upn"]);
  assert.equal(
    problem(() => resolve(["--user-id-from", "name"])),
    '--user-id-from is "name"; expected one of email, upn, cn, serial',
  );
  const longest = `${"a".repeat(249)}.org`;
  for (const given of ["bank.example", "Bank-2.Example", "localhost", longest])
    assert.equal(toServerOptions(resolve(["--user-id-domain", given])).userIdDomain, given);
  for (const given of [
    "@bank.example",
    ".example",
    "bank.",
    "a..b",
    "-a.b",
    "b\u00e4nk.example",
    "",
    `a${longest}`,
  ])
    assert.match(
      problem(() => resolve(["--user-id-domain", given])),
      /expected a domain such as example\.org/,
    );
  assert.equal(
    problem(() => resolve(["--user-id-from", "name"])),
    '--user-id-from is "name"; expected one of email, upn, cn, serial',
  );
});
