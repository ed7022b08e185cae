/**
 * Whether the person at the terminal has to decide first who somebody is: until then it speaks for nobody, and against nobody either.
 * @param code also one that is not known here
 */
export const isUndecided = (code: string): boolean =>
  code === "directory.keyChanged" || code === "directory.otherThanCompared";
