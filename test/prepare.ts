/**
 * What has to be on the machine before tests and benches run: Node 24, Chromium for the browser tests, SoftHSM for those of tokens,
 * a fresh build of the client.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildProgram, buildWeb } from "../tools/build.ts";
import { findNss, findSoftHsm } from "./token/index.ts";

/** What stops the tests before they start, as a sentence that says what to do. */
export class NotReady extends Error {}

/** Node 24 runs `.ts` files as they are and has `node:sqlite`; npm puts the pinned one first on the PATH. */
export function checkNode(version: string): void {
  if (Number.parseInt(version, 10) < 24) {
    throw new NotReady(
      `the tests need node 24, this is ${version}\nhint: start them with \`npm test\`, which uses the pinned node`,
    );
  }
}

const chromiumPlaces = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** What is said meanwhile goes to standard error: the standard output of a bench may have to be JSON alone. */
function run(command: string, args: string[], cwd?: string): void {
  console.error(`$ ${command} ${args.join(" ")}`);
  const done = spawnSync(command, args, {
    stdio: ["inherit", process.stderr, "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (done.status !== 0) {
    throw new NotReady(`${command} failed${done.error ? `: ${done.error.message}` : ""}`);
  }
}

const canRun = (command: string): boolean => spawnSync(command, ["--version"]).error === undefined;

const mayInstall = (): boolean => process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");

/** What Debian has was asked by this process. */
let knowsPackages = false;

/** @throws NotReady with `otherwise` where this user cannot install Debian's packages */
function installDebian(what: string, packages: readonly string[], otherwise: string): void {
  if (!mayInstall()) throw new NotReady(otherwise);
  console.error(`${what} is missing; installing Debian's`);
  if (!knowsPackages) run("apt-get", ["update", "-q"]);
  knowsPackages = true;
  run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages]);
}

/**
 * What the tests of tokens need: SoftHSM, a C compiler for the wrapper around it, NSS, and the optional package pkcs11js.
 * @throws NotReady when one is missing and cannot be installed
 */
export function ensureTokenTools(root: string): void {
  if (findSoftHsm() === undefined || !canRun("softhsm2-util") || !canRun("cc")) {
    installDebian(
      "SoftHSM",
      ["softhsm2", "gcc", "libc6-dev"],
      "the tests of tokens need SoftHSM and a C compiler\nhint: on Debian `sudo apt-get install softhsm2 gcc libc6-dev`",
    );
  }
  // A module that wants parameters.
  if (findNss() === undefined) {
    installDebian(
      "NSS",
      ["libnss3", "libnss3-tools"],
      "the tests of tokens need NSS and its tools\nhint: on Debian `sudo apt-get install libnss3 libnss3-tools`",
    );
  }
  // npm leaves an optional package out, and says nothing, where it cannot be compiled.
  if (!existsSync(join(root, "node_modules", "pkcs11js", "build", "Release", "pkcs11.node"))) {
    throw new NotReady(
      "the tests of tokens need pkcs11js, which could not be compiled when the packages were installed\n" +
        "hint: on Debian `sudo apt-get install g++ make python3`, then `npm ci`; where nodejs.org cannot be reached\n" +
        "for Node's header files, `npm_config_nodedir=/usr npm ci` takes those of this machine",
    );
  }
}

/**
 * The tests of the live view look at it in a window that tmux holds.
 * @throws NotReady when it is missing and cannot be installed
 */
export function ensureTmux(): void {
  if (spawnSync("tmux", ["-V"]).status === 0) return;
  installDebian(
    "tmux",
    ["tmux"],
    "the tests of the live view need tmux\nhint: on Debian `sudo apt-get install tmux`",
  );
}

/**
 * What completes the words of `signet` is tried in the shells themselves.
 * @throws NotReady when one is missing and cannot be installed
 */
export function ensureShells(): void {
  if (canRun("zsh") && canRun("fish")) return;
  installDebian(
    "zsh or fish",
    ["zsh", "fish"],
    "the tests of completion need zsh and fish\nhint: on Debian `sudo apt-get install zsh fish`",
  );
}

/**
 * Authorities of the tests are also made as people make them, and signatures of documents verified as others do: GnuTLS knows Ed25519 in them,
 * where the openssl of Debian 12 does not.
 * @throws NotReady when one is missing and cannot be installed
 */
export function ensureOpenSsl(): void {
  if (spawnSync("openssl", ["version"]).status === 0 && canRun("certtool")) return;
  installDebian(
    "openssl or GnuTLS",
    ["openssl", "gnutls-bin"],
    "the tests of certificates need openssl and GnuTLS\nhint: on Debian `sudo apt-get install openssl gnutls-bin`",
  );
}

/**
 * Records of calls are verified by a second program, in Python.
 * @throws NotReady when it is missing and cannot be installed
 */
export function ensureCryptography(): void {
  const has = (python: string): boolean => spawnSync(python, ["-c", "import cryptography"]).status === 0;
  if (has("/usr/bin/python3") || has("python3")) return;
  installDebian(
    "Python's cryptography",
    ["python3-cryptography"],
    "the tests of records need Python with cryptography\nhint: on Debian `sudo apt-get install python3-cryptography`",
  );
}

