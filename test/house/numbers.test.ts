/**
 * Limits, times, sizes and ports in the documents are those of the code. Each number in a document is either one of
 * `numbers/claims.ts`, which names where in the code it stands, or of a kind that the code does not have.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { allClaims } from "./numbers/claims.ts";
import type { Claim } from "./numbers/claims.ts";
import { root } from "./numbers/code.ts";
import { isOfNoConstant } from "./numbers/other-numbers.ts";

const words = [
  "no",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];
const aNumber = String.raw`(\d[\d,]*(?:\.\d+)?(?:\^\d+)?|${words.join("|")})`;

/** `524,288`, `0.25`, `2^32` and `three`. */
function read(text: string): number {
  const word = words.indexOf(text);
  if (word >= 0) return word;
  const [base = "", power] = text.replaceAll(",", "").split("^");
  return power === undefined ? Number(base) : Number(base) ** Number(power);
}

interface Found {
  readonly at: number;
  readonly text: string;
}

/** What `document` says, in the sentence of a claim: for each time that it stands there, its numbers. */
function said(text: string, { sentence }: Pick<Claim, "sentence">): Found[][] {
  const escaped = sentence
    .split("{}")
    .map((part) =>
      part.replaceAll(/[.*+?^$()[\]|\\{}]/g, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s+`),
    );
  return [...text.matchAll(new RegExp(escaped.join(aNumber), "dg"))].map((match) =>
    match.slice(1).map((number, place) => ({ at: match.indices?.[place + 1]?.[0] ?? -1, text: number })),
  );
}

/** @returns what is wrong, in a line each */
function faultsOf(text: string, claim: Claim): string[] {
  const { document, sentence, values } = claim;
  const places = said(text, claim);
  if (places.length === 0) return [`${document} no longer says "${sentence}": say it, or change the claim`];
  return places.flatMap((numbers) =>
    numbers.flatMap(({ text: number }, place) =>
      read(number) === values[place]
        ? []
        : [`${document} says ${number} in "${sentence}", and the code has ${values[place]}`],
    ),
  );
}

/** The page of errors is generated. Sizes of packages were measured, and their versions are compared below. */
const apart = ["docs/errors.md", "docs/dependencies.md"];
const documents = globSync(["README.md", "docs/*.md"], { cwd: root }).filter((name) => !apart.includes(name));
const textOf = (document: string): string => readFileSync(join(root, document), "utf8");

/** Numbers in the sentences, tables and diagrams of a document that no claim speaks of. */
function unclaimed(document: string, text: string): string[] {
  const claimed = new Set(
    allClaims
      .filter((claim) => claim.document === document)
      .flatMap((claim) => said(text, claim).flat())
      .map(({ at }) => at),
  );
  const blank = (part: string): string => part.replaceAll(/\d/g, " ");
  // Examples of commands, configurations and messages (their schemas check these); not the diagrams of the protocol.
  const examples = document === "docs/protocol.md" ? /^```(?!text$)\w.*?^```$/gms : /^ *```\w.*?^ *```$/gms;
  const prose = text
    .replaceAll(examples, blank)
    // Where links lead, and the numbers of lists.
    .replaceAll(/\]\([^)]*\)/g, blank)
    .replaceAll(/^ *\d+\. /gm, blank);
  return [...prose.matchAll(/(?<![\w.,#-])\d+(?:,\d{3})*(?:\.\d+)?(?:\^\d+)?(?!\w|\.\d)/g)]
    .filter(({ index }) => !claimed.has(index) && !isOfNoConstant(document, prose, index))
    .map(({ 0: number, index }) => {
      const line = prose.slice(0, index).split("\n").length;
      return `${document}:${line}: ${number} in "${prose.slice(Math.max(0, index - 40), index + 40).replaceAll("\n", " ")}"`;
    });
}

describe("the numbers in the documents", () => {
  test("are those of the code", () => {
    const faults = allClaims.flatMap((claim) => faultsOf(textOf(claim.document), claim));
    assert.deepEqual(faults, []);
  });

  for (const document of documents) {
    test(`all of ${document} are looked at`, () => {
      assert.deepEqual(
        unclaimed(document, textOf(document)),
        [],
        "say in test/house/numbers/claims.ts where the code has them, or in other-numbers.ts that it has none",
      );
    });
  }
});

test("docs/dependencies.md names every dependency that package.json files name, in its version", () => {
  const named = new Map<string, string>();
  for (const [, names = "", version = ""] of textOf("docs/dependencies.md").matchAll(
    /^\| ((?:`[^`]+`(?:, )?)+) ([\d.]+)/gm,
  ))
    for (const name of names.split(", ")) named.set(name.replaceAll("`", ""), version);
  const files = globSync(["package.json", "{packages/*,test/*,bench,examples}/package.json"], { cwd: root });
  const used = files.flatMap((file) => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(textOf(file)) as Record<
      string,
      Record<string, string> | undefined
    >;
    return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
  });
  const others = used.filter(([name]) => !name.startsWith("@signet/"));
  assert.ok(others.length > 20);
  assert.deepEqual(new Map(others), named);
});

describe("the check of numbers sees", () => {
  const claim: Claim = { document: "x.md", sentence: "waits {} s, then {} times", values: [0.25, 3] };
  test("what is right, also across lines, with words and with commas", () => {
    assert.deepEqual(faultsOf("It waits 0.25 s,\nthen three times.", claim), []);
    assert.deepEqual(
      faultsOf("up to 2^32 - 1", { document: "x.md", sentence: "up to {} - 1", values: [2 ** 32] }),
      [],
    );
    assert.deepEqual(
      faultsOf("take 4,096 bytes", { document: "x.md", sentence: "take {} bytes", values: [4096] }),
      [],
    );
  });

  test("a number that changed, on either side, in any of the places where it stands", () => {
    assert.match(faultsOf("waits 0.5 s, then 3 times", claim)[0] ?? "", /says 0\.5 .* the code has 0\.25/);
    assert.match(
      faultsOf("waits 0.25 s, then 3 times; waits 0.25 s, then 4 times", claim)[0] ?? "",
      /says 4/,
    );
    assert.match(faultsOf("waits 0.25 s", claim)[0] ?? "", /no longer says/);
  });

  test("a number that nobody claims", () => {
    const [document = ""] = documents;
    assert.equal(unclaimed(document, `${textOf(document)}\nAnd 17 s after that.\n`).length, 1);
  });
});
