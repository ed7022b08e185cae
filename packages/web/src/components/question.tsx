import { texts } from "@signet/words/page";
import type { ComponentChildren } from "preact";

import { Modal } from "./modal.tsx";

interface QuestionProps {
  title: string;
  /** What follows. */
  children: ComponentChildren;
  /** What is done. */
  yes: string;
  /** Nothing brings back what it does. */
  isDanger?: boolean;
  onYes: () => void;
  onClose: () => void;
}

/** Asked before what cannot be undone. */
export function Question({ children, isDanger = false, onClose, onYes, title, yes }: QuestionProps) {
  return (
    <Modal labelledBy="question-title" describedBy="question-text" class="question" onEscape={onClose}>
      <h2 id="question-title">{title}</h2>
      <div id="question-text" class="stack">
        {children}
      </div>
      <div class="row">
        <button type="button" class="button quiet" autofocus onClick={onClose}>
          {texts().common.cancel}
        </button>
        <button
          type="button"
          class={isDanger ? "button danger" : "button primary"}
          onClick={() => {
            onClose();
            onYes();
          }}
        >
          {yes}
        </button>
      </div>
    </Modal>
  );
}
