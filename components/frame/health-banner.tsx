"use client";

import { TriangleAlert } from "lucide-react";
import { useTroubles } from "@/lib/client/health";
import type { HealthCheck } from "@/lib/contract/health";
import { InertText } from "../inert-text";
import { cn } from "../ui/cn";

const TITLE: Record<HealthCheck["name"], string> = {
  database: "The database does not answer",
  writes: "Webhooks cannot be stored",
  lanes: "Parts of Redrive are waiting for the database",
  clock: "The server's and the database's clocks differ",
  rejections: "Most webhooks are rejected",
  worker: "Deliveries wait",
  migrations: "The database is older than this version",
  retention: "Old data is not deleted, or new events have no partition of their own",
  secrets: "A secret is missing",
  disk: "The disk is almost full",
  log: "Log lines are lost",
  proxies: "A proxy hides who sends webhooks",
};

/** Shown above every page while Redrive is degraded: what is wrong, and what to do. */
export function HealthBanner() {
  const troubles = useTroubles();
  if (troubles.length === 0) return null;
  return (
    <section role="status" aria-label="Degraded" data-testid="health-banner" className="border-b px-4 py-2 md:px-6">
      <ul className="space-y-1.5">
        {troubles.map(({ name, status, detail, todo }) => (
          <li key={name} className="flex items-start gap-2.5">
            <TriangleAlert
              aria-hidden="true"
              className={cn("mt-0.75 size-3.5 shrink-0", status === "failed" ? "text-red" : "text-amber")}
            />
            <div className="min-w-0">
              <p className="font-medium">{TITLE[name]}</p>
              <p className="text-pretty text-quiet text-sm [overflow-wrap:anywhere]">
                <InertText text={[detail, todo].filter(Boolean).join(" ")} />
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
