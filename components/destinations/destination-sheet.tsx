"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { createDestination, updateDestination } from "@/lib/client/destinations";
import { destinationListQuery } from "@/lib/client/queries/destinations";
import { ApiError } from "@/lib/client/request";
import type { Destination } from "@/lib/contract/destinations";
import { CopiedButton, OneTimeSecret } from "../forms/one-time-secret";
import { Problem } from "../forms/problem";
import { Button } from "../ui/button";
import { Sheet } from "../ui/sheet";
import { DestinationForm } from "./destination-form";
import { type FormValues, inputOf, NEW_DESTINATION, valuesOf } from "./form-values";
import { hostMoves } from "./url-field";
import { VerifyHelp } from "./verify-help";

/** Fields that the form shows. Errors of other fields are shown at its foot. */
const SHOWN =
  /^(name|url|organisation_id|providers|event_types|headers|timeout_ms|max_attempts|base_delay_ms|backoff_factor|rate_per_second|max_concurrency)(\.|$)/;

interface Saved {
  destination: Destination;
  /** Only when a secret was created. */
  secret?: string;
}

/** A new destination, or changes to one. A new secret is shown before the sheet closes. */
export function DestinationSheet({
  destination: before = null,
  onClose,
  onSaved,
}: {
  destination?: Destination | null;
  onClose: () => void;
  onSaved: () => void;
}) {
  const form = useId();
  const router = useRouter();
  const client = useQueryClient();
  const [start] = useState(() => (before ? valuesOf(before) : NEW_DESTINATION));
  const [copied, setCopied] = useState(false);
  const [values, setValues] = useState<FormValues>(start);
  const input = inputOf(values, before && start);
  const save = useMutation({
    mutationFn: (): Promise<Saved> => (before ? updateDestination(before.id, input) : createDestination(input)),
    onSuccess: ({ destination, secret }) => {
      void client.invalidateQueries({ queryKey: destinationListQuery().queryKey });
      onSaved();
      if (!secret) leave(destination.id);
    },
  });
  const { data: saved, error } = save;
  const problem = error instanceof ApiError ? error : null;
  const newSecret = before?.url != null && before.secrets.length > 0 && hostMoves(before.url, values.url);
  const unchanged = before !== null && Object.keys(input).length === 0;

  function leave(id: string) {
    onClose();
    if (!before) router.push(`/destinations/${id}`);
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }

  if (saved?.secret) {
    return (
      <Sheet
        open
        locked
        onOpenChange={(open) => !open && leave(saved.destination.id)}
        title="Keep this secret now"
        description={`It signs every request to ${saved.destination.name}.`}
        footer={
          <div className="flex justify-end">
            <CopiedButton primary={copied} onClick={() => leave(saved.destination.id)} />
          </div>
        }
      >
        <div className="pt-4">
          <OneTimeSecret
            label="Signing secret"
            secret={saved.secret}
            note="Copy it into the endpoint's configuration before you close this sheet."
            copied={copied}
            onCopied={setCopied}
          />
          <VerifyHelp />
        </div>
      </Sheet>
    );
  }
  return (
    <Sheet
      open
      dirty={JSON.stringify(values) !== JSON.stringify(start)}
      onOpenChange={(open) => !open && onClose()}
      title={before ? `Edit ${before.name}` : "Add a destination"}
      description="Events are signed, retried, and held while it is paused. Nothing is dropped."
      footer={
        <>
          {error && !(problem?.field && SHOWN.test(problem.field)) && (
            <div className="mb-2.5">
              <Problem error={error} before="Nothing was saved." />
            </div>
          )}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button
              type="submit"
              form={form}
              variant="primary"
              data-testid="destination-save"
              disabled={save.isPending || unchanged}
            >
              {save.isPending ? "Saving…" : buttonText(before !== null, newSecret)}
            </Button>
          </div>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <DestinationForm
          values={values}
          before={before}
          problem={problem}
          onChange={(part) => setValues((current) => ({ ...current, ...part }))}
        />
      </form>
    </Sheet>
  );
}

function buttonText(exists: boolean, newSecret: boolean): string {
  if (!exists) return "Add the destination";
  return newSecret ? "Save and make a new secret" : "Save changes";
}
