/** The programs of the system that make networks: `ip`, `tc` and `nft`. */
import { spawnSync } from "node:child_process";

/** @throws Error with what the program said */
export function run(program: string, args: readonly string[], input = ""): string {
  const { error, status, stderr, stdout } = spawnSync(program, args, { input, encoding: "utf8" });
  if (error === undefined && status === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? stderr.trim()}\n${input}`);
}

/** Commands of `ip` in a namespace, one after the other. */
export const ip = (namespace: string, ...commands: readonly string[]): string =>
  run("ip", ["-n", namespace, "-batch", "-"], commands.join("\n"));

/** In front of a program and its arguments: it then runs in this namespace. */
export const within = (namespace: string): readonly [string, ...string[]] => [
  "ip",
  "netns",
  "exec",
  namespace,
];

export function runWithin(
  namespace: string,
  program: string,
  args: readonly string[],
  input?: string,
): string {
  const [first, ...rest] = within(namespace);
  return run(first, [...rest, program, ...args], input);
}
