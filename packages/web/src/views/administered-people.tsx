import type { AdministeredPerson, AdministrativeAct, ShownDevice, UserId } from "@signet/terminal";
import { sentenceFor } from "@signet/words";
import { useState } from "preact/hooks";

import { DeviceFacts } from "../components/device-facts.tsx";
import { Modal } from "../components/modal.tsx";
import { TextField } from "../components/text-field.tsx";
import { deviceName, othersRevocationWords, signerName } from "../lib/devices.ts";
import { fullDay } from "../lib/duration.ts";
import { countOf } from "../lib/words.ts";
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
        People on this server{people === undefined ? "" : ` (${people.length})`}
      </h2>
      {people === undefined && (
        <p class="muted" role="status">
          Asking the server ...
        </p>
      )}
      {people !== undefined && people.length > fewPeople && (
        <TextField
          name="find-person"
          label="Find"
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
          {people?.length === 0 ? "Nobody is registered." : "Nobody is called so."}
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
        <b>{displayName}</b> <code>{userId}</code>
        {isSelf && <span class="this-one">you</span>}
        {administers && <span class="this-one">administers</span>}
        {reachable && <span class="this-one">reachable</span>}
      </p>
      {last !== undefined && (
        <p class="hint">
          {last.administers ? "Appointed" : "Dismissed"} on {fullDay(last.atMs)} by{" "}
          {signerName(last.by, devices)}
        </p>
      )}
      {refused !== undefined && (
        <p class="hint problem">Not accepted here, and nothing is signed for them: {sentenceFor(refused)}</p>
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
          {countOf(counting, "device", "devices")}
          {gone > 0 && `, and ${gone} revoked`}
          <span class="hidden-text"> of {userId}</span>
        </summary>
        <ul class="devices" aria-label={`Devices of ${userId}`}>
          {devices.map((device) => (
            <li key={device.deviceId}>
              <DeviceFacts device={device} devices={devices} />
              {!isSelf && device.revoked === undefined && (
                <div class="row">
                  <button
                    type="button"
                    class="button danger-quiet small"
                    aria-label={`Revoke ${deviceName(device)} of ${userId}`}
                    onClick={() => onAsk({ what: "revokeDevice", person, device })}
                  >
                    Revoke
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
            aria-label={`Recover ${userId}`}
            onClick={onRecover}
          >
            Recover
          </button>
        )}
        {(administers || !isSelf) && (
          <button
            type="button"
            class={`button small ${administers ? "danger-quiet" : "quiet"}`}
            aria-label={actLabel(person, isSelf)}
            onClick={() => onAsk({ what: administers ? "dismiss" : "appoint", person })}
          >
            {isSelf ? "Step down" : administers ? "Dismiss" : "Appoint"}
          </button>
        )}
      </div>
    </>
  );
}

function actLabel({ administers, userId }: AdministeredPerson, isSelf: boolean): string {
  if (isSelf) return "Step down as an administrator";
  return administers ? `Dismiss ${userId} as an administrator` : `Appoint ${userId} as an administrator`;
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
    const text = `It counts no more, for good. Where it is signed in, it is signed out and leaves its call. ${
      isLast ? `It is the last one of ${userId}, whom nobody reaches until they are recovered. ` : ""
    }Who knows them sees for ever that you did it.`;
    const { deviceId } = device;
    return (
      <RevocationQuestion
        {...{ name: `${name} of ${userId}`, text, words: othersRevocationWords, onClose }}
        revoke={(why) => onAct({ type: "revokeDevice", deviceId, why }, `${name} of ${userId} is revoked.`)}
      />
    );
  }
  const isAppointment = what === "appoint";
  const title = isAppointment
    ? `Make ${userId} an administrator?`
    : isSelf
      ? "Step down as an administrator?"
      : `Dismiss ${userId} as an administrator?`;
  const done = isAppointment ? `${userId} administers from now on.` : `${userId} administers no more.`;
  return (
    <Modal labelledBy="act-title" describedBy="act-text" class="question" onEscape={onClose}>
      <h2 id="act-title">{title}</h2>
      <p id="act-text">
        {isAppointment
          ? "They can do all that you can from then on: recover people, revoke devices, appoint others, and dismiss you. Everybody sees for ever that you did it."
          : isSelf
            ? "What you signed stays, and you sign nothing new for others. Another administrator can undo it; where you are the last one, whoever runs the server has to name somebody."
            : "What they signed stays, and they sign nothing new for others. Another administrator can undo it."}
      </p>
      <div class="row">
        <button type="button" class="button quiet" autofocus onClick={onClose}>
          {isAppointment ? "Do not appoint" : "Leave it"}
        </button>
        <button type="button" class="button danger" onClick={() => onAct({ type: what }, done)}>
          {isAppointment ? "Appoint" : isSelf ? "Step down" : "Dismiss"}
        </button>
      </div>
    </Modal>
  );
}
