import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { acknowledgeAlert } from "@/lib/client/alerts";
import { InertText } from "../inert-text";
import { RelativeTime } from "../time";
import { sayFailed } from "../toasts";
import { Button } from "../ui/button";
import type { Concern } from "./concern";

const LOOK = {
  red: { icon: CircleAlert, tone: "text-red" },
  amber: { icon: TriangleAlert, tone: "text-amber" },
};

export function ConcernLine({
  concern: { tone, sentence, detail, at, link, alert },
  mayHandle,
}: {
  concern: Concern;
  mayHandle: boolean;
}) {
  const { icon: Icon, tone: colour } = LOOK[tone];
  return (
    <li className="flex items-start gap-x-2.5 gap-y-2 border-b py-2.5 max-sm:flex-wrap">
      <Icon aria-hidden="true" className={`mt-0.75 size-3.5 shrink-0 ${colour}`} />
      <div className="min-w-0 flex-1">
        <p className="text-pretty font-medium [overflow-wrap:anywhere]">{sentence}</p>
        {detail && (
          <p className="text-pretty text-quiet text-sm [overflow-wrap:anywhere]">
            <InertText text={detail} />
          </p>
        )}
      </div>
      {at && <RelativeTime at={at} className="mt-0.5 shrink-0 text-faint text-sm tabular-nums" />}
      {link && (
        // On a phone below the text, which it would squeeze.
        <span className="flex shrink-0 gap-1.5 max-sm:w-full max-sm:pl-6">
          {alert && mayHandle && <Dismiss alert={alert} />}
          <Button asChild size="sm">
            <Link href={link.href}>{link.label}</Link>
          </Button>
        </span>
      )}
    </li>
  );
}

/** Acknowledges the alert: it leaves this list, and is not told again until it is well. */
function Dismiss({ alert }: { alert: string }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: () => acknowledgeAlert(alert),
    onError: (error) => void sayFailed(error, "It was not acknowledged."),
    onSettled: () => client.invalidateQueries({ queryKey: ["alerts"] }),
  });
  return (
    <Button
      size="sm"
      variant="ghost"
      title="Acknowledge: it is not told again until it is well"
      data-testid="dismiss"
      disabled={act.isPending}
      onClick={() => act.mutate()}
    >
      {act.isPending ? "Dismissing…" : "Dismiss"}
    </Button>
  );
}
