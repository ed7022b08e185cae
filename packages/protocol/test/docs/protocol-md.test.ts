/** docs/protocol.md against the code: every example fits its schema, every message has one, tables and diagrams agree. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  CallInviteIn,
  decodeReply,
  decodeRequest,
  decodeServerMessage,
  decodeTranscript,
  defaultCallTimes,
  defaultSignInTimes,
  DirectoryEntryIn,
  events,
  isErrorCode,
  maxMessageBytes,
  MemberIn,
  moveMs,
  ProofIn,
  requests,
  transcriptFields,
} from "@signet/protocol";
import type { RequestType } from "@signet/protocol";

const page = readFileSync(new URL("../../../../docs/protocol.md", import.meta.url), "utf8");

interface Block {
  /** What stands behind ``` and the language. */
  readonly label: string;
  readonly text: string;
  /** The `type` in the heading above. */
  readonly heading: string;
}

const blocks: readonly Block[] = [...page.matchAll(/^```json (\S+)\n(.*?)^```/gms)].map(
  ({ index, 1: label = "", 2: text = "" }) => ({
    label,
    text,
    heading: page.slice(0, index).match(/.*^### `([^`]+)`$/ms)?.[1] ?? "",
  }),
);
const labelled = (label: string): readonly Block[] => blocks.filter((block) => block.label === label);

const parts = new Map(
  blocks
    .filter(({ label }) => label.startsWith("part:"))
    .map(({ label, text }) => [`<${label.slice(5)}>`, text.trim()]),
);

/** An example with the shared parts put in. */
function whole(text: string): string {
  const once = text.replaceAll(/"(<[a-z]+>)"/g, (_, name: string) => {
    const part = parts.get(name);
    assert.ok(part !== undefined, `no shared part ${name}`);
    return whole(part);
  });
  return JSON.stringify(JSON.parse(once));
}

const schemas = {
  "<proof>": ProofIn,
  "<entry>": DirectoryEntryIn,
  "<member>": MemberIn,
  "<invite>": CallInviteIn,
} as const;

test("the shared parts are those of the schemas", () => {
  assert.deepEqual([...parts.keys()].toSorted(), Object.keys(schemas).toSorted());
  for (const [name, schema] of Object.entries(schemas)) {
    const result = schema.safeParse(JSON.parse(whole(parts.get(name) ?? "")));
    assert.ok(result.success, `${name}: ${result.error?.message}`);
  }
});

/** The types that a reply of this request can be of; of most there is one form alone. */
function formsOf(type: RequestType): readonly (string | undefined)[] {
  const { reply } = requests[type];
  return "options" in reply ? reply.options.flatMap(({ shape }) => [...shape.type.values]) : [undefined];
}

test("every request has an example of itself and of each form of its reply, under its own name, and nothing else has", () => {
  const types = Object.keys(requests) as RequestType[];
  const headings = (label: string): readonly string[] =>
    labelled(label)
      .map(({ heading }) => heading)
      .toSorted();
  assert.deepEqual(headings("request"), types.toSorted());
  assert.deepEqual(headings("reply"), types.flatMap((type) => formsOf(type).map(() => type)).toSorted());
});

for (const { heading, text } of labelled("request")) {
  test(`request ${heading}`, () => {
    const decoded = decodeRequest(whole(text));
    assert.ok(decoded.ok, decoded.ok ? "" : decoded.code);
    assert.equal(decoded.request.type, heading);
    const replies = labelled("reply").filter((block) => block.heading === heading);
    const forms = replies.map((reply) => {
      const message = decodeServerMessage(whole(reply.text));
      assert.ok(message?.kind === "reply" && message.id === decoded.request.id);
      const body = decodeReply(heading as RequestType, message.body);
      assert.notEqual(body, undefined);
      return (body as { readonly type?: string }).type;
    });
    assert.deepEqual(forms, formsOf(heading as RequestType));
  });
}

test("every event has an example under its own name, and nothing else has", () => {
  assert.deepEqual(
    labelled("event")
      .map(({ heading }) => heading)
      .toSorted(),
    Object.keys(events).toSorted(),
  );
});

for (const { heading, text } of labelled("event")) {
  test(`event ${heading}`, () => {
    const message = decodeServerMessage(whole(text));
    assert.ok(message?.kind === "event");
    assert.equal(message.event.type, heading);
  });
}

test("the error example is one", () => {
  const [example] = labelled("error");
  assert.equal(decodeServerMessage(whole(example?.text ?? ""))?.kind, "error");
});

test("no example is of an unknown kind", () => {
  const kinds = new Set(blocks.map(({ label }) => label.split(":")[0] ?? ""));
  assert.deepEqual(
    [...kinds].toSorted((a, b) => a.localeCompare(b)),
    ["error", "event", "part", "reply", "request"],
  );
});

test("every request says which errors it can give, and each is in the table", () => {
  const lines = [...page.matchAll(/^Errors: .*$/gm)].map(([line]) => line);
  assert.equal(lines.length, Object.keys(requests).length);
  const groups = "protocol|auth|proof|registration|user|call|delivery|media|connection|server";
  const messages = new Set([...Object.keys(requests), ...Object.keys(events)]);
  for (const [, code = ""] of page.matchAll(new RegExp(`\`((?:${groups})\\.[A-Za-z]+)\``, "g"))) {
    assert.ok(isErrorCode(code) || messages.has(code), code);
  }
  for (const line of lines)
    for (const [, code = ""] of line.matchAll(/`([^`]+)`/g)) assert.ok(isErrorCode(code), code);
});

test("the transcript table has every purpose with its fields in order, and explains each field", () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| [^|]+ \| ((?:`\w+`(?:, )?)+) \|$/gm)];
  const written = new Map(
    rows.map(([, purpose = "", fields = ""]) => [
      purpose,
      [...fields.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    ]),
  );
  // Of a person; a terminal that is nobody's yet has its own.
  const common = (purpose: string): string[] =>
    purpose === "terminal" ? [] : ["serverOrigin", "userId", "deviceId", "issuedAtMs"];
  const explained = new Map(
    [...page.matchAll(/^\| `(\w+)` \| (text|integer|bytes|texts|byteStrings) \|/gm)].map(([, name, type]) => [
      name,
      type,
    ]),
  );
  assert.deepEqual([...written.keys()], Object.keys(transcriptFields));
  for (const [purpose, fields] of Object.entries(transcriptFields)) {
    assert.deepEqual(
      [...common(purpose), ...(written.get(purpose) ?? [])],
      fields.map(([name]) => name),
    );
    for (const [name, type] of fields) assert.equal(explained.get(name), type, name);
  }
});

test("the annotated transcript is one, line by line", () => {
  const [, example = ""] = page.match(/^```hex leave\n(.*?)^```/ms) ?? [];
  const lines = example.trim().split("\n");
  const hex = lines.map((line) => line.split(/\s{2,}/)[0]?.replaceAll(" ", "") ?? "").join("");
  const transcript = decodeTranscript(Uint8Array.from(Buffer.from(hex, "hex")));
  assert.ok(transcript?.purpose === "leave");
  const values: Readonly<Record<string, unknown>> = transcript;
  const told = lines.slice(1).map((line) => line.split(/\s{2,}/)[1]?.split(" ") ?? []);
  assert.deepEqual(
    told.map(([name]) => name),
    transcriptFields.leave.map(([name]) => name),
  );
  for (const [name = "", value = ""] of told) assert.equal(JSON.stringify(values[name]), value);
});

for (const name of ["sign-in", "ring", "call-server", "call-member", "delivery"]) {
  test(`the diagram of ${name}.ts is on the page`, () => {
    const source = readFileSync(new URL(`../../src/machines/${name}.ts`, import.meta.url), "utf8");
    const [head = ""] = source.match(/\/\*\*.*?\*\//s) ?? [];
    const drawn = [...head.matchAll(/^ \* {3}(.+)$/gm)].map(([, line = ""]) => line.trimEnd());
    assert.ok(drawn.length > 2);
    const lines = new Set(page.split("\n"));
    for (const line of drawn) assert.ok(lines.has(line), line);
  });
}

test("the timings are those of the code", () => {
  const seconds = (ms: number): string => `${ms / 1000} s`;
  const table = new Map(
    [...page.matchAll(/^\| ([^|`]+) \| ([0-9][^|]* s) \|$/gm)].map(([, what, time]) => [what, time]),
  );
  const { retryMs, retryMostMs, pingMs, answerMs } = defaultSignInTimes;
  assert.deepEqual(Object.fromEntries(table), {
    ring: seconds(defaultCallTimes.ringMs),
    "member without connection until it has left": seconds(defaultCallTimes.lostMs),
    "a move, or a call whose device is bound elsewhere, until it is over": seconds(moveMs),
    "committer until the next one is asked": seconds(defaultCallTimes.commitMs),
    ping: seconds(pingMs),
    "answer to connection, hello, resume or ping": seconds(answerMs),
    reconnection: `${seconds(retryMs)}, doubling to ${seconds(retryMostMs)}`,
  });
  assert.ok(page.includes(`${maxMessageBytes} bytes`));
});
