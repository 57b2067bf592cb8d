"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useRef, useState } from "react";
import { removeCredentials, saveCredentials, testCredentials } from "@/lib/client/coverage";
import { ApiError } from "@/lib/client/request";
import type { CredentialField, CredentialState, SourceCoverage } from "@/lib/contract/reconciliations";
import { Fact } from "../fact";
import { duration } from "../format";
import { Field } from "../forms/field";
import { Problem } from "../forms/problem";
import { InertText } from "../inert-text";
import { Button } from "../ui/button";
import { Dialog, DialogContent } from "../ui/dialog";
import { sourceName } from "./source-words";

/** The keys of a source's API: what they have to be allowed, a test before they are stored, and their removal. */
export function CredentialsDialog({
  source,
  credentials,
  onClose,
  onSaved,
}: {
  source: SourceCoverage;
  credentials: CredentialState;
  onClose: () => void;
  onSaved: () => void;
}) {
  const form = useId();
  const element = useRef<HTMLFormElement>(null);
  const [dirty, setDirty] = useState(false);
  const typed = () => Object.fromEntries(readForm(element.current, credentials.fields));
  const test = useMutation({ mutationFn: () => testCredentials(source, typed()) });
  const done = () => {
    onSaved();
    onClose();
  };
  const save = useMutation({ mutationFn: () => saveCredentials(source, typed()), onSuccess: done });
  const remove = useMutation({ mutationFn: () => removeCredentials(source), onSuccess: done });
  const error = save.error ?? test.error ?? remove.error;
  const problem = error instanceof ApiError ? error : null;
  const wrong = (name: string) => (problem?.field === `fields.${name}` ? problem.message : null);
  const busy = save.isPending || test.isPending || remove.isPending;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!busy) save.mutate();
  }

  return (
    <Dialog open dirty={dirty && !save.isPending} onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`API key of ${sourceName(source)}`}
        description={credentials.rights}
        footer={
          <>
            {credentials.from === "console" && (
              <Button className="mr-auto" disabled={busy} onClick={() => remove.mutate()}>
                {remove.isPending ? "Removing…" : "Remove"}
              </Button>
            )}
            <Button data-testid="try-key" disabled={busy} onClick={() => test.mutate()}>
              {test.isPending ? "Testing…" : "Test this key"}
            </Button>
            <Button type="submit" form={form} variant="primary" data-testid="save-key" disabled={busy}>
              {save.isPending ? "Saving…" : "Save"}
            </Button>
          </>
        }
      >
        <form
          ref={element}
          id={form}
          onSubmit={submit}
          onChange={() => {
            setDirty(true);
            test.reset();
          }}
          className="space-y-4 pt-1"
        >
          {source.coverage && (
            <dl className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-y-1 rounded-md bg-sunken px-3 py-2 text-sm">
              <Fact inColumns name="It proves">
                {source.coverage.proves}
              </Fact>
              <Fact inColumns name="Cannot see">
                <span className="text-quiet">{source.coverage.misses}</span>
              </Fact>
            </dl>
          )}
          {credentials.fields.map((field) => (
            <Field
              key={field.name}
              label={field.is_optional ? `${field.label} (optional)` : field.label}
              help={field.help}
              name={field.name}
              type={field.is_secret ? "password" : "text"}
              className="[&_input]:font-mono"
              placeholder={placeholderOf(field, credentials)}
              defaultValue={field.is_secret || credentials.from !== "console" ? "" : (field.value ?? "")}
              problem={wrong(field.name)}
            />
          ))}
        </form>
        {test.data && (
          <p role="status" className={test.data.works ? "mt-3 text-green" : "mt-3 text-pretty text-red"}>
            {test.data.works ? (
              `It works. The answer took ${duration(test.data.milliseconds)}.`
            ) : (
              <>
                It does not work: <InertText text={test.data.problem ?? "the provider refused it"} />
              </>
            )}
          </p>
        )}
        {error && !credentials.fields.some(({ name }) => problem?.field === `fields.${name}`) && (
          <Problem error={error} before={save.error ? "Nothing was saved." : "Nothing was changed."} />
        )}
        <p className="mt-3 text-pretty text-quiet text-sm">
          Secret values are stored encrypted and not shown again. Every request with them is listed on the page of its
          run.
        </p>
      </DialogContent>
    </Dialog>
  );
}

function placeholderOf({ is_secret, value }: CredentialField, { from }: CredentialState): string | undefined {
  if (value === null) return undefined;
  if (from === "environment") return `${value} from the environment`;
  return is_secret ? `${value} stays when this is left empty` : undefined;
}

function readForm(form: HTMLFormElement | null, fields: readonly CredentialField[]): [string, string][] {
  const data = new FormData(form ?? undefined);
  return fields
    .map(({ name }): [string, string] => [name, String(data.get(name) ?? "").trim()])
    .filter(([, value]) => value !== "");
}
