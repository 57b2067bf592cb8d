import { NothingHere } from "@/components/nothing-here";

export default function DestinationNotFound() {
  return (
    <NothingHere kind="destination" list="/destinations" id="ds_12">
      It may have been deleted; what it received is in the history.
    </NothingHere>
  );
}
