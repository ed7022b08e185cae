import { SignetError } from "@signet/protocol";

/** @param why what is wrong, in the terms of the format: a detail beside the sentence of `media.badFile` */
export function badFile(why: string): SignetError {
  return new SignetError("media.badFile", new Error(why));
}

/** @param name of the format, as it is known by */
export function otherFormat(name: string): SignetError {
  return new SignetError("media.otherFormat", new Error(name));
}
