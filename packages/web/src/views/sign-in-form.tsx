/** Make a user ID, or sign in with one. One field for the user ID serves both. */
import { PersonId, isNewUserId, nameFault } from "@signet/terminal";
import type { ErrorCode, UserId } from "@signet/terminal";
import { nameFaultWords, sentence, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { TextField } from "../components/text-field.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { canSignHere } from "../lib/capabilities.ts";
import { whyNoUserId } from "../lib/user-ids.ts";
import { useModel } from "../model.ts";
import { ChooseDevice } from "./choose-device.tsx";

const touchTexts = (step: 1 | 2) => {
  const { touchCreate, touchCreateTitle, touchProve, touchProveTitle } = texts().signIn;
  return step === 1
    ? { title: touchCreateTitle, text: touchCreate }
    : { title: touchProveTitle, text: touchProve };
};

/** Whoever was here before is led to sign in, everybody else to a new user ID; the other way stands below. */
export function SignInForm() {
  const model = useModel();
  const remembered = model.rememberedIds.value;
  const returning = remembered.length > 0;
  const registration = model.state.value.server?.registration;
  const closed = registration === "closed";
  const entry = useEntry(remembered[0] ?? "");
  // An administrator's user ID takes one wherever it is registered, which the server alone knows.
  const refusedBy = model.failure.value?.error.code;
  const isOfAdministrator = refusedBy === "registration.administratorInvite";
  const wasRefused = refusedBy === "registration.inviteRequired" || isOfAdministrator;
  const needsInvite = registration === "invite" || wasRefused || entry.typed.invite !== "";
  const pending = model.pending.value;
  const busy = pending?.type === "register" || pending?.type === "signIn";

  const create = (anew: boolean): void => {
    const newcomer = entry.readNewcomer(
      !needsInvite
        ? undefined
        : isOfAdministrator
          ? "registration.administratorInvite"
          : "registration.inviteRequired",
    );
    if (newcomer !== undefined) void model.register({ ...newcomer, ...(anew ? { anew } : {}) });
  };
  const signIn = (): void => {
    const userId = entry.readUserId();
    if (userId !== undefined) void model.signIn(userId);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (returning) signIn();
    else create(false);
  };

  const createPart = (
    <CreatePart
      entry={entry}
      needsInvite={needsInvite}
      first={!returning}
      busy={busy}
      onCreate={() => create(false)}
    />
  );
  const signInButton = (
    <WayButton text={texts().signIn.signIn} first={returning} busy={busy} onPress={signIn} />
  );
  const closedNote = <p class="muted">{sentenceFor("registration.closed")}</p>;
  return (
    <form class="card sign-in" onSubmit={submit} noValidate aria-labelledby="form-title">
      <h2 id="form-title">{returning ? texts().signIn.welcomeBack : texts().signIn.getUserId}</h2>
      {pending?.type === "register" && (
        <TouchDialog
          {...touchTexts(pending.step)}
          {...(pending.isKept
            ? {
                text: texts().signIn.touchKept,
                other: { text: texts().signIn.makeAnotherKey, onPress: () => create(true) },
              }
            : {})}
          onCancel={model.cancel}
        />
      )}
      {pending?.type === "signIn" && pending.choice !== undefined && (
        <ChooseDevice choice={pending.choice} onCancel={model.cancel} />
      )}
      {pending?.type === "signIn" && pending.choice === undefined && (
        <TouchDialog
          title={texts().common.touch}
          text={texts().signIn.touchSignIn(entry.typed.userId.trim())}
          onCancel={model.cancel}
        />
      )}
      <FailureNotice actions={["register", "signIn"]} />
      <TextField
        {...entry.field("userId")}
        label={texts().common.userId}
        hint={returning ? undefined : texts().signIn.userIdHint}
        autocomplete="username"
        suggestions={remembered}
        disabled={busy}
      />
      {returning ? signInButton : !closed && createPart}
      <div class="either">{returning ? texts().signIn.orNew : texts().signIn.orHave}</div>
      {closed && closedNote}
      {returning && !closed && (
        <>
          <p class="muted">{texts().signIn.newAbove}</p>
          {createPart}
        </>
      )}
      {!returning && (
        <>
          <p class="muted">{texts().signIn.haveAbove}</p>
          {signInButton}
        </>
      )}
    </form>
  );
}

interface CreatePartProps {
  entry: Entry;
  needsInvite: boolean;
  first: boolean;
  busy: boolean;
  onCreate: () => void;
}

/** What only a new user ID needs. */
function CreatePart({ entry, needsInvite, first, busy, onCreate }: CreatePartProps) {
  return (
    <>
      <TextField
        {...entry.field("name")}
        label={texts().signIn.displayName}
        hint={texts().signIn.displayNameHint}
        autocomplete="name"
        disabled={busy}
      />
      {needsInvite && (
        <TextField
          {...entry.field("invite")}
          label={texts().signIn.invite}
          hint={texts().signIn.inviteHint}
          autocomplete="off"
          disabled={busy}
        />
      )}
      <WayButton text={texts().signIn.create} first={first} busy={busy} onPress={onCreate} />
    </>
  );
}

interface WayButtonProps {
  text: string;
  /** The way that Enter goes in a field. */
  first: boolean;
  busy: boolean;
  onPress: () => void;
}

function WayButton({ text, first, busy, onPress }: WayButtonProps) {
  return (
    <button
      type={first ? "submit" : "button"}
      class={`button wide ${first ? "primary" : "quiet"}`}
      onClick={first ? undefined : onPress}
      disabled={busy || !canSignHere()}
    >
      {text}
    </button>
  );
}

type FieldName = "userId" | "name" | "invite";
type Entry = ReturnType<typeof useEntry>;

/** What is typed into the form, and what is wrong in it. Reading gives `undefined`, and the focus, to a wrong field. */
function useEntry(rememberedId: string) {
  const [typed, setTyped] = useState({ userId: rememberedId, name: "", invite: "" });
  const [problem, setProblem] = useState<{ field: FieldName; text: string }>();

  const refuse = (field: FieldName, text: string): undefined => {
    setProblem({ field, text });
    document.getElementById(`field-${field}`)?.focus();
  };

  const readUserId = (): UserId | undefined => {
    const userId = typed.userId.trim().toLowerCase();
    if (userId === "") return refuse("userId", texts().signIn.enterUserId);
    const parsed = PersonId.safeParse(userId);
    if (!parsed.success) return refuse("userId", whyNoUserId(userId));
    setProblem(undefined);
    return parsed.data;
  };

  /** @param withoutInvite what is told where there is no code; undefined where none is needed */
  const readNewcomer = (withoutInvite: ErrorCode | undefined) => {
    const userId = readUserId();
    if (userId === undefined) return undefined;
    // Those of before may, and still sign in.
    if (!isNewUserId(userId)) return refuse("userId", texts().signIn.edgesOfUserId);
    const displayName = typed.name.trim() === "" ? userId : typed.name.trim();
    const fault = nameFault(displayName);
    if (fault !== undefined)
      return refuse("name", sentence(texts().common.nameRefused(nameFaultWords(fault))));
    const inviteCode = typed.invite.trim();
    if (withoutInvite !== undefined && inviteCode === "") return refuse("invite", sentenceFor(withoutInvite));
    return { userId, displayName, ...(inviteCode === "" ? {} : { inviteCode }) };
  };

  return {
    typed,
    /** The share of one field, for its {@link TextField}. */
    field: (name: FieldName) => ({
      name,
      value: typed[name],
      onInput: (text: string) => setTyped((now) => ({ ...now, [name]: text })),
      problem: problem?.field === name ? problem.text : undefined,
    }),
    readUserId,
    readNewcomer,
  };
}
