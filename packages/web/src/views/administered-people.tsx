import type { AdministeredPerson, AdministrativeAct, ShownDevice, UserId } from "@signet/terminal";
import { afterOneAnother, fullDay, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { HelpLink } from "../components/help-link.tsx";
import { DeviceFacts } from "../components/device-facts.tsx";
import { Modal } from "../components/modal.tsx";
import { TextField } from "../components/text-field.tsx";
import { deviceName, signerName } from "../lib/devices.ts";
import { useModel } from "../model.ts";
import { RevocationQuestion } from "./change-device.tsx";

/** Fewer are found by eye. */
const fewPeople = 7;

type Question = AdministrativeAct["type"];

interface Asked {
  readonly what: Question;
  readonly person: AdministeredPerson;
  readonly device?: ShownDevice;
}

interface AdministeredPeopleProps {
  /** undefined while nobody answered. */
  people: readonly AdministeredPerson[] | undefined;
  onRecover: (userId: UserId) => void;
  onChange: () => void;
}

/** Everybody who is registered. */
export function AdministeredPeople({ onChange, onRecover, people }: AdministeredPeopleProps) {
  const model = useModel();
  const [wanted, setWanted] = useState("");
  const [asked, setAsked] = useState<Asked>();
  const needle = wanted.trim().toLowerCase();
  const found = people?.filter(({ displayName, userId }) =>
    [displayName.toLowerCase(), userId].some((name) => name.includes(needle)),
  );
  const act = ({ userId }: AdministeredPerson, what: AdministrativeAct, done: string): void => {
    setAsked(undefined);
    void model.administer(userId, what).then((isDone) => {
      if (!isDone) return;
      model.announcement.value = done;
      onChange();
    });
  };
  return (
    <section class="card" aria-labelledby="administered-title">
      <h2 id="administered-title">
        {people === undefined
          ? texts().administration.people
          : texts().administration.peopleCount(people.length)}
      </h2>
      {people === undefined && (
        <p class="muted" role="status">
          {texts().common.askingServer}
        </p>
      )}
      {people !== undefined && people.length > fewPeople && (
        <TextField
          name="find-person"
          label={texts().administration.find}
          hint={undefined}
          value={wanted}
          onInput={setWanted}
          problem={undefined}
          autocomplete="off"
          disabled={false}
        />
      )}
      {found?.length === 0 && (
        <p class="muted" role="status">
          {people?.length === 0
            ? texts().administration.nobodyRegistered
            : texts().administration.nobodyCalledSo}
        </p>
      )}
      <ul class="devices">
        {found?.map((person) => (
          <li key={person.userId}>
            <PersonFacts person={person} />
            <PersonActs person={person} onAsk={setAsked} onRecover={() => onRecover(person.userId)} />
          </li>
        ))}
      </ul>
      {asked !== undefined && (
        <ActQuestion
          {...asked}
          onClose={() => setAsked(undefined)}
          onAct={(what, done) => act(asked.person, what, done)}
        />
      )}
    </section>
  );
}

function PersonFacts({ person }: { person: AdministeredPerson }) {
  const { administers, appointments, displayName, devices, reachable, refused, userId } = person;
  const isSelf = useModel().self.value === userId;
  const last = appointments.at(-1);
  return (
    <div class="device-facts">
      <p>
        <b>
          <bdi>{displayName}</bdi>
        </b>{" "}
        <code>{userId}</code>
        {isSelf && <span class="this-one">{texts().common.you}</span>}
        {administers && <span class="this-one">{texts().administration.administers}</span>}
        {reachable && <span class="this-one">{texts().administration.reachable}</span>}
      </p>
      {last !== undefined && (
        <p class="hint">
          {(last.administers ? texts().administration.appointedOn : texts().administration.dismissedOn)(
            fullDay(last.atMs),
            signerName(last.by, devices),
          )}
        </p>
      )}
      {refused !== undefined && (
        <p class="hint problem">
          {texts().administration.notAccepted(sentenceFor(refused))} <HelpLink code={refused} />
        </p>
      )}
    </div>
  );
}

interface PersonActsProps {
  person: AdministeredPerson;
  onAsk: (asked: Asked) => void;
  onRecover: () => void;
}

/** What is one's own is in the list of one's own. */
function PersonActs({ onAsk, onRecover, person }: PersonActsProps) {
  const isSelf = useModel().self.value === person.userId;
  const { administers, devices, refused, userId } = person;
  const counting = devices.filter(({ revoked }) => revoked === undefined).length;
  const gone = devices.length - counting;
  if (refused !== undefined) return null;
  return (
    <>
      <details class="revoked-devices">
        <summary>
          {gone > 0
            ? texts().administration.devicesAndRevoked(counting, gone)
            : texts().administration.devices(counting)}
          <span class="hidden-text"> {texts().administration.ofWhom(userId)}</span>
        </summary>
        <ul class="devices" aria-label={texts().administration.devicesOf(userId)}>
          {devices.map((device) => (
            <li key={device.deviceId}>
              <DeviceFacts device={device} devices={devices} />
              {!isSelf && device.revoked === undefined && (
                <div class="row">
                  <button
                    type="button"
                    class="button danger-quiet small"
                    aria-label={texts().administration.revokeOf(deviceName(device), userId)}
                    onClick={() => onAsk({ what: "revokeDevice", person, device })}
                  >
                    {texts().administration.revoke}
                  </button>
                </div>
              )}
            </li>
          ))}
        </ul>
      </details>
      <div class="row">
        {!isSelf && (
          <button
            type="button"
            class="button quiet small"
            aria-label={texts().administration.recoverOne(userId)}
            onClick={onRecover}
          >
            {texts().administration.recover}
          </button>
        )}
        {(administers || !isSelf) && (
          <button
            type="button"
            class={`button small ${administers ? "danger-quiet" : "quiet"}`}
            aria-label={actLabel(person, isSelf)}
            onClick={() => onAsk({ what: administers ? "dismiss" : "appoint", person })}
          >
            {isSelf
              ? texts().administration.stepDown
              : administers
                ? texts().administration.dismiss
                : texts().administration.appoint}
          </button>
        )}
      </div>
    </>
  );
}

function actLabel({ administers, userId }: AdministeredPerson, isSelf: boolean): string {
  if (isSelf) return texts().administration.stepDownLabel;
  return (administers ? texts().administration.dismissOne : texts().administration.appointOne)(userId);
}

interface ActQuestionProps extends Asked {
  onAct: (act: AdministrativeAct, done: string) => void;
  onClose: () => void;
}

/** What is signed stays, so it is asked first. */
function ActQuestion({ device, onAct, onClose, person, what }: ActQuestionProps) {
  const { devices, userId } = person;
  const isSelf = useModel().self.value === userId;
  if (what === "revokeDevice") {
    if (device === undefined) return null;
    const isLast = devices.filter(({ revoked }) => revoked === undefined).length === 1;
    const name = deviceName(device);
    const { revokeLastText, revokeSeen, revokeText } = texts().administration;
    const text = afterOneAnother(revokeText, ...(isLast ? [revokeLastText(userId)] : []), revokeSeen);
    const ofPerson = texts().common.ofUserId(name, userId);
    const { deviceId } = device;
    return (
      <RevocationQuestion
        {...{ name: ofPerson, text, words: texts().devices.revokeOthersWhy, onClose }}
        revoke={(why) => onAct({ type: "revokeDevice", deviceId, why }, texts().devices.isRevoked(ofPerson))}
      />
    );
  }
  const isAppointment = what === "appoint";
  const title = isAppointment
    ? texts().administration.appointTitle(userId)
    : isSelf
      ? texts().administration.stepDownTitle
      : texts().administration.dismissTitle(userId);
  const done = isAppointment
    ? texts().administration.administersNow(userId)
    : texts().administration.administersNoMore(userId);
  return (
    <Modal labelledBy="act-title" describedBy="act-text" class="question" onEscape={onClose}>
      <h2 id="act-title">{title}</h2>
      <p id="act-text">
        {isAppointment
          ? texts().administration.appointText
          : isSelf
            ? texts().administration.stepDownText
            : texts().administration.dismissText}
      </p>
      <div class="row">
        <button type="button" class="button quiet" autofocus onClick={onClose}>
          {isAppointment ? texts().administration.doNotAppoint : texts().administration.leaveIt}
        </button>
        <button type="button" class="button danger" onClick={() => onAct({ type: what }, done)}>
          {isAppointment
            ? texts().administration.appoint
            : isSelf
              ? texts().administration.stepDown
              : texts().administration.dismiss}
        </button>
      </div>
    </Modal>
  );
}
