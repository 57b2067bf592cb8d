"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { askIncident, type RecoverAsk, recoverIncident } from "@/lib/client/incidents";
import type { Incident } from "@/lib/contract/incident-words";
import { plural } from "../format";
import { ReasonField, SHORTEST_REASON } from "../forms/reason-field";
import { SelectField } from "../forms/select-field";
import { Sheet } from "../ui/sheet";
import { SheetPart } from "../ui/sheet-part";
import { FirstChoices } from "./first-choices";
import { PreviewFacts } from "./preview-facts";
import { CANARIES, LIMITS, PAUSES, RATES } from "./recovery-choices";
import { CANARY, defaultRecovery, STOP_AT } from "./recovery-options";
import type { IncidentRights } from "./rights";
import { StartFooter } from "./start-footer";
import { moneyLeft, toRecover } from "./words";

/** The recovery's last look: what, what will happen, how, why. An administrator starts it; others ask for it. */
export function StartSheet({
  incident,
  rights,
  onClose,
  onChanged,
}: {
  incident: Incident;
  rights: IncidentRights;
  onClose: () => void;
  onChanged: () => void;
}) {
  const [asFirst] = useState<RecoverAsk>(() => ({ ...defaultRecovery(incident), reason: "" }));
  const [ask, setAsk] = useState(asFirst);
  const change = (part: Partial<RecoverAsk>) => setAsk({ ...ask, ...part });
  const setOptions = (options: RecoverAsk["options"]) => change({ options: { ...ask.options, ...options } });
  const asks = !rights.mayDecide;
  const act = useMutation({
    mutationFn: () => {
      const reason = ask.reason.trim();
      const input: RecoverAsk = { ...ask, reason };
      return asks
        ? askIncident(incident.id, { action: "recover", input, reason })
        : recoverIncident(incident.id, input);
    },
    onSuccess: () => {
      onChanged();
      onClose();
    },
  });
  const events = toRecover(incident);
  const preview = incident.steps.find(({ step }) => step === "preview");
  const money = moneyLeft(incident);
  const { options = {} } = ask;
  return (
    <Sheet
      open
      dirty={ask !== asFirst && !act.isPending}
      onOpenChange={(open) => !open && onClose()}
      title={asks ? `Ask to recover ${plural(events, "event")}` : `Recover ${plural(events, "event")}`}
      description={
        asks
          ? "An administrator sees this request on the incident and approves or declines it, with a reason."
          : "Stored events are delivered again, below live traffic, in growing stages. It verifies what it did, and closes the incident at zero."
      }
      footer={
        <StartFooter
          events={events}
          asks={asks}
          ready={ask.reason.trim().length >= SHORTEST_REASON}
          pending={act.isPending}
          error={act.error}
          onStart={() => act.mutate()}
          onCancel={onClose}
        />
      }
    >
      <SheetPart title="What will happen">
        <p className="font-medium text-lg">
          {plural(events, "event")} {events === 1 ? "is" : "are"} delivered
          {incident.counts.recovered + incident.counts.verified > 0 &&
            `, ${plural(incident.counts.recovered + incident.counts.verified, "event")} only verified`}
          .
        </p>
        {money && <p className="text-quiet tabular-nums">Amount that is not verified: {money}</p>}
        {preview && <PreviewFacts found={preview.found} />}
      </SheetPart>
      <SheetPart title="How">
        <div className="grid grid-cols-2 gap-3">
          <SelectField
            label="Canary first"
            choices={CANARIES}
            value={String(options.canary ?? CANARY)}
            onChange={(canary) => setOptions({ canary: Number(canary) })}
          />
          <SelectField
            label="Stop automatically if"
            choices={LIMITS}
            value={String(options.stopOnFailureRate ?? STOP_AT)}
            onChange={(rate) => setOptions({ stopOnFailureRate: Number(rate) })}
          />
          <SelectField
            label="Pause between stages"
            choices={PAUSES}
            value={String(ask.pause_seconds ?? 0)}
            onChange={(pause) => change({ pause_seconds: Number(pause) })}
          />
          <SelectField
            label="Speed"
            choices={RATES}
            value={String(options.ratePerSecond ?? "")}
            onChange={(rate) => setOptions({ ratePerSecond: rate ? Number(rate) : undefined })}
          />
        </div>
        <FirstChoices incident={incident} ask={ask} onChange={change} />
      </SheetPart>
      <section className="pt-4">
        <ReasonField
          value={ask.reason}
          onChange={(reason) => change({ reason })}
          example="The Agent SDK is back, the preview is checked, ticket OPS-4711"
        />
      </section>
    </Sheet>
  );
}
