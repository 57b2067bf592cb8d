/** The report of each week, by mail to those who want it, about what they may see. */
import { KPI_TARGETS } from "@/lib/contract/kpi-targets";
import { call } from "@/lib/db/client";
import type { DueReport } from "@/lib/db/functions/channels";
import type { ReportContent } from "@/lib/db/functions/messages";
import { scopeOf } from "@/lib/scope";

const AT_ONCE = 20;
const FORGOTTEN_AT_ONCE = 10_000;
const MINUTE_S = 60;
/** Nothing happened that it could be a share of. */
const NONE = "–";

/** Writes the reports of the week that has ended, and deletes old notifications. */
export async function tendReports(): Promise<void> {
  while ((await writeReports()) === AT_ONCE) {
    // There may be more.
  }
  await call("pipeline", "forget_notifications", { p_limit: FORGOTTEN_AT_ONCE });
}

async function writeReports(): Promise<number> {
  const due = await call("pipeline", "due_reports", { p_limit: AT_ONCE });
  for (const report of due) {
    await call("pipeline", "write_report", {
      p_staff_id: report.staff_id,
      p_week: report.week,
      p_content: await reportOf(report),
    });
  }
  return due.length;
}

/** The KPIs of runbook 001, each with its target where it has one. */
async function reportOf({ organisations, from_ts, to_ts }: DueReport): Promise<ReportContent> {
  const { totals } = await call("console", "read_kpis", {
    p_from: from_ts,
    p_to: to_ts,
    ...scopeOf({ organisations }),
  });
  const { received, succeeded, lost, delivery_success, replay_success, mean_time_to_replay_seconds } = totals;
  const last = new Date(Date.parse(to_ts) - 1).toISOString().slice(0, 10);
  const {
    delivery_success: delivered,
    replay_success: replayed,
    mean_time_to_replay_seconds: replayTime,
  } = KPI_TARGETS;
  return {
    title: `Redrive: the week from ${from_ts.slice(0, 10)} to ${last}`,
    text: `${received} events were received. ${succeeded} of ${succeeded + lost} finished events succeeded.`,
    facts: [
      { label: `Deliveries (target: above ${delivered} %)`, value: percent(delivery_success) },
      { label: `Replays (target: above ${replayed} %)`, value: percent(replay_success) },
      {
        label: `Mean time to replay (target: below ${replayTime / MINUTE_S} min)`,
        value: minutes(mean_time_to_replay_seconds),
      },
      { label: "Endpoint availability", value: percent(totals.endpoint_availability) },
      { label: "Failed for good", value: String(lost) },
    ],
    path: "/kpis",
  };
}

function percent(share: number | null): string {
  return share === null ? NONE : `${share.toFixed(2)} %`;
}

function minutes(seconds: number | null): string {
  if (seconds === null) return NONE;
  return seconds < MINUTE_S ? "less than a minute" : `${Math.round(seconds / MINUTE_S)} min`;
}
