import { listOfNames } from "@signet/words";
import { texts } from "@signet/words/page";

import { Modal } from "../components/modal.tsx";
import { useModel } from "../model.ts";

/** Before a second call to somebody who is in one that can be joined. */
export function JoinOffered() {
  const model = useModel();
  const offer = model.joinOffer.value;
  if (offer === undefined) return null;
  const { choose, inside } = offer;
  const text = texts().home;
  return (
    <Modal
      labelledBy="join-offer-title"
      describedBy="join-offer-text"
      class="question"
      onEscape={() => choose("neither")}
    >
      <h2 id="join-offer-title">{text.alreadyIn(listOfNames(inside.map(model.nameOf)))}</h2>
      <p id="join-offer-text">{text.alreadyInText}</p>
      <div class="row">
        <button type="button" class="button quiet" onClick={() => choose("neither")}>
          {texts().common.cancel}
        </button>
        <button type="button" class="button quiet" onClick={() => choose("anew")}>
          {text.callAnew}
        </button>
        <button type="button" class="button primary" autofocus onClick={() => choose("join")}>
          {text.join}
        </button>
      </div>
    </Modal>
  );
}
