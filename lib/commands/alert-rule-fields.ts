/** The fields of a rule: whether they fit its kind, and how SQL names them. */
import { ALERT_KIND, type AlertKind, type Subject } from "@/lib/contract/alert-kinds";
import type { RuleSettings } from "@/lib/contract/api/alert-rules";
import { numberInId } from "@/lib/contract/ids";
import type { AlertSubject } from "@/lib/db/functions/alerts";
import { Refusal } from "@/lib/refusals";

/** A rule about everything. */
export const NO_SUBJECT = { provider: null, event_type: null, organisation_id: null, destination_id: null };

type Given = Partial<Record<Subject, string | null>>;

/** The fields that are given, as SQL names them. */
export function subjectOf({ provider_slug, event_type, org_id, destination_id }: Given): Partial<AlertSubject> {
  return {
    ...(provider_slug !== undefined && { provider: provider_slug }),
    ...(event_type !== undefined && { event_type }),
    ...(org_id !== undefined && { organisation_id: org_id }),
    ...(destination_id !== undefined && { destination_id: destination_id && numberInId(destination_id) }),
  } as Partial<AlertSubject>;
}

/** A setting that is not used would seem to be. Endpoints and providers are never both meant. */
export function requireFitting(kind: AlertKind, subject: Given, settings: RuleSettings): void {
  const { subjects, settings: used, more = [] } = ALERT_KIND[kind];
  for (const field of ["provider_slug", "event_type", "org_id", "destination_id"] as const) {
    if (subject[field] && !subjects.includes(field)) throw new Refusal("rule_unfit", { kind, field });
  }
  if (subject.destination_id && subject.event_type) throw new Refusal("rule_unfit", { kind, field: "event_type" });
  const given = Object.keys(settings);
  const taken = [...Object.keys(used), ...more];
  const wrong = given.find((name) => !taken.includes(name)) ?? Object.keys(used).find((name) => !given.includes(name));
  if (wrong) throw new Refusal("rule_settings", { kind, wanted: Object.keys(used), more });
}
