import { texts } from "@signet/words/page";

import { TouchIcon } from "./icons.tsx";
import { Modal } from "./modal.tsx";

interface TouchPromptProps {
  title: string;
  text: string;
  onCancel: () => void;
  /** Another way to go on. */
  other?: { readonly text: string; readonly onPress: () => void } | undefined;
}

/** What the touch that is waited for is for, and the way out. Within a dialog. */
export function TouchPrompt({ title, text, onCancel, other }: TouchPromptProps) {
  return (
    <div class="touch-prompt">
      <span class="touch-pulse">
        <TouchIcon />
      </span>
      <div class="touch-text" role="status">
        {/* Not the button: the key that asked for the touch may still be down. */}
        <strong id="touch-title" tabIndex={-1} autofocus>
          {title}
        </strong>
        <span>{text}</span>
      </div>
      {other !== undefined && (
        <button type="button" class="button quiet" onClick={other.onPress}>
          {other.text}
        </button>
      )}
      <button type="button" class="button quiet" onClick={onCancel}>
        {texts().common.cancel}
      </button>
    </div>
  );
}

/** The same over the page, of which nothing moves for it. */
export function TouchDialog(props: TouchPromptProps) {
  return (
    <Modal labelledBy="touch-title" class="touch-dialog" onEscape={props.onCancel}>
      <TouchPrompt {...props} />
    </Modal>
  );
}
