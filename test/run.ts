/**
 * `npm test [-- filter... --test-option...]`: runs every test file in a process of its own and prints one line for each. Some of one
 * folder share a process, since most of them take longer to start than to run.
 * Two share the cores; those that listen to a call run one after the other, since what they hear depends on the load. Beside both,
 * but for those that run alone, run those that are light, which give way: most files wait for much of their time. When these are through, pages in which
 * nobody listens run beside those that listen.
 * A filter is a part of a path; an option (`--test-name-pattern=...`) goes on to node.
 */
import { spawn } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join, sep } from "node:path";
import {
  checkNode,
  ensureChromium,
  ensureChromiumEngine,
  ensureCoturn,
  ensureCryptography,
  ensureFirefox,
  ensureNetworkTools,
  ensureOpenSsl,
  ensureProgram,
  ensureProxies,
  ensurePulseAudio,
  ensureShells,
  ensureTmux,
  ensureTokenTools,
  ensureWebBuild,
  NotReady,
} from "./prepare.ts";

/** Nothing hangs for ever: a file that takes longer is killed with all its children. The slowest takes about a minute, on a machine that does nothing else. */
const fileLimitMs = 420_000;
/** What each one more may take that shares its process. */
const sharedLimitMs = 60_000;
/**
 * Node prints the summary when all tests have ended; a process that is still there so long after it hangs in its own exit, as
 * happens at times (https://github.com/nodejs/node/issues/54918). What the tests said counts.
 */
const exitLimitMs = 15_000;
/** More than two that do not give way slow each other down on the two cores that this is made for. */
const concurrency = Math.min(2, availableParallelism());

const root = dirname(import.meta.dirname);
const args = process.argv.slice(2);
const options = args.filter((arg) => arg.startsWith("-"));
const filters = args.filter((arg) => !arg.startsWith("-"));

type FileResult = {
  passed: number;
  failed: number;
  skipped: number;
  seconds: number;
  output: string;
  /** All tests had ended, but the process had to be ended. */
  hung: boolean;
};

const running = new Set<number>();

/** Ends a test file and what it started (browsers, servers): each file leads a process group. */
function killGroup(groupId: number): void {
  try {
    process.kill(-groupId, "SIGKILL");
  } catch {
    // The group has ended by itself.
  }
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    for (const groupId of running) killGroup(groupId);
    process.exit(130);
  });
}

function summaryCount(output: string, name: string): number {
  const found = [...output.matchAll(new RegExp(`^ℹ ${name} (\\d+)$`, "gm"))].at(-1)?.[1];
  return found === undefined ? 0 : Number(found);
}

/** How far light files give way: they get a third of the others' share where the cores do not suffice. */
const niceness = 5;

/**
 * Linux shares the cores among sessions first, and each file leads one, so that `nice` alone counts only among its own processes
 * (sched(7), "The autogroup feature").
 */
function giveWay(sessionId: number): void {
  try {
    writeFileSync(`/proc/${sessionId}/autogroup`, `${niceness}`);
  } catch {
    // It has ended, or this system shares the cores among processes.
  }
}

/** What one process runs. */
interface Run {
  /** The path of its file, or of the folder of its files. */
  readonly name: string;
  readonly files: readonly string[];
}

