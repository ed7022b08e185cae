/**
 * Text of PKCS#11 without what it is filled up with. Fixed fields are filled with blanks (section 2.1 of the base specification);
 * many modules fill with zeros instead, or copy a text with the zero that ends it and leave what was behind.
 */
export function fixedText(field: string): string {
  const end = field.indexOf("\0");
  return (end < 0 ? field : field.slice(0, end)).trim();
}
