/** What others' programs verify of a resolution: the signatures of the document itself, and of a text the bytes that were signed. */
import type { CallView, ShownResolution } from "@signet/terminal";
import { texts } from "@signet/words/page";

import { nameIn } from "../lib/resolutions.ts";
import { saveFile } from "../lib/save-file.ts";
import { useModel } from "../model.ts";

interface DocumentSignaturesProps {
  call: CallView;
  resolution: ShownResolution;
}

export function DocumentSignatures({ call, resolution }: DocumentSignaturesProps) {
  const { terminal } = useModel();
  const words = texts().resolutions;
  const { cms, id, number, proposer, subject } = resolution;
  if (cms.length === 0) return null;
  const nameOf = nameIn(call);
  const name = `signet-resolution-${call.callId}-${number}-${proposer}`;
  const save = async (userId: string): Promise<void> => {
    const found = (await terminal.resolutions.signatures(id)).find((one) => one.userId === userId);
    if (found === undefined) return;
    saveFile(`${name}.${userId}.p7s`, new Blob([found.cms], { type: "application/pkcs7-signature" }));
  };
  return (
    <>
      <div class="row">
        {cms.map(({ userId }) => (
          <button key={userId} type="button" class="button quiet small" onClick={() => void save(userId)}>
            {words.saveCms(nameOf(userId))}
          </button>
        ))}
        {subject.type === "text" && (
          <button
            type="button"
            class="button quiet small"
            onClick={() => saveFile(`${name}.txt`, new Blob([subject.text], { type: "text/plain" }))}
          >
            {words.saveSignedText}
          </button>
        )}
      </div>
      <p class="hint">{words.cmsHint}</p>
    </>
  );
}
