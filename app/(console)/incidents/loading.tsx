import { ListSkeleton } from "@/components/table/list-skeleton";

export default function LoadingIncidents() {
  return (
    <ListSkeleton
      label="Loading incidents"
      above={["h-7 w-24", "h-7 w-28"]}
      rows={6}
      rowClass="h-9"
      bars={[
        "h-5 w-8",
        "h-3.5 w-72 max-md:flex-1",
        "h-3.5 w-28 max-md:hidden",
        "ml-auto h-2 w-40 max-lg:hidden",
        "h-3.5 w-14",
      ]}
    />
  );
}
