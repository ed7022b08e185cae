/**
 * A token for tests: SoftHSM in a folder of its own, behind the wrapper of `wrapper/wrapper.c`, which can be pulled, be
 * slow, and lock its PIN. Its `modulePath` is all that any process needs to use it.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { certificateOrder, keyOrder } from "./orders.ts";
import type { KeyWish } from "./orders.ts";
import type { Order, Orders } from "./provision.ts";

export type TestKey = KeyWish;

export interface TestTokenOptions {
  /** Default "desk". Several labels make several tokens in one module. */
  readonly labels?: readonly string[];
  /** Default "1234" */
  readonly pin?: string;
  /** On the first token. */
  readonly keys?: readonly TestKey[];
}

/** The functions whose answers can be told. */
const places = {
  C_GetSlotList: 4,
  C_GetTokenInfo: 6,
  C_OpenSession: 12,
  C_GetSessionInfo: 15,
  C_Login: 18,
  C_GetAttributeValue: 24,
  C_FindObjectsInit: 26,
  C_SignInit: 42,
  C_Sign: 43,
  C_GenerateKeyPair: 59,
  C_Initialize: 0,
} as const;
type Place = keyof typeof places;

export interface Behaviour {
  /** CKR_ that a function answers with */
  readonly fail?: Partial<Record<Place, number>>;
  /** Functions that do not come to an end before they are told otherwise, or the token is pulled: a slow card. */
  readonly hold?: readonly Place[];
  /** CKF_ bits of CK_TOKEN_INFO */
  readonly flagsSet?: number;
  readonly flagsClear?: number;
  /** CKM_ that the token does not name */
  readonly hiddenMechanisms?: readonly number[];
  /** Has CKM_ECDSA_SHA256, which SoftHSM lacks. */
  readonly hashes?: boolean;
  /** Another token is in the slot. */
  readonly otherSerial?: boolean;
  /** Another part of the process logged out. */
  readonly loggedOut?: boolean;
  /** Functions that end the process by abort(). */
  readonly abort?: readonly Place[];
  /** Fixed fields are filled with zeros, and behind the one that ends the serial something older is left. */
  readonly zeroPadded?: boolean;
  /** So many bytes at the front of a signature are missing. */
  readonly cutSignature?: number;
  /** From the next one on C_SignInit answers CKR_USER_NOT_LOGGED_IN, until somebody logs in; the session says otherwise. */
  readonly signsPerLogin?: number;
  /** Another number logs out once, for all the module knows by itself. */
  readonly logouts?: number;
  /** CKA_, CKO_, and the CKR_ that it is answered with */
  readonly oddAttribute?: readonly [type: number, objectClass: number, value: number];
  /** The token of this label is not described, or takes no session: CKR_. */
  readonly oddToken?: readonly [label: string, value: number];
  readonly oddSession?: readonly [label: string, value: number];
  /** What a person enters at the reader when C_Login comes without a PIN. */
  readonly padPin?: string;
}

export interface TestToken {
  readonly modulePath: string;
  readonly label: string;
  readonly pin: string;
  /** Pulls the token(s); sessions die with it. */
  pull(): void;
  putBack(): void;
  /** From the next call on; replaces what was told before. */
  behave(behaviour: Behaviour): void;
  /** Names of the calls so far: C_Initialize, C_Finalize, C_Login, C_Logout, C_Sign. */
  calls(): string[];
  /** Writes to the first token, or to the one named. */
  write(orders: readonly Order[], label?: string): void;
  /** @param chain DER, the key's own certificate first @param keyId CKA_ID of the key, hexadecimal */
  writeCertificates(chain: readonly Uint8Array[], keyId: string): void;
  /** Deletes the folder; the module must not be in use any more. */
  remove(): void;
}

const softHsmPlaces = [
  "/usr/lib/softhsm/libsofthsm2.so",
  "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib64/pkcs11/libsofthsm2.so",
  "/usr/local/lib/softhsm/libsofthsm2.so",
];

/** @returns the module of SoftHSM; undefined where it is not installed */
export function findSoftHsm(): string | undefined {
  return softHsmPlaces.find((place) => existsSync(place));
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv, input = ""): void {
  const done = spawnSync(command, args, { env: { ...process.env, ...env }, encoding: "utf8", input });
  if (done.status !== 0) throw new Error(`${command} failed: ${done.error?.message ?? done.stderr}`);
}

let compiled: string | undefined;

