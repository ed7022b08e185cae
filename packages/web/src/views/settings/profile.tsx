/** Who one is here, and what others see of it. */
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { PersonAvatar } from "../../components/person-avatar.tsx";
import { FailureNotice } from "../../components/failure-notice.tsx";
import { TouchDialog } from "../../components/touch-prompt.tsx";
import { useModel } from "../../model.ts";
import { RenamePerson } from "../change-device.tsx";
import { OwnLink } from "./own-link.tsx";
import { OwnPicture } from "./own-picture.tsx";

export function Profile() {
  const model = useModel();
  const [renaming, setRenaming] = useState(false);
  const session = model.session.value;
  if (session.status !== "signedIn") return null;
  const { device, displayName, userId } = session;
  return (
    <section class="card" aria-labelledby="profile-title">
      <h2 id="profile-title">{texts().settings.titles.profile}</h2>
      <p>{texts().settings.othersSee}</p>
      <div class="as-seen">
        <PersonAvatar userId={userId} name={displayName} />
        <div>
          <p>
            <bdi>{displayName}</bdi>
          </p>
          <p class="user-id">{userId}</p>
          <p class="hint">{texts().settings.provenBy(texts().devices.kindsInSentence[device.kind])}</p>
        </div>
      </div>
      <div class="row">
        <button type="button" class="button quiet small" onClick={() => setRenaming(true)}>
          {texts().home.changeName}
        </button>
      </div>
      <FailureNotice actions={["rename"]} />
      <p class="hint">{texts().settings.idStays}</p>
      <OwnPicture userId={userId} />
      <OwnLink userId={userId} />
      {renaming && <RenamePerson name={displayName} onClose={() => setRenaming(false)} />}
      {model.pending.value?.type === "rename" && (
        <TouchDialog
          title={texts().common.touchSignedIn}
          text={texts().home.signsName}
          onCancel={model.cancel}
        />
      )}
    </section>
  );
}
