/** What `signet doctor` says where all is well, and servers and programs that it looks at. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";

import { startTestServer } from "@signet/e2e/support/server.ts";
import type { ServerOptions } from "@signet/server";

import { passphrase } from "./script.ts";
import type { Line, Scene } from "./script.ts";

/** A folder of programs that stands for the whole PATH. */
export function programs(scene: Scene, name: string, scripts: Readonly<Record<string, string>>): string {
  const folder = join(scene.folder, name);
  mkdirSync(folder);
  for (const [program, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, program), 0o755);
  }
  return folder;
}

/** An environment in which there is no sound card. */
export const withoutSound = (scene: Scene): Readonly<Record<string, string>> => ({
  PATH: programs(scene, "nothing", {}),
  SIGNET_PASSPHRASE: passphrase,
});

/** The first lines are the same wherever the checks are about the server. */
export const machine: readonly Line[] = [
  /^ok {7}node {10}24\.\d+\.\d+$/,
  /^ok {7}libraries {5}node-datachannel and libopus work, pkcs11js is there$/,
  /^ok {7}profile {7}/,
  "warning  microphone    no program to record with",
  "         hint:         install alsa-utils or sox; or play a file to the others with --in FILE",
  "warning  speaker       no program to play with",
  "         hint:         install alsa-utils or sox; or write a file with --out FILE",
];
export const way: readonly Line[] = [
  /^ok {7}name {10}localhost is /,
  /^ok {7}port {10}port \d+ answers, after \d+ ms$/,
];
export const plainHttp: Line = "ok       certificate   none needed: the server is on this machine";
export const healthy: Line = "ok       http          the server says that it is well";
export const hello: Line = /^ok {7}websocket {5}the server answers, after \d+ ms$/;
export const says: readonly Line[] = [
  "ok       registration  anybody can create a user ID",
  "ok       certificates  none are accepted; keys are registered without",
];
export const notAsked: readonly Line[] = [
  "skipped  key           not tested, nor sign-in and audio, which need it",
  "         hint:         give your user ID with --user, or make one with `signet register`",
];

/** Another server for one test. @returns its address */
export async function serverWith(options: Partial<ServerOptions>): Promise<string> {
  const server = await startTestServer(options);
  after(() => server.close());
  return `http${options.tlsCert === undefined ? "" : "s"}://localhost:${server.port}`;
}
