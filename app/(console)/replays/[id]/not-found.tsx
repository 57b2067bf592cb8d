import { NothingHere } from "@/components/nothing-here";

export default function ReplayNotFound() {
  return <NothingHere kind="replay" list="/replays" id="wr_123" />;
}
