import { ListSkeleton } from "@/components/table/list-skeleton";

export default function LoadingDeadLetters() {
  return (
    <ListSkeleton
      label="Loading dead letters"
      above={["h-5 w-64"]}
      rows={4}
      rowClass="h-30"
      bars={["h-4 w-96 max-md:flex-1", "ml-auto h-11 w-24 max-lg:hidden", "h-8 w-64 max-lg:hidden"]}
    />
  );
}
