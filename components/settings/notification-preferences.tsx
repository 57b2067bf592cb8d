"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { changePreferences } from "@/lib/client/channels";
import { preferencesQuery } from "@/lib/client/queries/channels";
import type { Preferences } from "@/lib/contract/channel-words";
import { CheckboxField } from "../forms/checkbox-field";
import { Problem } from "../forms/problem";
import { SeveritiesField } from "../forms/severities-field";

/** What the person wants to be told, and where. Each change is saved at once. */
export function NotificationPreferences() {
  const client = useQueryClient();
  const query = preferencesQuery();
  const { data } = useSuspenseQuery(query);
  const save = useMutation({
    mutationFn: (changes: Partial<Preferences>) => changePreferences(changes),
    // Shown as chosen at once; what fails goes back to what is stored.
    onMutate: (changes) => client.setQueryData(query.queryKey, (old) => old && { ...old, ...changes }),
    onError: () => client.invalidateQueries({ queryKey: query.queryKey }),
  });
  return (
    <section aria-labelledby="notifications" className="max-w-3xl pb-10">
      <div className="flex items-baseline justify-between gap-3 pb-3">
        <div>
          <h2 id="notifications" className="font-semibold">
            What you are told
          </h2>
          <p className="text-pretty text-quiet">
            Only you. Teams are told through channels. Alerts of other organisations are never sent to you.
          </p>
        </div>
        <span role="status" className="shrink-0 text-green text-sm">
          {save.isSuccess && "Saved"}
        </span>
      </div>
      {data.mail_problem !== null && (
        <p data-testid="no-mail" className="mb-4 text-pretty rounded-md bg-tint px-3 py-2 text-amber">
          Redrive sends no mail yet. <span className="text-ink">{data.mail_problem} Your choices are kept.</span>
        </p>
      )}
      <div className="space-y-5">
        <SeveritiesField
          legend="Alerts in the console"
          help="A message at the foot of every page while you are signed in."
          value={data.console_severities}
          onChange={(console_severities) => save.mutate({ console_severities })}
        />
        <SeveritiesField
          legend="Alerts by mail"
          help="When an alert fires, while it goes on, and when it resolves."
          value={data.mail_severities}
          onChange={(mail_severities) => save.mutate({ mail_severities })}
        />
        <fieldset className="space-y-2">
          <legend className="mb-1.5 font-medium">Also by mail</legend>
          <CheckboxField
            checked={data.mails_replays}
            hint="Of replays you start with “Tell me”. The console tells you in any case."
            onChange={(mails_replays) => save.mutate({ mails_replays })}
          >
            Ends of replays
          </CheckboxField>
          <CheckboxField
            checked={data.mails_report}
            hint="The KPIs of the last week with their targets, on Monday."
            onChange={(mails_report) => save.mutate({ mails_report })}
          >
            Weekly report
          </CheckboxField>
        </fieldset>
      </div>
      <Problem error={save.error} before="Not saved." />
    </section>
  );
}
