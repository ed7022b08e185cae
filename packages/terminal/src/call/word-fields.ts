/** Contents of words are fields, each with its length. */
import { FieldReader } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

/** @returns undefined for what is no sequence of whole fields */
export function fieldsOf(bytes: Bytes): readonly Bytes[] | undefined {
  const reader = new FieldReader(bytes, 0);
  const fields: Bytes[] = [];
  while (!reader.atEnd) {
    const field = reader.field();
    if (field === undefined) return undefined;
    fields.push(field);
  }
  return fields;
}
