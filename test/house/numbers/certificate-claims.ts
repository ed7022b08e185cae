/** What the documents say of certificates. */
import { inDocument } from "./claim.ts";
import { found, named } from "./code.ts";

const certificates = inDocument("docs/certificates.md");
certificates("| at most {} bytes |", named("device", "largestCertificateBytes"));
certificates("in version 3, of at most {} bytes", named("device", "largestCertificateBytes"));
certificates(
  "The whole has at most {} bytes",
  (found("device", /export const mostCertificates = (\d+)/) + 1) * named("device", "largestCertificateBytes"),
);
certificates(
  "nothing nests deeper than {} levels",
  found("device", /exhausting the stack[^;]+ deepest = (\d+);/),
);
certificates("RSA of {} to {} bits", named("device", "leastRsaBits"), named("device", "mostRsaBits"));
certificates("a salt of {} bytes or more", named("device", "usualSaltBytes"));
const shown = named("device", "longestShown");
certificates("of more than {} characters stand the first {}", shown, shown - 1);
certificates(
  "with at most {} certificates between",
  found("device", /export const mostCertificates = (\d+)/) - 1,
);
