import type { Metadata } from "next";
import { Overview } from "@/components/overview/overview";
import { requireStaff } from "@/lib/auth/authorise";
import { RANGES, type Range } from "@/lib/contract/analytics";
import { readAnalytics } from "@/lib/queries/analytics";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage({ searchParams }: PageProps<"/">) {
  await requireStaff("view");
  const asked = (await searchParams).range;
  const range = typeof asked === "string" && asked in RANGES ? (asked as Range) : "24h";
  return <Overview key={range} range={range} initial={await readAnalytics(range)} />;
}
