/** Numbers about guests. */
import { inDocument } from "./claim.ts";
import { found, named } from "./code.ts";

const protocol = inDocument("docs/protocol.md");
const guestLetters = found("protocol", /~\[a-z2-7\]\{(\d+)\}/);
protocol("`~` and {} characters `[a-z2-7]`", guestLetters);
protocol("{} to {} UTF-16 units: letters, marks, numbers", 1, named("protocol", "longestGuestName"));
protocol(
  "A call has {} of them at a time, and {} guests",
  named("server", "mostOpenLinks"),
  named("protocol", "mostGuests"),
);
const linkedCharacters = named("protocol", "linkedCharacters");
protocol(
  "a code of {} characters as for [a device elsewhere](#adding-a-device-elsewhere). The first {} ({} bits) stand in the link `<server origin>/guest#<{} characters>`, the other {} are spoken",
  named("protocol", "codeCharacters"),
  linkedCharacters,
  linkedCharacters * 5,
  linkedCharacters,
  named("protocol", "codeCharacters") - linkedCharacters,
);
