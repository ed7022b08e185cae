/** Requests for the sealed document of whoever is signed in (docs/protocol.md, "The personal document"). A server keeps it unread. */
import { z } from "zod";

import { wireBytes } from "../proof.ts";
import { done, nothing } from "./shared.ts";

/** Of a sealed document: 256 KiB, the largest of its sizes, a server origin of 256 bytes, and the rest of the head. */
export const mostSealedBytes = 262_144 + 1_024;
/** Of a wrapped key, with a server origin of 256 bytes. */
export const mostWrappedBytes = 1_024;
/** A person's devices, terminals that were approved, and a recovery phrase. With the document they fit into a message. */
export const mostWrappedKeys = 64;

export const DocumentVersion = z.number().int().min(1);
const document = {
  /** As the terminal counts: each that takes the place of another has a higher one. */
  version: DocumentVersion,
  sealed: wireBytes(mostSealedBytes, 1),
  wrappedKeys: z.array(wireBytes(mostWrappedBytes, 1)).max(mostWrappedKeys),
};

export const documentRequests = {
  "document.get": {
    body: nothing,
    /** Without `document` nothing is kept. */
    reply: z.object({ document: z.object(document).optional() }),
  },
  /** Takes the place of the version `replaces`, 0 where none is kept; refused where another one is. */
  "document.put": {
    body: z.strictObject({ ...document, replaces: z.number().int().min(0) }),
    reply: done,
  },
} as const;
