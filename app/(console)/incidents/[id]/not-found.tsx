import { NothingHere } from "@/components/nothing-here";

export default function IncidentNotFound() {
  return (
    <NothingHere kind="incident" list="/incidents" id="in_123">
      Incidents of other organisations are not shown.
    </NothingHere>
  );
}
