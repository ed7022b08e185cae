/** Where the page stands that verifies files. */
export const verifyPath = "/verify";

export const isVerifyPath = (pathname: string): boolean => pathname === verifyPath;
