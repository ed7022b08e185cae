/** A personal document as it is shown: what this version knows of it. */
import { z } from "zod";

import { GroupId, UserId } from "../ids.ts";
import { decodeValue, groupFields, PastCall, personFields, settingFields } from "./contents.ts";
import type { PersonFields, Settings } from "./contents.ts";
import type { AddedCall } from "./change.ts";
import type { Item, PersonalDocument } from "./document.ts";
import { groupPath, inGroupField, personPath, settingsPath } from "./paths.ts";

export interface ListedPerson extends Partial<PersonFields> {
  readonly userId: UserId;
  readonly groupIds: readonly GroupId[];
}

export interface ListedGroup {
  readonly groupId: GroupId;
  readonly name: string;
}

export interface DocumentView {
  /** In the order of their user IDs. */
  readonly people: readonly ListedPerson[];
  readonly groups: readonly ListedGroup[];
  readonly settings: Partial<Settings>;
  /** Latest first. */
  readonly history: readonly AddedCall[];
}

export function viewDocument({ items, history }: PersonalDocument): DocumentView {
  const groups = listed(items, groupPath("")).flatMap(([key, item]): ListedGroup[] => {
    const groupId = GroupId.safeParse(key);
    const { name } = known(groupFields, item);
    return groupId.success && name !== undefined ? [{ groupId: groupId.data, name }] : [];
  });
  const people = listed(items, personPath("")).flatMap(([key, item]): ListedPerson[] => {
    const userId = UserId.safeParse(key);
    if (!userId.success) return [];
    const groupIds = groups.flatMap(({ groupId }) =>
      decodeValue(z.boolean(), item.fields.get(inGroupField(groupId))?.value) === true ? [groupId] : [],
    );
    return [{ userId: userId.data, groupIds, ...known(personFields, item) }];
  });
  const settings = items.get(settingsPath);
  return {
    people,
    groups,
    settings: settings === undefined ? {} : known(settingFields, settings),
    history: history.toReversed().flatMap(({ callId, startedAtMs, partMs, value }): AddedCall[] => {
      const past = decodeValue(PastCall, value);
      return past === undefined ? [] : [{ callId, startedAtMs, partMs, ...past }];
    }),
  };
}

function listed(items: PersonalDocument["items"], prefix: string): [key: string, item: Item][] {
  return [...items]
    .filter(([path, { fields }]) => path.startsWith(prefix) && fields.size > 0)
    .map(([path, item]): [string, Item] => [path.slice(prefix.length), item])
    .sort(([a], [b]) => (a > b ? 1 : -1));
}

function known<S extends Readonly<Record<string, z.ZodType>>>(
  schemas: S,
  { fields }: Item,
): { readonly [K in keyof S]?: z.output<S[K]> } {
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const value = decodeValue(schema, fields.get(name)?.value);
    if (value !== undefined) values[name] = value;
  }
  return values as { [K in keyof S]?: z.output<S[K]> };
}
