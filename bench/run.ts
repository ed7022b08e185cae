/**
 * `npm run bench [-- name... --json]`: runs the named benches, or all, one after the other, and says on what machine.
 * With `--json` only one JSON document goes to standard output. Benches are not part of the tests.
 */
import { existsSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";

/** Every `bench/<name>.ts` exports this; it prints for people unless `json` is set, and returns its figures. */
type Bench = { run(options: { json: boolean }): Promise<object> };

const names = [
  "sfu",
  "relay",
  "group",
  "call",
  "glare",
  "loss",
  "move",
  "reconnect",
  "server",
  "spoke",
  "directory",
  "terminals",
];

function machine(): { cpu: string; cores: number; memoryGb: number; node: string; system: string } {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    memoryGb: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    node: process.versions.node,
    system: `${process.platform} ${release()} ${process.arch}`,
  };
}

async function load(name: string): Promise<Bench> {
  return (await import(`./${name}.ts`)) as Bench;
}

async function main(args: string[]): Promise<number> {
  const json = args.includes("--json");
  const wanted = args.filter((arg) => !arg.startsWith("-"));
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    console.error(`error: there is no bench named ${unknown}\nhint: choose from ${names.join(", ")}`);
    return 2;
  }
  const chosen = names.filter((name) => wanted.length === 0 || wanted.includes(name));
  const host = machine();
  if (!json) {
    console.log(`${host.cpu}, ${host.cores} cores, ${host.memoryGb} GB, node ${host.node}, ${host.system}`);
  }
  const results: Record<string, object> = {};
  let failed = 0;
  for (const name of chosen) {
    if (!json) console.log(`\n== ${name}`);
    try {
      if (!existsSync(join(import.meta.dirname, `${name}.ts`)))
        throw new Error(`bench/${name}.ts is missing`);
      const bench = await load(name);
      results[name] = await bench.run({ json });
    } catch (error) {
      // One bench that fails does not take the figures of the others with it.
      failed += 1;
      results[name] = { error: error instanceof Error ? error.message : String(error) };
      console.error(`${name} failed:`, error);
    }
  }
  if (json) console.log(JSON.stringify({ machine: host, results }, null, 2));
  return failed === 0 ? 0 : 1;
}

// Benches may leave sockets and browsers that are still closing; the figures are complete by now.
process.exit(await main(process.argv.slice(2)));
