import type { ComponentChildren } from "preact";

import { InfoIcon, WarningIcon } from "./icons.tsx";

interface NoticeProps {
  tone: "info" | "warning" | "danger";
  /** Read out at once. */
  alert?: boolean;
  title?: string;
  children?: ComponentChildren;
}

/** A message in the flow of the page, with its ways out as children. */
export function Notice({ tone, alert = false, title, children }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} {...(alert ? { role: "alert" as const } : {})}>
      {tone === "info" ? <InfoIcon /> : <WarningIcon />}
      <div class="notice-body">
        {title !== undefined && <strong>{title}</strong>}
        {children}
      </div>
    </div>
  );
}
