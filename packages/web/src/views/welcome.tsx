/** Nobody is signed in: make a user ID, or sign in with one. One field for the user ID serves both. */
import { DisplayName, UserId, sentenceFor } from "@signet/terminal";
import { useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { Notice } from "../components/notice.tsx";
import { TextField } from "../components/text-field.tsx";
import { TouchPrompt } from "../components/touch-prompt.tsx";
import { webAuthnHere } from "../lib/capabilities.ts";
import { bindingEndSentences } from "../lib/words.ts";
import { useModel } from "../model.ts";

const touchTexts = {
  1: {
    title: "Touch 1 of 2: create the key",
    text: "Your device makes a key for this server. The key never leaves it.",
  },
  2: {
    title: "Touch 2 of 2: prove it",
    text: "The new key signs for the first time, and you are signed in.",
  },
} as const;

export function Welcome() {
  const model = useModel();
  const session = model.session.value;
  const reason = session.status === "signedOut" ? session.reason : undefined;
  return (
    <div class="welcome">
      <section class="welcome-words" aria-labelledby="welcome-title">
        <h1 id="welcome-title">Calls that know who is there</h1>
        <p class="lead">
          Signet rings where your security key or passkey is. Everybody in a call proves with a touch who they
          are, and only they can listen: not even this server can.
        </p>
        <ul class="promises">
          <li>
            <b>No account, no number.</b> A user ID, and the device you carry.
          </li>
          <li>
            <b>Verified for each call.</b> A fresh signature from everybody, checked by your own browser.
          </li>
          <li>
            <b>Encrypted end to end.</b> The key of a call belongs to the people in it.
          </li>
        </ul>
      </section>
      <div class="welcome-forms">
        {reason !== undefined && <Notice tone="info">{bindingEndSentences[reason]}</Notice>}
        {!webAuthnHere() && (
          <Notice tone="danger" alert title="Not in this browser">
            <p>{sentenceFor("device.unsupported")}</p>
          </Notice>
        )}
        <SignInForm />
      </div>
    </div>
  );
}

function SignInForm() {
  const model = useModel();
  const remembered = model.rememberedIds.value;
  const returning = remembered.length > 0;
  const registration = model.state.value.server?.registration;
  const [userIdText, setUserIdText] = useState<string>(remembered[0] ?? "");
  const [nameText, setNameText] = useState("");
  const [inviteCode, setInviteCode] = useState("");
  const [problem, setProblem] = useState<{ field: "userId" | "name" | "invite"; text: string }>();
  const pending = model.pending.value;
  const busy = pending?.type === "register" || pending?.type === "signIn";

  const readUserId = (): UserId | undefined => {
    const parsed = UserId.safeParse(userIdText.trim().toLowerCase());
    if (parsed.success) return parsed.data;
    setProblem({ field: "userId", text: "2 to 32 characters: small letters, digits, and . _ -" });
    focusField("userId");
    return undefined;
  };

  const create = (): void => {
    const userId = readUserId();
    if (userId === undefined) return;
    const name = DisplayName.safeParse(nameText.trim() === "" ? userId : nameText.trim());
    if (!name.success) {
      setProblem({ field: "name", text: "At most 64 characters, without control characters." });
      focusField("name");
      return;
    }
    if (registration === "invite" && inviteCode.trim() === "") {
      setProblem({ field: "invite", text: sentenceFor("registration.inviteRequired") });
      focusField("invite");
      return;
    }
    setProblem(undefined);
    const code = inviteCode.trim();
    void model.register({ userId, displayName: name.data, ...(code === "" ? {} : { inviteCode: code }) });
  };

  const signIn = (): void => {
    const userId = readUserId();
    if (userId === undefined) return;
    setProblem(undefined);
    void model.signIn(userId);
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (returning) signIn();
    else create();
  };

  const problemOf = (field: "userId" | "name" | "invite"): string | undefined =>
    problem?.field === field ? problem.text : undefined;

  const userIdField = (
    <TextField
      name="userId"
      label="User ID"
      hint={
        returning
          ? undefined
          : "How others call you: 2 to 32 small letters, digits, dots, _ or -. It cannot be changed later."
      }
      value={userIdText}
      onInput={setUserIdText}
      problem={problemOf("userId")}
      autocomplete="username"
      suggestions={remembered}
      disabled={busy}
    />
  );
  const closed = registration === "closed";
  const createPart = (
    <>
      <TextField
        name="name"
        label="Display name"
        hint="What others read beside your user ID; left empty, the ID itself."
        value={nameText}
        onInput={setNameText}
        problem={problemOf("name")}
        autocomplete="name"
        disabled={busy}
      />
      {registration === "invite" && (
        <TextField
          name="invite"
          label="Invite code"
          hint="From the person who runs this server."
          value={inviteCode}
          onInput={setInviteCode}
          problem={problemOf("invite")}
          autocomplete="off"
          disabled={busy}
        />
      )}
      <button
        type={returning ? "button" : "submit"}
        class={`button wide ${returning ? "quiet" : "primary"}`}
        onClick={returning ? create : undefined}
        disabled={busy}
      >
        Create user ID
      </button>
    </>
  );
  const signInButton = (
    <button
      type={returning ? "submit" : "button"}
      class={`button wide ${returning ? "primary" : "quiet"}`}
      onClick={returning ? undefined : signIn}
      disabled={busy}
    >
      Sign in
    </button>
  );

  return (
    <form class="card sign-in" onSubmit={submit} noValidate aria-labelledby="form-title">
      <h2 id="form-title">{returning ? "Welcome back" : "Get your user ID"}</h2>
      {pending?.type === "register" && <TouchPrompt {...touchTexts[pending.step]} onCancel={model.cancel} />}
      {pending?.type === "signIn" && (
        <TouchPrompt
          title="Touch your device"
          text={`Its signature shows that ${userIdText.trim()} is here now.`}
          onCancel={model.cancel}
        />
      )}
      <FailureNotice actions={["register", "signIn"]} />
      {userIdField}
      {returning ? signInButton : !closed && createPart}
      <div class="either">{returning ? "or, new here" : "or, with a user ID that you have"}</div>
      {returning ? (
        closed ? (
          <p class="muted">{sentenceFor("registration.closed")}</p>
        ) : (
          <>
            <p class="muted">Enter a new user ID above. Your device makes another key for it.</p>
            {createPart}
          </>
        )
      ) : (
        <>
          {closed && <p class="muted">{sentenceFor("registration.closed")}</p>}
          <p class="muted">Enter it above; then touch the device that it belongs to.</p>
          {signInButton}
        </>
      )}
    </form>
  );
}

function focusField(name: string): void {
  document.getElementById(`field-${name}`)?.focus();
}
