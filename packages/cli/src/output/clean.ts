import { joinersInPlace } from "@signet/terminal";

const hidden = new RegExp(
  String.raw`(${joinersInPlace.source})|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]`,
  joinersInPlace.flags,
);

/**
 * Text from others as a terminal window may show it. Display names have no control characters when they were verified; what is
 * printed is cleaned all the same, since an escape sequence could rewrite what the person reads: C0 and C1, and the marks that
 * turn the direction of writing or hide themselves (Unicode categories Cc, Cf, Zl, Zp, Cs and Co), but for joiners where letters and
 * pictures need them.
 */
export function clean(text: string): string {
  return text.replaceAll(hidden, (_, inPlace?: string) => inPlace ?? "\u{FFFD}");
}
