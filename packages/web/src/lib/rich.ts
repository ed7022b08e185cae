import type { ComponentChild, ComponentChildren } from "preact";

/** Of the private use area, which no name may have (Unicode category Co). */
const firstPlace = 0xe000;
const places = /([\u{E000}-\u{E00F}])/u;

/**
 * A whole sentence with elements in it, wherever its language puts them: `rich(texts().common.aboutWhom, <b>{userId}</b>)`. What is given as
 * a string stands as every string in a sentence.
 */
export function rich<Args extends readonly string[]>(
  text: (...args: Args) => string,
  ...elements: { readonly [Place in keyof Args]: ComponentChild }
): ComponentChildren {
  const given: readonly ComponentChild[] = elements;
  const inserts = given.map((element, place) =>
    typeof element === "string" ? element : String.fromCodePoint(firstPlace + place),
  );
  return text(...(inserts as unknown as Args))
    .split(places)
    .map((part) => (places.test(part) ? given[(part.codePointAt(0) ?? 0) - firstPlace] : part));
}
