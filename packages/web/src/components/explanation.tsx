import type { ErrorCode, UserId } from "@signet/terminal";
import { bothSentences, otherViewWords, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import type { ComponentChildren } from "preact";

import { adviceFor } from "../lib/advice.ts";
import { rich } from "../lib/rich.ts";
import { useModel } from "../model.ts";
import { HelpLink } from "./help-link.tsx";
import { LogFault } from "./log-fault.tsx";
import { Notice } from "./notice.tsx";
import { TrustAdministrator } from "./trust-administrator.tsx";
import { TrustKey } from "./trust-key.tsx";

interface ExplanationProps {
  code: ErrorCode;
  /** Whom it is about. */
  userIds: readonly UserId[];
  /** Where there is no advice with a title of its own. */
  title?: string;
  /** Where more is known than the code says. */
  sentences?: string;
  children?: ComponentChildren;
}

/** An error as a person needs it: the table's sentence, what stands behind it where there is more to say, and ways out. */
export function Explanation({ code, userIds, title, sentences, children }: ExplanationProps) {
  const self = useModel().self.value;
  if (code === "directory.keyChanged" && self !== undefined && userIds.includes(self))
    return <OwnKeyChanged userId={self}>{children}</OwnKeyChanged>;
  const advice = adviceFor(code);
  const [first] = userIds;
  const named = first === undefined ? undefined : otherViewWords(code, first);
  const told = sentences ?? (named && bothSentences(named));
  const head = advice?.title ?? title;
  return (
    <Notice tone="danger" alert {...(head === undefined ? {} : { title: head })}>
      <p>{told ?? sentenceFor(code)}</p>
      {userIds.length > 0 && told === undefined && (
        <p>{rich(texts().common.aboutWhom, <b>{userIds.join(", ")}</b>)}</p>
      )}
      {advice !== undefined && (
        <ul>
          {advice.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ul>
      )}
      {code === "directory.keyChanged" && userIds.map((userId) => <TrustKey key={userId} userId={userId} />)}
      {userIds.map((userId) => (
        <TrustAdministrator key={userId} code={code} userId={userId} />
      ))}
      <LogFault code={code} />
      <HelpLink code={code} />
      {children}
    </Notice>
  );
}

/** About oneself nothing has to be trusted: the device was touched here just now. */
function OwnKeyChanged({ userId, children }: { userId: UserId; children: ComponentChildren }) {
  return (
    <Notice tone="warning" alert title={texts().verification.ownKeyTitle}>
      <p>{rich(texts().verification.ownKeyText, <b>{userId}</b>)}</p>
      <HelpLink code="directory.keyChanged" />
      {children}
    </Notice>
  );
}
