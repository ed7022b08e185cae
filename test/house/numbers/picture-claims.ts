/** What the documents say of pictures of people. */
import { inDocument } from "./claim.ts";
import { named } from "./code.ts";

const side = named("protocol", "pictureSidePx");
inDocument("docs/protocol.md")("a JPEG of {} × {} pixels", side, side);
inDocument("docs/protocol.md")(
  "Of {} people at most: those who chose one",
  named("protocol", "mostPictures"),
);
inDocument("docs/decisions/074-pictures.md")("A JPEG of {} pixels in each direction", side);
inDocument("docs/decisions/074-pictures.md")(
  "in each direction, {} bytes at most",
  named("protocol", "longestPicture"),
);
inDocument("docs/decisions/074-pictures.md")(
  "At most {} people within that hour",
  named("web", "mostPictured"),
);
