import { SignetError } from "@signet/protocol";

/** @param why for whoever looks closer; the person reads the sentence of `media.badFile` */
export function badFile(why: string): SignetError {
  return new SignetError("media.badFile", new Error(why));
}