/** Once in a process. */
function compileWrapper(): string {
  if (compiled !== undefined) return compiled;
  const folder = mkdtempSync(join(tmpdir(), "signet-wrapper-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const target = join(folder, "token.so");
  const source = join(import.meta.dirname, "wrapper", "wrapper.c");
  run("cc", ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", target, source, "-ldl"], {});
  compiled = target;
  return target;
}

/**
 * @throws Error when SoftHSM or a C compiler is missing
 */
export function makeTestToken(options: TestTokenOptions = {}): TestToken {
  const { labels = ["desk"], pin = "1234", keys = [] } = options;
  const softHsm = findSoftHsm();
  if (softHsm === undefined) throw new Error("SoftHSM is not installed; `apt-get install softhsm2`");
  const wrapper = compileWrapper();
  const folder = mkdtempSync(join(tmpdir(), "signet-token-"));
  const modulePath = join(folder, "token.so");
  copyFileSync(wrapper, modulePath);
  // A copy, so that two tokens in one process are two modules.
  copyFileSync(softHsm, join(folder, "softhsm.so"));
  const tokens = join(folder, "tokens");
  mkdirSync(tokens);
  const config = join(folder, "softhsm2.conf");
  writeFileSync(config, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const env = { SOFTHSM2_CONF: config };
  for (const label of labels) {
    const init = ["--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "12345678"];
    run("softhsm2-util", init, env);
  }
  const label = labels[0] ?? "";

  let pulls = 0;
  let removed = false;
  let told: Behaviour = {};
  const tell = (): void => {
    const lines = [`removed ${Number(removed)}`, `pulls ${pulls}`, ...linesOf(told)];
    const next = join(folder, "control.next");
    writeFileSync(next, `${lines.join("\n")}\n`);
    // At once, so that the wrapper never reads half of it.
    renameSync(next, join(folder, "control"));
  };
  const write = (orders: readonly Order[], tokenLabel = label): void => {
    const input: Orders = { modulePath: softHsm, tokenLabel, pin, orders };
    run(process.execPath, [join(import.meta.dirname, "provision.ts")], env, JSON.stringify(input));
  };
  tell();
  if (keys.length > 0) write(keys.map(keyOrder));
  return {
    modulePath,
    label,
    pin,
    pull: () => {
      pulls += 1;
      removed = true;
      tell();
    },
    putBack: () => {
      removed = false;
      tell();
    },
    behave: (behaviour) => {
      told = behaviour;
      tell();
    },
    calls: () => {
      const file = join(folder, "calls");
      return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    },
    write,
    writeCertificates: (chain, keyId) => {
      write(chain.map((der, place) => certificateOrder(der, place === 0 ? keyId : "")));
    },
    // A device that was closed a moment ago may still write down that it logs out.
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }),
  };
}

function linesOf(behaviour: Behaviour): string[] {
  const {
    fail = {},
    hold = [],
    flagsSet = 0,
    flagsClear = 0,
    hiddenMechanisms = [],
    hashes,
    otherSerial = false,
    loggedOut = false,
    padPin,
    abort = [],
    cutSignature = 0,
    logouts = 0,
    oddAttribute,
    oddSession,
    oddToken,
    signsPerLogin,
    zeroPadded = false,
  } = behaviour;
  const perPlace = (word: string, values: Partial<Record<Place, number>>): string[] =>
    Object.entries(values).map(([name, value]) => `${word} ${places[name as Place]} ${value}`);
  return [
    `flags-set ${flagsSet}`,
    `flags-clear ${flagsClear}`,
    ...perPlace("fail", fail),
    ...hold.map((name) => `hold ${places[name]}`),
    ...hiddenMechanisms.map((mechanism) => `hide-mechanism ${mechanism}`),
    ...(hashes === true ? ["hashes 1"] : []),
    `other-serial ${Number(otherSerial)}`,
    `logged-out ${Number(loggedOut)}`,
    ...(padPin === undefined ? [] : [`pad-pin ${padPin}`]),
    ...abort.map((name) => `abort ${places[name]}`),
    `zero-padded ${Number(zeroPadded)}`,
    `cut-signature ${cutSignature}`,
    `logouts ${logouts}`,
    ...(signsPerLogin === undefined ? [] : [`signs-per-login ${signsPerLogin}`]),
    ...(oddAttribute === undefined ? [] : [`odd-attribute ${oddAttribute.join(" ")}`]),
    ...(oddToken === undefined ? [] : [`odd-token ${oddToken.join(" ")}`]),
    ...(oddSession === undefined ? [] : [`odd-session ${oddSession.join(" ")}`]),
  ];
}
