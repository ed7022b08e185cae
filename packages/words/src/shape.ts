/** What another language has to have: the same texts, each with the same arguments. */
export type Shape<Texts> = Texts extends string
  ? string
  : Texts extends (...args: infer Args) => string
    ? (...args: Args) => string
    : Texts extends readonly string[]
      ? readonly string[]
      : { readonly [Name in keyof Texts]: Shape<Texts[Name]> };
