/** Network namespaces with the number of this process in their names, so that those of one that crashed are known, and removed by the next. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

import { run } from "./commands.ts";

const prefix = "signet-";
/** What stands here for a namespace is seen in it in place of the same in `/etc` (ip-netns(8)). */
const etcFolder = "/etc/netns";

/** Why this machine, or this user, can make none; undefined where it can. */
export function whyNoNamespaces(): string | undefined {
  if (process.platform !== "linux") return "only Linux has network namespaces";
  if (process.getuid?.() !== 0) return "only root may make network namespaces";
  const name = nameOf("trial");
  try {
    run("nft", ["--version"]);
    addNamespace(name);
    // Containers may let namespaces be made, and nothing in them.
    run("ip", ["netns", "exec", name, "nft", "-f", "-"], "table inet trial { }");
    run("ip", ["-n", name, "link", "add", "one", "type", "veth", "peer", "name", "other"]);
    return undefined;
  } catch (error) {
    return `this machine lets nobody make networks: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    removeNamespace(name);
  }
}

export const nameOf = (name: string): string => `${prefix}${process.pid}-${name}`;

export const etcOf = (namespace: string): string => join(etcFolder, namespace);

export function addNamespace(namespace: string): void {
  run("ip", ["netns", "add", namespace]);
}

/** What still runs in it is killed. */
export function removeNamespace(namespace: string): void {
  if (!namespaces().includes(namespace)) return;
  for (const pid of processesIn(namespace)) kill(pid, "SIGKILL");
  run("ip", ["netns", "delete", namespace]);
  rmSync(etcOf(namespace), { recursive: true, force: true });
}

export function removeStaleNamespaces(): void {
  for (const namespace of namespaces()) {
    const [, pid] = new RegExp(`^${prefix}(\\d+)-`).exec(namespace) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) removeNamespace(namespace);
  }
}

export const processesIn = (namespace: string): readonly number[] =>
  run("ip", ["netns", "pids", namespace]).split("\n").filter(Boolean).map(Number);

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

const namespaces = (): string[] =>
  run("ip", ["netns", "list"])
    .split("\n")
    .flatMap((line) => line.split(" ", 1).filter((name) => name.startsWith(prefix)));
