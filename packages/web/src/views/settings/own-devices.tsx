import { useState } from "preact/hooks";

import { AddDevice } from "../add-device.tsx";
import { AddElsewhere } from "../add-elsewhere.tsx";
import { YourDevices } from "../your-devices.tsx";

export function OwnDevices() {
  const [adding, setAdding] = useState<"here" | "elsewhere">();
  const close = (): void => setAdding(undefined);
  return (
    <>
      <YourDevices onAdd={() => setAdding("here")} onAddElsewhere={() => setAdding("elsewhere")} />
      {adding === "here" && <AddDevice onClose={close} />}
      {adding === "elsewhere" && <AddElsewhere onClose={close} />}
    </>
  );
}
