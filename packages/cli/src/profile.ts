/**
 * The profile: a folder of one person, readable by nobody else. `profile.json` remembers what was used last; beside it lie the
 * software keys and, for each server, the keys of people as they were first met.
 */
import { texts } from "@signet/words/command-line";
import { randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { wrongUse } from "./failure.ts";
import { bad } from "./options/option-spec.ts";
import type { Parsed } from "./options/option-spec.ts";
import { identityOptions } from "./options/terminal-options.ts";
import type { TerminalOptions } from "./options/terminal-options.ts";

/**
 * Of the form of `profile.json`; one that says none was written before there was one, in the form of version 1. Version 2 says
 * which token and key were used: a program that passes over that would give a PIN to another one.
 */
const profileVersion = 2;

/** The options that later commands need not say again. No secrets. */
const names = [
  "server",
  "user",
  "key-file",
  "module",
  "module-parameters",
  "token",
  "key",
  "key-id",
  "key-type",
  "certificate",
  "trust-anchors",
  "crl",
  "user-id-from",
  "user-id-domain",
] as const;

/** What is known of the token that was used, beside what was said to choose it. */
const known = {
  /** May be empty: some tokens have none. */
  "token-serial": (value: string): Parsed<string> => ({ ok: true, value }),
  /** SubjectPublicKeyInfo, base64url of DER */
  "public-key": (value: string): Parsed<string> =>
    /^[\w-]+$/.test(value) ? { ok: true, value } : bad("base64url"),
} as const;

export type Remembered = {
  readonly [Name in (typeof names)[number]]?: NonNullable<TerminalOptions[Name]>;
} & { readonly [Name in keyof typeof known]?: string };

export function defaultProfileFolder(env: Readonly<Record<string, string | undefined>>): string {
  const config = env["XDG_CONFIG_HOME"];
  // Relative paths are to be ignored (XDG base directory specification).
  return join(config?.startsWith("/") === true ? config : join(homedir(), ".config"), "signet");
}

export class Profile {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
  }

  /** @throws Failure when the folder cannot be made or written */
  prepare(): void {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      accessSync(this.folder, constants.W_OK);
      for (const name of readdirSync(this.folder))
        if (ownFile.test(name)) takeFromOthers(join(this.folder, name));
    } catch (cause) {
      throw wrongUse(texts().trouble.profileUnwritable(this.folder), texts().trouble.otherProfile, cause);
    }
  }

  keyFile(user: string): string {
    return join(this.folder, `${user}.key`);
  }

  /** Of the people met at one server. */
  pinsFile(server: string): string {
    const { protocol, host } = new URL(server);
    return join(this.folder, `known-people-${protocol.slice(0, -1)}-${host.replaceAll(":", "-")}.json`);
  }

  /** Of what speaks against one server. */
  evidenceFolder(server: string): string {
    const { protocol, host } = new URL(server);
    return join(this.folder, `evidence-${protocol.slice(0, -1)}-${host.replaceAll(":", "-")}`);
  }

  /** Of what belongs to the person: their people, settings and history, and the key to them. */
  get documentsFolder(): string {
    return join(this.folder, "personal");
  }

  /** @throws Failure when the file is there and cannot be read */
  recall(): Remembered {
    const path = join(this.folder, "profile.json");
    let content: string;
    try {
      content = readFileSync(path, "utf8");
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return {};
      throw wrongUse(texts().trouble.unreadable(path), texts().trouble.mendPermissions, cause);
    }
    const remembered = parse(content);
    if (remembered === "newer")
      throw wrongUse(texts().trouble.newerProfile(path), texts().trouble.updateSignet);
    if (remembered === undefined) throw wrongUse(texts().trouble.damaged(path), texts().trouble.takeAway);
    return remembered;
  }

  /** @throws Failure as {@link recall}, and when it cannot be written */
  remember(values: Remembered): void {
    this.recall();
    const path = join(this.folder, "profile.json");
    const next = `${path}.${randomBytes(6).toString("hex")}`;
    try {
      const content = `${JSON.stringify({ version: profileVersion, ...values }, undefined, 2)}\n`;
      writeFileSync(next, content, { mode: 0o600, flag: "wx" });
      renameSync(next, path);
    } catch (cause) {
      rmSync(next, { force: true });
      throw wrongUse(texts().trouble.unwritable(path), texts().trouble.mendPermissions, cause);
    }
  }
}

/** What lies in a profile. */
const ownFile = /^(profile\.json|known-people-.*\.json(\.lock)?|.*\.key)$/;

/** Files that were copied here, or made before, may be for all to read. */
function takeFromOthers(path: string): void {
  const stat = lstatSync(path);
  if (stat.isFile() && stat.uid === process.getuid?.() && (stat.mode & 0o077) !== 0) chmodSync(path, 0o600);
}

function parse(content: string): Remembered | "newer" | undefined {
  let stored: unknown;
  try {
    stored = JSON.parse(content);
  } catch {
    return undefined;
  }
  if (typeof stored !== "object" || stored === null) return undefined;
  const { version = 1 } = stored as { readonly version?: unknown };
  if (typeof version === "number" && version > profileVersion) return "newer";
  if (version !== 1 && version !== profileVersion) return undefined;
  const remembered: Record<string, unknown> = {};
  const parsers: readonly (readonly [string, (value: string) => Parsed<unknown>])[] = [
    ...names.map((name) => [name, identityOptions[name].parse] as const),
    ...Object.entries(known),
  ];
  for (const [name, parse] of parsers) {
    const value = (stored as Record<string, unknown>)[name];
    if (value === undefined) continue;
    const parsed = typeof value === "string" ? parse(value) : undefined;
    if (parsed?.ok !== true) return undefined;
    remembered[name] = parsed.value;
  }
  return remembered;
}
