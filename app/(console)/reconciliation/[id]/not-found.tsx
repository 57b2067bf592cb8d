import { NothingHere } from "@/components/nothing-here";

export default function RunNotFound() {
  return <NothingHere kind="run" list="/reconciliation" id="rc_123" />;
}
