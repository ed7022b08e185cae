import { PersonId } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useRef, useState } from "preact/hooks";

import { Modal } from "../components/modal.tsx";
import { TextField } from "../components/text-field.tsx";
import { whyNoUserId } from "../lib/user-ids.ts";
import { useModel } from "../model.ts";

/** By user ID; without a connection, too, and then with the user ID alone. */
export function AddPerson({ onClose }: { onClose: () => void }) {
  const model = useModel();
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string>();
  const [isAsking, setIsAsking] = useState(false);
  const text = texts().people;
  const isGivenUp = useRef(false);
  // Known at once: the dialog goes only when the page is drawn again, and an answer may come before.
  const giveUp = (): void => {
    isGivenUp.current = true;
    onClose();
  };

  const add = async (): Promise<string | undefined> => {
    const word = typed.trim().toLowerCase();
    const userId = PersonId.safeParse(word);
    if (!userId.success) return whyNoUserId(word);
    if (userId.data === model.self.value) return text.thatIsYou;
    if (model.people.value.some((person) => person.userId === userId.data))
      return text.alreadyListed(model.nameOf(userId.data));
    const isKnown = await model.askName(userId.data);
    if (isGivenUp.current) return undefined;
    if (!isKnown) return model.noOneHas([userId.data]);
    await model.addPeople([userId.data]);
    if (!isGivenUp.current) onClose();
    return undefined;
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isAsking) return;
    setIsAsking(true);
    void add()
      .then(setProblem)
      .finally(() => setIsAsking(false));
  };
  return (
    <Modal labelledBy="add-person-title" class="question" onEscape={giveUp}>
      <h2 id="add-person-title">{text.addTitle}</h2>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <TextField
          name="person"
          label={texts().common.userId}
          hint={text.addHint}
          value={typed}
          onInput={(value) => {
            setTyped(value);
            setProblem(undefined);
          }}
          problem={problem}
          autocomplete="off"
          disabled={isAsking}
        />
        <div class="row">
          <button type="button" class="button quiet" onClick={giveUp}>
            {texts().common.cancel}
          </button>
          <button type="submit" class="button primary">
            {text.addIt}
          </button>
        </div>
      </form>
    </Modal>
  );
}