/**
 * TURN servers of others are tried with the one that Debian has.
 * @throws NotReady when it is missing and cannot be installed
 */
export function ensureCoturn(): void {
  if (canRun("turnserver")) return;
  installDebian(
    "coturn",
    ["coturn"],
    "the tests of TURN servers of others need coturn\nhint: on Debian `sudo apt-get install coturn`",
  );
}

/**
 * A sound card that nobody hears: what is played into it is recorded from it.
 * @throws NotReady when it is missing and cannot be installed
 */
export function ensurePulseAudio(): void {
  if (["pulseaudio", "pactl", "pacat", "parec"].every(canRun)) return;
  installDebian(
    "PulseAudio",
    ["pulseaudio", "pulseaudio-utils"],
    "the tests of sound cards need PulseAudio\nhint: on Debian `sudo apt-get install pulseaudio pulseaudio-utils`",
  );
}

/**
 * The relay is tried behind proxies as people have them.
 * @throws NotReady when one is missing and cannot be installed
 */
export function ensureProxies(): void {
  if (canRun("nginx") && canRun("haproxy") && existsSync("/usr/lib/nginx/modules/ngx_stream_module.so"))
    return;
  installDebian(
    "nginx or HAProxy",
    ["nginx-light", "libnginx-mod-stream", "haproxy"],
    "the tests of proxies need nginx and HAProxy\nhint: on Debian `sudo apt-get install nginx-light libnginx-mod-stream haproxy`",
  );
}

/** Networks of namespaces; whose user cannot install the programs may not make any either, and the tests say so. */
export function ensureNetworkTools(): void {
  if (!mayInstall()) return;
  if (canRun("nft") && spawnSync("ip", ["-V"]).error === undefined) return;
  installDebian("nftables or iproute2", ["nftables", "iproute2"], "");
}

/**
 * Finds Chromium, or installs Debian's when that is possible.
 * @returns the path of the program; `SIGNET_CHROMIUM` wins over the usual places
 */
export function ensureChromium(): string {
  const wanted = process.env["SIGNET_CHROMIUM"];
  if (wanted !== undefined && wanted !== "") {
    if (existsSync(wanted)) return wanted;
    throw new NotReady(`SIGNET_CHROMIUM names ${wanted}, which does not exist`);
  }
  const found = chromiumPlaces.find((place) => existsSync(place));
  if (found !== undefined) return found;
  installDebian(
    "Chromium",
    ["chromium", "chromium-headless-shell"],
    "the browser tests need Chromium, which is not installed\n" +
      "hint: on Debian `sudo apt-get install chromium`; elsewhere set SIGNET_CHROMIUM to the program",
  );
  const installed = chromiumPlaces.find((place) => existsSync(place));
  if (installed === undefined)
    throw new NotReady("apt-get installed chromium, but it is in none of the usual places");
  return installed;
}

/**
 * Chromium's engine without the browser around it opens a page for a third of the time.
 * @returns its path; undefined where it is not to be had, or where `SIGNET_CHROMIUM` names the browser that is to be tried
 */
export function ensureChromiumEngine(): string | undefined {
  const { SIGNET_CHROMIUM: browser = "", SIGNET_CHROMIUM_ENGINE: wanted = "" } = process.env;
  if (wanted !== "") return wanted;
  const place = "/usr/bin/chromium-headless-shell";
  if (existsSync(place)) return place;
  if (browser !== "" || !mayInstall()) return undefined;
  installDebian("Chromium's engine", ["chromium-headless-shell"], "");
  return place;
}

/**
 * Calls in Firefox go through a sound card of PulseAudio, since Firefox plays nothing where there is none.
 * @returns the path of Firefox; `SIGNET_FIREFOX` wins over Debian's
 * @throws NotReady when one is missing and cannot be installed
 */
export function ensureFirefox(): string {
  ensurePulseAudio();
  const wanted = process.env["SIGNET_FIREFOX"] ?? "";
  const program = wanted === "" ? "/usr/bin/firefox-esr" : wanted;
  if (existsSync(program)) return program;
  installDebian(
    "Firefox",
    ["firefox-esr"],
    "the tests of Firefox need Firefox\n" +
      "hint: on Debian `sudo apt-get install firefox-esr`; elsewhere set SIGNET_FIREFOX to the program",
  );
  if (!existsSync(program)) throw new NotReady(`there is no ${program}`);
  return program;
}

/** Builds the web client when any source that goes into it is newer than the build. @throws NotReady with what the build said */
export const ensureWebBuild = (root: string): void => ensureBuild(() => buildWeb(root));

/** The same of `signet`. */
export const ensureProgram = (root: string): void => ensureBuild(() => buildProgram(root));

function ensureBuild(build: () => void): void {
  try {
    build();
  } catch (error) {
    throw new NotReady(error instanceof Error ? error.message : "it could not be built", { cause: error });
  }
}
