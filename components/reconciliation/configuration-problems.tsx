"use client";

import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { Reconciliation } from "@/lib/contract/reconciliations";
import { InertText } from "../inert-text";
import { Button } from "../ui/button";
import { ConfigurationDialog } from "./configuration-dialog";
import type { Rights } from "./rights";

/** What was wrong with how the provider sends to us when the run started, with what to do. Renders nothing without any. */
export function ConfigurationProblems({ run, rights }: { run: Reconciliation; rights: Rights }) {
  const [open, setOpen] = useState(false);
  const { configuration } = run;
  if (!configuration || (configuration.problems.length === 0 && !configuration.note)) return null;
  return (
    <section aria-label="Configuration at the provider" className="mt-7" data-testid="configuration-problems">
      <h2 className="font-semibold text-lg">How it is set up</h2>
      {configuration.note && (
        <p className="text-pretty text-quiet">
          <InertText text={configuration.note} />
        </p>
      )}
      <ul className="mt-1">
        {configuration.problems.map(({ code, title, way_out }) => (
          <li key={code} className="flex gap-2 border-b py-2">
            <TriangleAlert aria-hidden="true" className="mt-0.75 size-3.5 shrink-0 text-amber" />
            <div className="min-w-0">
              <p className="font-medium">
                <InertText text={title} />
              </p>
              <p className="text-pretty text-quiet">
                <InertText text={way_out} />
              </p>
            </div>
          </li>
        ))}
      </ul>
      {configuration.problems.length > 0 && rights.forbiddenToCheck === null && (
        <Button size="sm" className="mt-2" onClick={() => setOpen(true)}>
          Check it now…
        </Button>
      )}
      {open && (
        <ConfigurationDialog
          source={{ provider_slug: run.provider_slug, source_id: run.source_id, name: run.source_name }}
          rights={rights}
          onClose={() => setOpen(false)}
        />
      )}
    </section>
  );
}
