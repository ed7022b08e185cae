/** Two who stand together look whether the server shows both of them the same of each other. */
import { SignetError } from "@signet/terminal";
import type { Comparable, ErrorCode, UserId } from "@signet/terminal";
import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { HelpLink, HowToLink } from "../components/help-link.tsx";
import { Modal } from "../components/modal.tsx";
import { Notice } from "../components/notice.tsx";
import { QrCode } from "../components/qr-code.tsx";
import { localFailure } from "../model/actions.ts";
import { useModel } from "../model.ts";

interface CompareProps {
  userId: UserId;
  /** What stood on the other's screen, where their QR code was opened. */
  scanned?: string;
  onClose: () => void;
}

export function Compare({ onClose, scanned, userId }: CompareProps) {
  const { announcement, terminal } = useModel();
  const [shown, setShown] = useState<Comparable>();
  const [problem, setProblem] = useState<ErrorCode>();
  const [isSaid, setSaid] = useState(false);
  const text = texts().comparing;
  const refuse = (caught: unknown): void =>
    setProblem((caught instanceof SignetError ? caught : localFailure(caught)).code);
  useEffect(() => void terminal.personal.compareWith(userId).then(setShown, refuse), [terminal, userId]);
  const name = shown?.displayName ?? userId;
  const isOther = shown !== undefined && scanned !== undefined && scanned !== shown.code;
  const mark = async (comparable: Comparable): Promise<void> => {
    try {
      await terminal.personal.comparedSame(comparable);
      announcement.value = text.isMarked(name);
      onClose();
    } catch (caught) {
      refuse(caught);
    }
  };
  return (
    <Modal labelledBy="compare-title" class="question elsewhere compare" onEscape={onClose}>
      <h2 id="compare-title" tabIndex={-1} autofocus>
        {text.title(name)}
      </h2>
      {problem !== undefined && (
        <Notice tone="danger" alert>
          <p>{sentenceFor(problem)}</p>
          <HelpLink code={problem} />
        </Notice>
      )}
      {shown === undefined && problem === undefined && <p role="status">{text.asking}</p>}
      {shown !== undefined && (
        <>
          {scanned === undefined ? (
            <>
              <p>{text.what(name)}</p>
              <ol class="steps">
                <li>{text.how.meet(name)}</li>
                <li>{text.how.theirSide(name)}</li>
                <li>{text.how.read}</li>
              </ol>
            </>
          ) : isOther ? (
            <Notice tone="danger" alert>
              <p>{text.scannedOther}</p>
              <HelpLink topic="changedKey" />
            </Notice>
          ) : (
            <p role="status">{text.scannedSame}</p>
          )}
          {scanned === undefined && <QrCode text={shown.url} label={text.qrLabel} />}
          <p class="pairing-code compared-code" aria-label={text.code}>
            {shown.code.split("-").map((group) => (
              <code key={group}>{group} </code>
            ))}
          </p>
          <p class="hint">{text.whenOther}</p>
          <HowToLink topic="comparing" />
          {!isOther && (
            <label class="check">
              <input
                type="checkbox"
                checked={isSaid}
                onChange={(event) => setSaid(event.currentTarget.checked)}
              />
              <span>{(scanned === undefined ? text.isSame : text.isScanned)(name)}</span>
            </label>
          )}
        </>
      )}
      <div class="row">
        <button type="button" class="button quiet" onClick={onClose}>
          {texts().common.cancel}
        </button>
        {shown !== undefined && !isOther && (
          <button type="button" class="button primary" disabled={!isSaid} onClick={() => void mark(shown)}>
            {text.mark}
          </button>
        )}
      </div>
    </Modal>
  );
}
