/** Generated bodies about who is there. */
import fc from "fast-check";

import { userId, userIds } from "./message-parts.ts";

export const seenPerson = fc.oneof(
  fc.record({ userId, reachable: fc.boolean() }),
  fc.record({ userId, reachable: fc.constant(true), doing: fc.constantFrom("inCall", "doNotDisturb") }),
);
export const seenPeople = fc.record({ people: fc.array(seenPerson, { maxLength: 3 }) });
export const presenceChoice = fc.record({
  who: fc.constantFrom("everybody", "people", "nobody"),
  userIds,
  doNotDisturb: fc.boolean(),
});
