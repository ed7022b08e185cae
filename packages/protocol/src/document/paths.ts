/** Where things stand in a personal document. */
import type { Item } from "./document.ts";

export const personPath = (userId: string): string => `people/${userId}`;
export const groupPath = (groupId: string): string => `groups/${groupId}`;
export const settingsPath = "settings";
/** Whom the key is wrapped for. */
export const holderPath = (name: string): string => `holders/${name}`;
/** By ID. */
export const keyPath = (keyId: string): string => `keys/${keyId}`;

/** Of a person: when they were put on the list, so that they are there without anything else written of them. */
export const addedField = "addedAtMs";
/** Of a person, for each group: whether they are in it. One field for each, so that two terminals can change two of them. */
export const inGroupField = (groupId: string): string => `groups/${groupId}`;

/** Not one that is only remembered as removed. */
export const isListed = (item: Item | undefined): boolean => item !== undefined && item.fields.size > 0;
