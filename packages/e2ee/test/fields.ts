import { FieldReader } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

/** What a sealed document or a wrapped key is made of, in order. */
export function fieldsOf(bytes: Bytes): Bytes[] {
  const reader = new FieldReader(bytes, 0);
  const fields: Bytes[] = [];
  for (let field = reader.field(); field !== undefined; field = reader.field()) fields.push(field);
  return fields;
}
