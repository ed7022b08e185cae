/** The sealed document of whoever asks, and nobody else's. It is kept as it came: the server has no key to it. */
import { accept, refuse } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const documentGet: Handler<"document.get", SignedInAsker> = async (
  { store },
  { session },
  _body,
  respond,
) => {
  const document = await store.documentOf(session.stored.userId);
  respond(
    accept(
      document === undefined ? {} : { document: { ...document, wrappedKeys: [...document.wrappedKeys] } },
    ),
  );
};

export const documentPut: Handler<"document.put", SignedInAsker> = async (
  { documents, sessions, store },
  { session },
  { replaces, ...document },
  respond,
) => {
  const { userId } = session.stored;
  // Else two terminals could mean two documents by one number.
  if (document.version <= replaces) return respond(refuse("protocol.badMessage"));
  if (!documents.take(userId)) return respond(refuse("protocol.askedTooMuch"));
  const result = await store.putDocument(userId, document, replaces);
  if (result !== "kept") return respond(refuse("document.outrun"));
  respond(accept({}));
  for (const other of sessions.of(userId))
    if (other !== session && other.endpoint?.hasFeature("documents") === true)
      other.endpoint.send({ type: "document.changed", body: { version: document.version } });
};
