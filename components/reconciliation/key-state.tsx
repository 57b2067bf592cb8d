"use client";

import { useMutation } from "@tanstack/react-query";
import { testCredentials } from "@/lib/client/coverage";
import type { SourceCoverage } from "@/lib/contract/reconciliations";
import { duration } from "../format";
import { InertText } from "../inert-text";
import { PermissionGuard } from "../permissions/permission-guard";
import { RelativeTime } from "../time";
import { sayFailed } from "../toasts";
import { Button } from "../ui/button";

/** Which key the source has, how its last test ended, and a button that tests it. Without one: which it needs. */
export function KeyState({
  source,
  forbidden,
  onTested,
}: {
  source: SourceCoverage;
  forbidden: string | null;
  onTested: () => void;
}) {
  const test = useMutation({
    mutationFn: () => testCredentials(source),
    onError: (error) => void sayFailed(error, "The key was not tested."),
    onSuccess: onTested,
  });
  const { credentials } = source;
  if (!credentials) return null;
  const { fields, from, is_complete, rights, tested_at, problem } = credentials;
  if (!is_complete) {
    const missing = fields.filter(({ is_optional, value }) => !is_optional && value === null);
    return (
      <>
        <span className="font-medium">
          {from === null ? "none" : `incomplete: ${missing.map(({ label }) => label).join(", ")} is missing`}
        </span>
        <span className="block text-pretty text-quiet text-sm">{rights}</span>
        <span className="block text-quiet text-sm">
          Enter it here
          {source.source_id === null && (
            <>
              , or set{" "}
              {missing.map(({ variable }, index) => (
                <span key={variable}>
                  {index > 0 && ", "}
                  <code className="font-mono text-ink">{variable}</code>
                </span>
              ))}{" "}
              and restart
            </>
          )}
          .
        </span>
      </>
    );
  }
  const result = test.data;
  return (
    <>
      <span className="font-mono text-sm">
        <InertText text={fields.flatMap(({ value }) => (value === null ? [] : [value])).join(" · ")} />
      </span>
      <span className="text-quiet"> from {from === "console" ? "the console" : "the environment"}</span>
      <PermissionGuard forbidden={forbidden}>
        <Button
          size="sm"
          className="ml-2"
          data-testid="test-key"
          disabled={test.isPending}
          onClick={() => test.mutate()}
        >
          {test.isPending ? "Testing…" : "Test this key"}
        </Button>
      </PermissionGuard>
      <span role="status" className="block text-pretty text-sm">
        {result ? (
          result.works ? (
            <span className="text-green">It works. The answer took {duration(result.milliseconds)}.</span>
          ) : (
            <span className="text-red">
              It does not work: <InertText text={result.problem ?? "the provider refused it"} />
            </span>
          )
        ) : problem ? (
          <span className="text-red">
            <InertText text={problem} /> {tested_at && <RelativeTime at={tested_at} className="text-quiet" />}
          </span>
        ) : (
          tested_at && (
            <span className="text-quiet">
              worked <RelativeTime at={tested_at} />
            </span>
          )
        )}
      </span>
    </>
  );
}
