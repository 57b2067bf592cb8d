import { NothingHere } from "@/components/nothing-here";

export default function AlertNotFound() {
  return (
    <NothingHere kind="alert" list="/alerts" id="al_123">
      Alerts of other organisations are not shown.
    </NothingHere>
  );
}
