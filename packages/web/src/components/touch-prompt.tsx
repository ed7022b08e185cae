import { TouchIcon } from "./icons.tsx";

/** What the touch that is waited for is for, and the way out. */
export function TouchPrompt({
  title,
  text,
  onCancel,
}: {
  title: string;
  text: string;
  onCancel: () => void;
}) {
  return (
    <div class="touch-prompt">
      <span class="touch-pulse">
        <TouchIcon />
      </span>
      <div class="touch-text" role="status">
        <strong>{title}</strong>
        <span>{text}</span>
      </div>
      <button type="button" class="button quiet" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
