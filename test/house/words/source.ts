/** What is found in source text by its syntax tree (oxc's parser): texts that people would read, and what a catalogue says. */
import { readFileSync } from "node:fs";

import { parseSync } from "oxc-parser";

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [name: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

export interface Source {
  readonly path: string;
  readonly text: string;
  readonly program: Node;
}

export function readSource(path: string, text = readFileSync(path, "utf8")): Source {
  const { errors, program } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  return { path, text, program: program as unknown as Node };
}

function childrenOf(node: Node): Node[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

/** Every node, with those around it from the outermost inwards. @param visit false: not into this one */
function walk(
  node: Node,
  visit: (node: Node, around: readonly Node[]) => boolean | void,
  around: readonly Node[] = [],
): void {
  if (visit(node, around) === false) return;
  const inner = [...around, node];
  for (const child of childrenOf(node)) walk(child, visit, inner);
}

const nameOf = (node: unknown): string => {
  if (!isNode(node)) return "";
  const { key, name, property, value } = node;
  if (typeof name === "string") return name;
  if (typeof value === "string") return value;
  return nameOf(property ?? key);
};

/** Attributes that people read or hear. */
const readAttributes =
  /^(alt|aria-(label|description|roledescription|valuetext|placeholder)|content|hint|label|placeholder|text|title)$/;
/** Attributes of which nobody reads anything. */
const silentAttributes = /^(class|d|key|style|transform|viewBox)$/;
/** Their arguments are selectors, queries, or for whoever reads a stack trace. */
const silentCalls =
  /^(Error|SignetError|TypeError|RegExp|closest|matchMedia|matches|querySelector|querySelectorAll|raw|split|join)$/;
const words = /\p{L}{2,}[’'”"]?[,.:;!?…]* +[“"'(]?\p{L}/u;
const capitalised = /^\p{Lu}\p{Ll}+[.!?…]?$/u;
const sentence = /\p{L}{2}[.!?。！？]$/u;
const han = /\p{Script=Han}/u;

export interface FoundText {
  readonly line: number;
  readonly text: string;
}

/** Texts that people would read: of JSX, of attributes, and whatever looks like a sentence, a clause, or a word with a capital. */
export function textsIn({ program, text: source }: Source): readonly FoundText[] {
  const found: FoundText[] = [];
  const add = (node: Node, text: string): void => {
    found.push({
      line: source.slice(0, node.start).split("\n").length,
      text: text.trim().replaceAll(/\s+/g, " "),
    });
  };
  walk(program, (node, around) => {
    const parent = around.at(-1);
    if (/^(Import|Export(All|Named))Declaration$/.test(node.type) && isNode(node["source"])) return false;
    if (node.type.startsWith("TS") && !/^TS(As|Satisfies|NonNull)/.test(node.type)) return false;
    if (node.type === "JSXAttribute" && silentAttributes.test(nameOf(node["name"]))) return false;
    if (
      (node.type === "CallExpression" || node.type === "NewExpression") &&
      silentCalls.test(nameOf(node["callee"]))
    )
      return false;
    // What is typed is the same in each language.
    if (node.type === "Property" && /^(examples|operands)$/.test(nameOf(node["key"]))) return false;
    if (node.type === "AssignmentExpression" && nameOf(node["left"]) === "name") return false;
    if (node.type === "TaggedTemplateExpression" && silentCalls.test(nameOf(node["tag"]))) return false;
    if (node.type === "JSXText" && /\p{L}/u.test(String(node["value"]))) add(node, String(node["value"]));
    const text =
      node.type === "Literal" && typeof node["value"] === "string"
        ? node["value"]
        : node.type === "TemplateLiteral"
          ? (node["quasis"] as readonly { value: { cooked: string } }[])
              .map(({ value }) => value.cooked)
              .join("x")
          : undefined;
    // What stands between two texts is another one in each language.
    if (node.type === "TemplateLiteral" && parent?.type !== "TaggedTemplateExpression") {
      const quasis = node["quasis"] as readonly { value: { cooked: string } }[];
      if (quasis.slice(1, -1).some(({ value }) => /^[.,:;!?] $/.test(value.cooked))) add(node, String(text));
    }
    if (text === undefined || !/\p{L}/u.test(text)) return undefined;
    // Compared, looked up, or the name of a field: what people read is neither.
    if (parent !== undefined && /^(BinaryExpression|SwitchCase|MemberExpression)$/.test(parent.type))
      return undefined;
    if (parent?.type === "Property" && parent["key"] === node) return undefined;
    const isRead =
      parent?.type === "JSXAttribute" && readAttributes.test(nameOf(parent["name"]))
        ? !/^[a-z-]+$/.test(text) || text.includes(" ")
        : words.test(text) || capitalised.test(text) || sentence.test(text) || han.test(text);
    if (isRead) add(node, text);
    return undefined;
  });
  return found;
}

export interface CatalogueText {
  /** `call.touchAdd`. */
  readonly path: string;
  /** What is put into it; undefined where it is a text alone. */
  readonly inserts: readonly string[] | undefined;
  /** Of these the ones that are put in. */
  readonly used: readonly string[];
}

/** The texts of one catalogue file, by the names under which they are exported. */
export function catalogueTexts({ program }: Source): readonly CatalogueText[] {
  const found: CatalogueText[] = [];
  const read = (node: Node, path: readonly string[]): void => {
    const inner = node["expression"];
    if (/^(TS|Parenthesized)/.test(node.type) && isNode(inner)) return read(inner, path);
    if (node.type === "ObjectExpression") {
      for (const property of childrenOf(node))
        if (isNode(property["value"])) read(property["value"], [...path, nameOf(property["key"])]);
      return undefined;
    }
    if (node.type === "ArrayExpression")
      return childrenOf(node).forEach((element, place) => read(element, [...path, String(place)]));
    if (node.type === "ArrowFunctionExpression") found.push({ path: path.join("."), ...insertsOf(node) });
    else if (node.type === "Literal") found.push({ path: path.join("."), inserts: undefined, used: [] });
    return undefined;
  };
  walk(program, (node, around) => {
    if (node.type !== "VariableDeclarator" || around.at(-2)?.type !== "ExportNamedDeclaration")
      return undefined;
    if (isNode(node["init"])) read(node["init"], [nameOf(node["id"])]);
    return false;
  });
  return found;
}

function insertsOf(arrow: Node): Pick<CatalogueText, "inserts" | "used"> {
  const inserts: string[] = [];
  for (const param of arrow["params"] as readonly Node[])
    walk(param, (node) => {
      if (node.type.startsWith("TS")) return false;
      if (node.type === "Property") inserts.push(nameOf(node["key"]));
      else if (node.type === "Identifier") inserts.push(nameOf(node));
      return node.type !== "Property";
    });
  const used: string[] = [];
  walk(arrow["body"] as Node, (node) => {
    if (node.type === "Identifier" && inserts.includes(nameOf(node))) used.push(nameOf(node));
    return undefined;
  });
  return { inserts: inserts.toSorted(), used: [...new Set(used)].toSorted() };
}

/** Sentences in which something is put without the tag that isolates it (`say`), as they begin. */
export function untagged({ program }: Source): readonly string[] {
  const found: string[] = [];
  walk(program, (node, around) => {
    if (node.type !== "TemplateLiteral" || around.at(-1)?.type === "TaggedTemplateExpression")
      return undefined;
    const [first] = node["quasis"] as readonly { value: { cooked: string } }[];
    if ((node["expressions"] as readonly unknown[]).length > 0) found.push(first?.value.cooked ?? "");
    return undefined;
  });
  return found;
}

/** The parts of texts as they are written, without what is put in. */
export function writtenParts({ program }: Source): readonly string[] {
  const found: string[] = [];
  walk(program, (node) => {
    if (node.type.startsWith("Import") || /^TS(Type|Indexed|Literal)/.test(node.type)) return false;
    if (node.type === "Literal" && typeof node["value"] === "string") found.push(node["value"]);
    if (node.type === "TemplateElement") found.push((node["value"] as { cooked: string }).cooked);
    return undefined;
  });
  return found;
}

export interface Mentions {
  /** Parts of the catalogue that are asked for: `texts().call` mentions `call`. */
  readonly parts: ReadonlySet<string>;
  /** Every name of a field, taken out or given as a string. */
  readonly names: ReadonlySet<string>;
}

/** @param ask the function that gives the catalogue */
export function mentionsIn({ program }: Source, ask: string): Mentions {
  const parts = new Set<string>();
  const names = new Set<string>();
  walk(program, (node) => {
    const isPart =
      node.type === "MemberExpression" &&
      isNode(node["object"]) &&
      node["object"].type === "CallExpression" &&
      nameOf(node["object"]["callee"]) === ask;
    if (isPart) parts.add(nameOf(node["property"]));
    if (node.type === "MemberExpression") names.add(nameOf(node["property"]));
    if (node.type === "Property") names.add(nameOf(node["key"]));
    if (node.type === "Literal" && typeof node["value"] === "string") names.add(node["value"]);
    if (node.type === "VariableDeclarator" && isNode(node["init"]) && nameOf(node["init"]["callee"]) === ask)
      walk(node["id"] as Node, (inner) => {
        if (inner.type === "Property") parts.add(nameOf(inner["key"]));
      });
    return undefined;
  });
  return { parts, names };
}
