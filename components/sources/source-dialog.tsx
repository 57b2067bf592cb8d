"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { ApiError } from "@/lib/client/request";
import { createSource, type SourceInput, updateSource } from "@/lib/client/sources";
import type { Source, SourceProvider, SourceWithUrl } from "@/lib/contract/sources";
import { Field } from "../forms/field";
import { Problem } from "../forms/problem";
import { Button } from "../ui/button";
import { Dialog, DialogContent } from "../ui/dialog";
import { OwnUrlOnce } from "./own-url-once";

/** Creates a source of a provider for one organisation and shows its URL once, or changes it. */
export function SourceDialog({
  provider,
  source,
  onClose,
  onSaved,
}: {
  provider: SourceProvider;
  source?: Source;
  onClose: () => void;
  onSaved: () => void;
}) {
  const form = useId();
  const [dirty, setDirty] = useState(false);
  const [made, setMade] = useState<SourceWithUrl | null>(null);
  const save = useMutation({
    mutationFn: async (input: SourceInput) => {
      if (!source) return createSource(provider.provider, input);
      await updateSource(source.id, input);
      return null;
    },
    onSuccess: (answer) => {
      onSaved();
      if (answer) setMade(answer);
      else onClose();
    },
  });
  if (made) return <OwnUrlOnce source={made} onClose={onClose} />;
  const problem = save.error instanceof ApiError ? save.error : null;
  const wrong = (field: string) => (problem?.field === field ? problem.message : null);
  const settings = Object.entries(provider.settings);
  const shown = [
    "name",
    "organisation_id",
    "company_id",
    "max_per_minute",
    ...settings.map(([key]) => `settings.${key}`),
  ];

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const text = (field: string) => String(data.get(field) ?? "").trim();
    save.mutate({
      name: text("name"),
      organisation_id: text("organisation_id") || null,
      company_id: text("company_id") || null,
      max_per_minute: text("max_per_minute") === "" ? null : Number(text("max_per_minute")),
      settings: Object.fromEntries(
        settings.map(([key]) => [key, text(`settings.${key}`)]).filter(([, value]) => value !== ""),
      ),
    });
  }

  return (
    <Dialog open dirty={dirty} onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={source ? `Edit ${source.name}` : `Add a URL for ${provider.label}`}
        description="Events received at it belong to its organisation and company."
        footer={
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" form={form} variant="primary" data-testid="source-save" disabled={save.isPending}>
              {save.isPending ? "Saving…" : source ? "Save changes" : "Create the URL"}
            </Button>
          </>
        }
      >
        <form id={form} onSubmit={submit} onChange={() => setDirty(true)} className="space-y-4 pt-1">
          <Field
            label="Name"
            name="name"
            required
            maxLength={120}
            placeholder={`${provider.label} of Acme`}
            defaultValue={source?.name}
            problem={wrong("name")}
          />
          <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1 [&_input]:font-mono">
            <Field
              label="Organisation"
              name="organisation_id"
              placeholder="org_merchant123"
              defaultValue={source?.organisation_id ?? ""}
              problem={wrong("organisation_id")}
            />
            <Field
              label="Company"
              name="company_id"
              placeholder="company_42"
              defaultValue={source?.company_id ?? ""}
              problem={wrong("company_id")}
            />
          </div>
          {settings.map(([key, { label, help }]) => (
            <Field
              key={key}
              label={label}
              help={help}
              name={`settings.${key}`}
              defaultValue={source?.settings[key] ?? ""}
              problem={wrong(`settings.${key}`)}
            />
          ))}
          <Field
            label="Events per minute, at most"
            help={`More are answered 429 with Retry-After. A sender that does not retry loses them, so leave it empty for no limit.`}
            name="max_per_minute"
            type="number"
            min={1}
            max={1_000_000}
            placeholder="no limit"
            defaultValue={source?.max_per_minute ?? ""}
            problem={wrong("max_per_minute")}
          />
          {save.error && !shown.includes(problem?.field ?? "") && (
            <Problem error={save.error} before="Nothing was saved." />
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
