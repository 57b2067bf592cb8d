import { NothingHere } from "@/components/nothing-here";

export default function EventNotFound() {
  return (
    <NothingHere kind="event" list="/events" id="we_123" label="Search the history">
      To find an event by the provider's own id, search for its key.
    </NothingHere>
  );
}