/** @param givesWay to what runs beside it */
function runFiles({ name, files }: Run, env: NodeJS.ProcessEnv, givesWay: boolean): Promise<FileResult> {
  const startedMs = performance.now();
  // The threads of the media library keep a process alive, and cleaning them up crashes at times: do not wait for them. What only
  // computes ends by itself, and would be cut short.
  const way = files.length === 1 ? ["--test-force-exit"] : ["--test", "--test-isolation=none"];
  const node = [process.execPath, ...way, "--test-reporter=spec", ...options, ...files] as const;
  const nicely = givesWay && process.platform !== "win32";
  const [command, ...commandArgs] = nicely ? (["nice", "-n", `${niceness}`, ...node] as const) : node;
  const child = spawn(command, commandArgs, {
    cwd: root,
    detached: true,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const groupId = child.pid;
  if (groupId !== undefined) running.add(groupId);
  if (groupId !== undefined && givesWay) giveWay(groupId);
  let output = "";
  const limitMs = fileLimitMs + (files.length - 1) * sharedLimitMs;
  let late = false;
  let hung = false;
  let exitLimit: NodeJS.Timeout | undefined;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (groupId === undefined || !/^ℹ duration_ms /m.test(output)) return;
    exitLimit ??= setTimeout(() => {
      hung = true;
      killGroup(groupId);
    }, exitLimitMs);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const limit = setTimeout(() => {
    late = true;
    if (groupId !== undefined) killGroup(groupId);
  }, limitMs);
  return new Promise((resolve) => {
    const finish = (code: number | null, problem?: string): void => {
      clearTimeout(limit);
      clearTimeout(exitLimit);
      if (groupId !== undefined) running.delete(groupId);
      const result = {
        passed: summaryCount(output, "pass"),
        failed: summaryCount(output, "fail") + summaryCount(output, "cancelled"),
        skipped: summaryCount(output, "skipped") + summaryCount(output, "todo"),
        seconds: (performance.now() - startedMs) / 1000,
        output,
        hung,
      };
      let reason = problem;
      if (late) reason = `killed after ${limitMs / 1000} s`;
      else if (code !== 0 && !hung && result.failed === 0) reason ??= `ended with code ${code}`;
      else if (result.passed + result.failed + result.skipped === 0 && options.length === 0)
        reason ??= "has no tests";
      // Of several the count tells nothing of each.
      const empty =
        files.length === 1
          ? undefined
          : files.find((file) => !uses(file, /\b(test|seededTests|areRefused)\(/));
      if (empty !== undefined) reason ??= `${empty} has no tests`;
      if (reason !== undefined) {
        result.failed += 1;
        result.output += `\n${name}: ${reason}\n`;
      }
      resolve(result);
    };
    child.on("exit", (code) => {
      // A process that the test leaked may hold the pipes open, so "close" alone could never come.
      if (groupId !== undefined) killGroup(groupId);
      const drained = setTimeout(finish, 2_000, code);
      child.on("close", () => {
        clearTimeout(drained);
        finish(code);
      });
    });
    child.on("error", (error) => finish(null, error.message));
  });
}

const total = { passed: 0, failed: 0, skipped: 0 };
const failedFiles: string[] = [];

interface Share {
  readonly atOnce: number;
  readonly givesWay?: boolean;
  /** Begins none after that. */
  readonly until?: AbortSignal;
}

/** Runs what is in the queue, and takes it out: several may share one. */
async function runAll(queue: Run[], env: NodeJS.ProcessEnv, share: Share): Promise<void> {
  const { atOnce, givesWay = false, until } = share;
  const work = async (): Promise<void> => {
    while (until?.aborted !== true) {
      const next = queue.shift();
      if (next === undefined) return;
      report(next, await runFiles(next, env, givesWay));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

function report({ name, files }: Run, result: FileResult): void {
  total.passed += result.passed;
  total.failed += result.failed;
  total.skipped += result.skipped;
  const skipped = result.skipped === 0 ? "" : `, ${result.skipped} skipped`;
  const hung = result.hung ? ", its process did not end" : "";
  const together = files.length === 1 ? "" : `${files.length} files, `;
  const counts = `${together}${result.passed} passed, ${result.failed} failed${skipped}${hung}`;
  const mark = result.failed === 0 ? "ok  " : "FAIL";
  console.log(`${mark} ${name} (${counts}, ${result.seconds.toFixed(1)} s)`);
  if (result.failed > 0) {
    failedFiles.push(name);
    console.log(result.output);
  }
}

function isExample(file: string): boolean {
  return file.startsWith("examples" + sep);
}

const isScene = (file: string): boolean => file.startsWith(join("test", "e2e") + sep);

const uses = (file: string, what: RegExp): boolean => what.test(readFileSync(join(root, file), "utf8"));

/** Pages and whole calls, told by what they take from the support of scenes. */
function isSensitive(file: string): boolean {
  return isExample(file) || (isScene(file) && uses(file, /support\/(browser|ear)\.ts"/));
}

/** Sensitive, but nobody listens in it: what it waits for comes, however long a busy machine takes for that. */
function isSilent(file: string): boolean {
  const listens =
    /\b(hearsOnly|hearEachOther)\b|support\/(chaos|ear|frozen-browser|listening|lossy-way|media-tap|page-headset)\.ts"/;
  return isSensitive(file) && !isExample(file) && !uses(file, listens);
}

/** Sensitive, and takes all cores by itself: it says so at its head. */
const isHeavy = (file: string): boolean => isSensitive(file) && uses(file, /^\/\*\* Runs alone: /);

const kindOf = (file: string): string => file.split(sep)[3] ?? "";

/** What computes, or speaks with a server in its own process, and leaves nothing of a token's library behind that others would meet. */
function sharesProcess(file: string): boolean {
  const [, room = ""] = file.split(sep);
  if (isScene(file)) return basename(file).startsWith("dishonest");
  if (!file.startsWith("packages" + sep) || isBrowserFile(file)) return false;
  const kind = kindOf(file);
  const isShort = ["codec", "machines", "vectors", "malformed"].includes(kind);
  if (!isShort && (kind !== "scenario" || !["device", "e2ee", "server"].includes(room))) return false;
  return !uses(file, /test-token|pkcs11/);
}

/** So many files of a folder share a process at most: one that hangs takes no more with it. */
const mostFilesTogether = 8;

/** In the order of the files. */
function runsOf(files: readonly string[]): Run[] {
  const folderOf = (file: string): string => (sharesProcess(file) ? dirname(file) : file);
  return Array.from(Map.groupBy(files, folderOf)).flatMap(([folder, all]) =>
    Array.from({ length: Math.ceil(all.length / mostFilesTogether) }, (_, i) => {
      const some = all.slice(i * mostFilesTogether, (i + 1) * mostFilesTogether);
      const [first = ""] = some;
      if (some.length === 1) return { name: first, files: some };
      return {
        name: some.length === all.length ? folder : `${folder}, from ${basename(first)}`,
        files: some,
      };
    }),
  );
}

/** What computes, or speaks with a server of its own, and has no sound. */
function isLight(file: string): boolean {
  const [, room = ""] = file.split(sep);
  const kind = kindOf(file);
  const kinds = ["codec", "docs", "machines", "malformed", "vectors"];
  const isQuietCommand =
    room === "cli" && kind === "scenario" && !uses(file, /support\/(ear|voice|window)\.ts"/);
  return kinds.includes(kind) || isQuietCommand || (isScene(file) && !isSensitive(file));
}

function isBrowserFile(file: string): boolean {
  return (
    basename(file).startsWith("chromium") ||
    (isScene(file) && uses(file, /support\/(browser|chaos|network\/trio)\.ts"/))
  );
}

const isFirefoxFile = (file: string): boolean => isScene(file) && uses(file, /support\/firefox\.ts"/);

/** The server serves the built client, and the command line starts the server. */
function needsWebClient(file: string): boolean {
  const [, room = ""] = file.split(sep);
  return isScene(file) || isBrowserFile(file) || ["server", "web", "cli"].includes(room);
}

/** `signet`, as a process of its own. */
function startsProgram(file: string): boolean {
  return isScene(file) || isExample(file) || file.split(sep)[1] === "cli";
}

function needsToken(file: string): boolean {
  const [, room = ""] = file.split(sep);
  return isScene(file) || isExample(file) || ["device", "cli"].includes(room);
}

async function main(): Promise<number> {
  checkNode(process.versions.node);
  const all = globSync(
    ["{packages/*,examples}/test/**/*.test.ts", "test/house/**/*.test.ts", "test/e2e/**/*.test.ts"],
    { cwd: root, exclude: ["**/node_modules/**"] },
  ).toSorted();
  const files =
    filters.length === 0 ? all : all.filter((file) => filters.some((part) => file.includes(part)));
  if (files.length === 0) throw new NotReady(`no test file matches ${filters.join(" ")}`);
  const browserFiles = files.filter(isBrowserFile);
  const sensitive = files.filter(isSensitive);
  const light = runsOf(files.filter(isLight));
  const others = runsOf(files.filter((file) => !sensitive.includes(file) && !isLight(file)));
  const env: NodeJS.ProcessEnv = { ...process.env };
  // Set when this runs under another test runner; the files below would then report to it instead of to us.
  delete env["NODE_TEST_CONTEXT"];
  // Every file, and every `signet` that one starts, loads the same modules: compiled once they load in half the time.
  env["NODE_COMPILE_CACHE"] ??= join(root, "node_modules/.cache/compiled");
  // glibc asks for large pages: opening a key file with scrypt takes 128 MiB, of which each small page is a fault of its own.
  env["GLIBC_TUNABLES"] ??= "glibc.malloc.hugetlb=1";
  if (browserFiles.length > 0) {
    env["SIGNET_CHROMIUM"] = ensureChromium();
    const engine = ensureChromiumEngine();
    if (engine !== undefined) env["SIGNET_CHROMIUM_ENGINE"] = engine;
  }
  if (files.some(isFirefoxFile)) env["SIGNET_FIREFOX"] = ensureFirefox();
  if (files.some(needsToken)) ensureTokenTools(root);
  if (files.some((file) => file.startsWith(join("packages", "cli") + sep))) ensureTmux();
  if (files.some((file) => basename(file).startsWith("openssl"))) ensureOpenSsl();
  if (files.some((file) => basename(file) === "coturn.test.ts")) ensureCoturn();
  if (files.some((file) => basename(file) === "second-verifier.test.ts")) ensureCryptography();
  if (files.some((file) => basename(file) === "half-duplex.test.ts")) ensurePulseAudio();
  if (files.some((file) => basename(file) === "proxies.test.ts")) ensureProxies();
  if (files.some((file) => basename(file) === "pages.test.ts")) ensureShells();
  if (files.some((file) => basename(file).startsWith("networks"))) ensureNetworkTools();
  if (files.some(needsWebClient)) ensureWebBuild(root);
  if (files.some(startsProgram)) ensureProgram(root);
  console.log(
    `${files.length} test files, ${browserFiles.length} of them in Chromium, node ${process.versions.node}`,
  );
  const startedMs = performance.now();
  const othersEnded = new AbortController();
  await Promise.all([
    runAll(others, env, { atOnce: concurrency }).then(() => othersEnded.abort()),
    runAll(light, env, { atOnce: 1, givesWay: true, until: othersEnded.signal }),
  ]);
  await runAll(runsOf(sensitive.filter(isHeavy)), env, { atOnce: 1 });
  const listening = runsOf(sensitive.filter((file) => !isHeavy(file) && !isSilent(file)));
  const silent = runsOf(sensitive.filter((file) => !isHeavy(file) && isSilent(file)));
  // Whoever is through helps the others.
  const listen = async (): Promise<void> => {
    await runAll(listening, env, { atOnce: 1 });
    await runAll(silent, env, { atOnce: 1 });
  };
  await Promise.all([
    listen().then(() => runAll(light, env, { atOnce: 1 })),
    runAll(light, env, { atOnce: concurrency, givesWay: true }).then(() =>
      runAll(silent, env, { atOnce: 1 }),
    ),
  ]);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  for (const file of failedFiles) console.log(`failed: ${file}`);
  const skipped = total.skipped === 0 ? "" : `, ${total.skipped} skipped`;
  console.log(`${total.passed} passed, ${total.failed} failed${skipped} in ${seconds} s`);
  return total.failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof NotReady)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
