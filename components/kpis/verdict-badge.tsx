import { CircleCheck, CircleDashed, type LucideIcon, TriangleAlert } from "lucide-react";
import { StatusBadge } from "../status/status-badge";
import { VERDICT, type Verdict } from "./kpi-text";

const STYLE: Record<Verdict, { icon: LucideIcon; tone: string }> = {
  met: { icon: CircleCheck, tone: "text-green" },
  not_met: { icon: TriangleAlert, tone: "text-red" },
  nothing: { icon: CircleDashed, tone: "text-grey" },
};

/** `Met` or `Not met`, by icon and words. */
export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  return <StatusBadge look={STYLE[verdict]} label={VERDICT[verdict]} testId="kpi-verdict" />;
}
