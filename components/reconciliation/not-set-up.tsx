"use client";

import { useState } from "react";
import { COVERAGE_KIND, type SourceCoverage } from "@/lib/contract/reconciliations";
import { InertText } from "../inert-text";
import { PermissionGuard } from "../permissions/permission-guard";
import { ProviderMark, providerName } from "../provider";
import { Button } from "../ui/button";
import { CredentialsDialog } from "./credentials-dialog";
import type { Rights } from "./rights";
import { sourceKey, sourceName } from "./source-words";

/** Sources without an API key, one line each: what a key would prove, and the dialog that takes it. */
export function NotSetUp({
  sources,
  rights,
  onChanged,
}: {
  sources: SourceCoverage[];
  rights: Rights;
  onChanged: () => void;
}) {
  const [open, setOpen] = useState<SourceCoverage | null>(null);
  const able = sources.filter(({ credentials }) => credentials !== null);
  const unable = [...new Set(sources.filter(({ credentials }) => credentials === null).map(sourceName))];
  return (
    <section aria-labelledby="not-set-up" className="mt-8" data-testid="not-set-up">
      <h2 id="not-set-up" className="font-semibold text-lg">
        Not set up
      </h2>
      <p className="max-w-[44rem] text-pretty pb-2 text-quiet">
        Without an API key a provider cannot be asked, so what never arrived stays unknown. “Set up” says which key to
        make, where, and with which rights.
      </p>
      <ul className="border-t">
        {able.map((source) => (
          <li
            key={sourceKey(source)}
            id={source.source_id ?? source.provider_slug}
            data-testid={`not-set-up-${source.source_id ?? source.provider_slug}`}
            className="grid scroll-mt-16 grid-cols-[14rem_minmax(0,1fr)_auto] items-start gap-x-6 gap-y-1 border-b py-2.5 max-md:grid-cols-[minmax(0,1fr)_auto]"
          >
            <h3 className="flex min-w-0 items-center gap-2.5 font-medium">
              <ProviderMark slug={source.provider_slug} />
              <span className="min-w-0 [overflow-wrap:anywhere]">
                {providerName(source.provider_slug)}
                {source.name !== null && (
                  <span className="font-normal text-quiet">
                    {" · "}
                    <InertText text={source.name} />
                  </span>
                )}
              </span>
            </h3>
            <p className="min-w-0 text-pretty text-quiet max-md:col-span-2 max-md:row-start-2">
              {source.coverage && (
                <>
                  <span className="font-medium text-ink">{COVERAGE_KIND[source.coverage.kind].label}.</span>{" "}
                  {source.coverage.proves}
                </>
              )}
              {missingField(source) && <span className="block text-amber">{missingField(source)}</span>}
            </p>
            <PermissionGuard forbidden={rights.forbiddenToManage}>
              <Button
                size="sm"
                data-testid="set-up"
                aria-label={`Set up ${sourceName(source)}`}
                onClick={() => setOpen(source)}
              >
                Set up…
              </Button>
            </PermissionGuard>
          </li>
        ))}
      </ul>
      {unable.length > 0 && (
        <p className="pt-2.5 text-pretty text-quiet text-sm">
          Cannot be asked, because Redrive has no client for the API: {unable.join(", ")}. Compare with their own
          dashboards.
        </p>
      )}
      {open?.credentials && (
        <CredentialsDialog
          source={open}
          credentials={open.credentials}
          onClose={() => setOpen(null)}
          onSaved={onChanged}
        />
      )}
    </section>
  );
}

/** A key that was entered in part, such as a shop without its token. */
function missingField({ credentials }: SourceCoverage): string | null {
  if (!credentials || credentials.from === null) return null;
  const missing = credentials.fields.filter(({ is_optional, value }) => !is_optional && value === null);
  return `The key is incomplete: ${missing.map(({ label }) => label).join(", ")} is missing.`;
}
