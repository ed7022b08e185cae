/** Which resolutions are approved without anybody being asked: one by one, and never any other. */
import { createHash } from "node:crypto";

import { UserId } from "@signet/terminal";
import type { ShownResolution } from "@signet/terminal";

export interface ApprovalRule {
  /** Proposed by them alone; undefined for anybody. */
  readonly proposer?: UserId;
  readonly of:
    /** Of the file, or of the text as UTF-8, lower case hexadecimal. */
    | { readonly type: "sha256"; readonly digest: string }
    | { readonly type: "text"; readonly text: string }
    /** The whole text. */
    | { readonly type: "pattern"; readonly pattern: RegExp };
}

/** `[ID=]sha256:HEX`, `[ID=]text:TEXT` or `[ID=]/PATTERN/`. @returns undefined for what is none */
export function readApprovalRule(value: string): ApprovalRule | undefined {
  const [, id, of = ""] = /^(?:([a-z0-9._-]+)=)?([^]*)$/.exec(value) ?? [];
  const proposer = id === undefined ? undefined : UserId.safeParse(id);
  if (proposer?.success === false) return undefined;
  const by = proposer === undefined ? {} : { proposer: proposer.data };
  const [, digest] = /^sha256:([0-9a-f]{64})$/i.exec(of) ?? [];
  if (digest !== undefined) return { ...by, of: { type: "sha256", digest: digest.toLowerCase() } };
  const [, text] = /^text:([^]+)$/.exec(of) ?? [];
  if (text !== undefined) return { ...by, of: { type: "text", text } };
  const [, pattern] = /^\/([^]+)\/$/.exec(of) ?? [];
  if (pattern === undefined) return undefined;
  try {
    // Whole, so that nobody adds to it what was not meant.
    return { ...by, of: { type: "pattern", pattern: new RegExp(`^(?:${pattern})$`, "u") } };
  } catch {
    return undefined;
  }
}

export function isApprovedBy(
  { of, proposer }: ApprovalRule,
  { proposer: by, subject }: Pick<ShownResolution, "proposer" | "subject">,
): boolean {
  if (proposer !== undefined && proposer !== by) return false;
  if (of.type === "sha256")
    return (
      of.digest ===
      (subject.type === "file"
        ? Buffer.from(subject.sha256).toString("hex")
        : createHash("sha256").update(subject.text, "utf8").digest("hex"))
    );
  if (subject.type === "file") return false;
  return of.type === "text" ? of.text === subject.text : of.pattern.test(subject.text);
}
