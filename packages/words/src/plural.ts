/** Forms of a word by number, as {@link Intl.PluralRules} tells them apart. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string }>;

/** @returns `1 person`, `3 people`; with `#` in a form the number stands there */
export function countingIn(locale: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(locale);
  return (count, forms) => {
    const form = forms[rules.select(count)] ?? forms.other;
    return form.includes("#") ? form.replace("#", String(count)) : `${count} ${form}`;
  };
}
