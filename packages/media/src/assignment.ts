/**
 * Gives the senders of a call to the slots of one receiver. Who has a slot keeps it as long as they are in `active`;
 * newcomers take the lowest free one; with more senders than slots the first of `active` win.
 * @param owners the slots as they are; undefined is free
 * @param active who is to be heard, without the receiver, no duplicates
 */
export function assignSlots<Id>(
  owners: readonly (Id | undefined)[],
  active: readonly Id[],
): (Id | undefined)[] {
  const wanted = new Set(active);
  const next: (Id | undefined)[] = owners.map((owner) =>
    owner !== undefined && wanted.has(owner) ? owner : undefined,
  );
  for (const owner of next) if (owner !== undefined) wanted.delete(owner);
  let slot = 0;
  for (const id of wanted) {
    while (slot < next.length && next[slot] !== undefined) slot++;
    if (slot === next.length) break;
    next[slot] = id;
  }
  return next;
}
