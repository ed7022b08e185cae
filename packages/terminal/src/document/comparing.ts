/** Comparing in person: what both read to each other, and that it was the same. */
import { comparisonCode, headOf, statedHead } from "@signet/device";
import { comparisonUrl, SignetError } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import type { Session } from "../session/session.ts";
import type { Comparable } from "./personal-api.ts";

interface ComparingShell {
  readonly session: Session;
  readonly serverOrigin: string;
  readonly directory: Pick<Directory, "lookup">;
}

/** Over both histories as the server shows them now. @throws SignetError `call.self`, `user.unknown`, and why theirs is not believed */
export async function comparable(
  { directory, serverOrigin, session }: ComparingShell,
  userId: UserId,
): Promise<Comparable> {
  session.requireSignedIn();
  const { known, userId: self } = session.requirePerson();
  if (userId === self) throw new SignetError("call.self");
  const [found] = await directory.lookup([userId]);
  if (found?.entry === undefined) throw new SignetError(found?.refused ?? "user.unknown");
  const { displayName = userId, entry } = found;
  const [head, ownHead] = [await statedHead(entry), headOf(known.person)];
  const code = await comparisonCode(serverOrigin, { userId: self, head: ownHead }, { userId, head });
  return { userId, displayName, code, url: comparisonUrl(serverOrigin, self, code), head, ownHead };
}
