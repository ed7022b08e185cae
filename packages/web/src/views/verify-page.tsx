/** What opens at `/verify`: what the signatures in a file prove, to whoever has it. No terminal is behind it, and nothing is sent. */
import { readCertificateFile, SignetError } from "@signet/terminal";
import type { ErrorCode } from "@signet/terminal";
import { language, sentence, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useRef, useState } from "preact/hooks";

import { Logo } from "../components/icons.tsx";
import { LanguageChoice } from "../components/language-choice.tsx";
import { logKeysIn, verifiedFile, wordsOf } from "../lib/verifying.ts";
import type { LogKeys, VerifiedFile } from "../lib/verifying.ts";
import { VerifiedCard } from "./verified-card.tsx";

type Anchors = readonly Uint8Array<ArrayBuffer>[];

export function VerifyPage() {
  const words = texts().verifying;
  const [files, setFiles] = useState<readonly File[]>([]);
  const [typed, setTyped] = useState("");
  const [anchors, setAnchors] = useState<Anchors>([]);
  const keys = logKeysIn(typed);
  const { results, isBusy } = useVerified(files, keys, anchors);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = texts().verifying.documentTitle;
  }, [language()]);
  useEffect(() => {
    if (results.length > 0) heading.current?.focus();
  }, [results]);
  const said = isBusy
    ? words.verifying
    : results.map((one) => words.result(one.name, sentence(wordsOf(one.verified).happened))).join(" ");
  return (
    <div class="page">
      <header class="top">
        <Logo />
        <a class="button quiet small no-print" href="/">
          {words.toSignet}
        </a>
      </header>
      <main class="verify">
        <h1>{words.title}</h1>
        <p class="no-print">{words.intro}</p>
        <ChooseFiles onFiles={setFiles} />
        <Known keys={keys} typed={typed} onTyped={setTyped} anchors={anchors} onAnchors={setAnchors} />
        <p role="status" class="hidden-text">
          {said}
        </p>
        {results.length > 0 && (
          <section class="verify-results" aria-labelledby="verify-results">
            <div class="card-head">
              <h2 id="verify-results" ref={heading} tabIndex={-1}>
                {words.results}
              </h2>
              <button type="button" class="button quiet small no-print" onClick={() => print()}>
                {words.print}
              </button>
            </div>
            {results.map((one, place) => (
              <VerifiedCard
                key={place}
                name={one.name}
                words={wordsOf(one.verified)}
                id={`verified-${place}`}
              />
            ))}
          </section>
        )}
      </main>
      <footer class="foot no-print">
        <LanguageChoice />
      </footer>
    </div>
  );
}

/** Of what was chosen last: what was begun before that is of no interest any more. */
function useVerified(files: readonly File[], keys: LogKeys | undefined, anchors: Anchors) {
  const [results, setResults] = useState<readonly VerifiedFile[]>([]);
  const [isBusy, setBusy] = useState(false);
  const given = keys?.map(({ written }) => written).join("\n");
  useEffect(() => {
    let isLatest = true;
    if (files.length === 0 || keys === undefined) return undefined;
    setBusy(true);
    const logKeys = keys.map(({ key }) => key);
    const verify = async (): Promise<void> => {
      const done = await Promise.all(files.map((file) => verifiedFile(file, { logKeys, anchors })));
      if (!isLatest) return;
      setResults(done);
      setBusy(false);
    };
    void verify();
    return () => {
      isLatest = false;
    };
  }, [files, given, anchors]);
  return { results, isBusy };
}

function ChooseFiles({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const words = texts().verifying;
  const [isOver, setOver] = useState(false);
  const take = (list: FileList | null | undefined): void => {
    const files = Array.from(list ?? []);
    if (files.length > 0) onFiles(files);
  };
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    // Wherever they fall: beside a place for them, the browser would open them in the place of this page.
    const over = (event: DragEvent): void => {
      event.preventDefault();
      setOver(true);
    };
    const leave = ({ relatedTarget }: DragEvent): void => {
      if (relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setOver(false);
      latest.current(event.dataTransfer?.files);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return (
    <label class={isOver ? "drop-place over no-print" : "drop-place no-print"}>
      <b>{words.choose}</b>
      <input
        type="file"
        multiple
        onChange={({ currentTarget }) => {
          take(currentTarget.files);
          // So that the same file, changed, can be chosen once more.
          currentTarget.value = "";
        }}
      />
      <span class="hint">{words.drop}</span>
    </label>
  );
}

interface KnownProps {
  keys: LogKeys | undefined;
  typed: string;
  onTyped: (typed: string) => void;
  anchors: Anchors;
  onAnchors: (anchors: Anchors) => void;
}

/** What a file cannot say of itself. */
function Known({ anchors, keys, onAnchors, onTyped, typed }: KnownProps) {
  const words = texts().verifying;
  const [problem, setProblem] = useState<ErrorCode>();
  const choose = async (file: File | undefined): Promise<void> => {
    setProblem(undefined);
    if (file === undefined) return onAnchors([]);
    try {
      onAnchors(readCertificateFile(new Uint8Array(await file.arrayBuffer())));
    } catch (error) {
      onAnchors([]);
      setProblem(error instanceof SignetError ? error.code : "record.unread");
    }
  };
  return (
    <details class="card no-print">
      <summary>{words.more}</summary>
      <div class="field">
        <label htmlFor="verify-keys">{words.logKey}</label>
        <textarea
          id="verify-keys"
          rows={2}
          spellcheck={false}
          autocapitalize="none"
          value={typed}
          aria-invalid={keys === undefined}
          aria-describedby="verify-keys-note"
          onInput={({ currentTarget }) => onTyped(currentTarget.value)}
        />
        <p
          id="verify-keys-note"
          class={keys === undefined ? "hint problem" : "hint"}
          role={keys === undefined ? "alert" : undefined}
        >
          {keys === undefined ? words.badLogKey : words.logKeyHint}
        </p>
      </div>
      <div class="field">
        <label htmlFor="verify-anchors">{words.anchors}</label>
        <input
          id="verify-anchors"
          type="file"
          aria-invalid={problem !== undefined}
          aria-describedby="verify-anchors-note"
          onChange={({ currentTarget }) => void choose(currentTarget.files?.[0])}
        />
        <p
          id="verify-anchors-note"
          class={problem === undefined ? "hint" : "hint problem"}
          role={problem === undefined ? undefined : "alert"}
        >
          {problem !== undefined
            ? sentenceFor(problem)
            : anchors.length > 0
              ? words.anchorsTaken(anchors.length)
              : words.anchorsHint}
        </p>
      </div>
    </details>
  );
}
