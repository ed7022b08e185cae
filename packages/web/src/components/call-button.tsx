import { useModel } from "../model.ts";
import { CallIcon } from "./icons.tsx";

/** Calls with one press; the touch follows. */
export function CallButton({ label, onPress }: { label: string; onPress: () => void }) {
  const model = useModel();
  const isOffline = model.state.value.connection.status !== "online";
  return (
    <button
      type="button"
      class="icon-button call-one"
      aria-label={label}
      title={label}
      disabled={isOffline || model.pending.value !== undefined}
      onClick={onPress}
    >
      <CallIcon />
    </button>
  );
}
