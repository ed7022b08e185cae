/** Of signatures of documents by certificate (CMS). */
import { error } from "./error-info.ts";

export const cmsErrors = {
  "cms.malformed": error("protocol"),
  "cms.attached": error("user"),
  "cms.signers": error("user"),
  "cms.attributes": error("user"),
  "cms.algorithm": error("user"),
  "cms.signer": error("protocol"),
  "cms.otherDocument": error("user"),
  "cms.documentNeeded": error("user"),
  "cms.signature": error("protocol"),
  "cms.signingTime": error("user"),
} as const;
