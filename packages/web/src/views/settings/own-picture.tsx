/** The small picture that others see beside one's name: chosen, and taken away. */
import type { UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useRef } from "preact/hooks";

import { FailureNotice } from "../../components/failure-notice.tsx";
import { HowToLink } from "../../components/help-link.tsx";
import { TouchDialog } from "../../components/touch-prompt.tsx";
import { useModel } from "../../model.ts";

export function OwnPicture({ userId }: { userId: UserId }) {
  const model = useModel();
  const input = useRef<HTMLInputElement>(null);
  const text = texts().pictures;
  const has = model.pictureOf(userId) !== undefined;
  const isBusy = model.pending.value !== undefined;
  const choose = (file: File | undefined): void => {
    if (input.current !== null) input.current.value = "";
    if (file === undefined) return;
    void model.choosePicture(file).then((isDone) => {
      if (isDone) model.announcement.value = texts().pictures.isChosen;
      void model.lookAtOwnPicture();
    });
  };
  return (
    <>
      <h3>{text.title}</h3>
      <p>{text.hint}</p>
      <HowToLink topic="picture" />
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        aria-label={text.choose}
        onChange={(event) => choose(event.currentTarget.files?.[0])}
      />
      <div class="row">
        <button
          type="button"
          class="button quiet small"
          disabled={isBusy}
          onClick={() => input.current?.click()}
        >
          {has ? text.chooseAnother : text.choose}
        </button>
        {has && (
          <button
            type="button"
            class="button quiet small"
            disabled={isBusy}
            onClick={() => void model.removePicture().then(() => model.lookAtOwnPicture())}
          >
            {text.remove}
          </button>
        )}
      </div>
      <FailureNotice actions={["picture"]} />
      {model.pending.value?.type === "picture" && (
        <TouchDialog title={texts().common.touchSignedIn} text={text.signs} onCancel={model.cancel} />
      )}
    </>
  );
}
