import { ListSkeleton } from "@/components/table/list-skeleton";

export default function LoadingAlerts() {
  return (
    <ListSkeleton
      label="Loading alerts"
      above={["h-7 w-16", "h-7 w-14", "h-7 w-20"]}
      rows={5}
      rowClass="h-20"
      bars={["h-5 w-8", "h-10 w-96 max-md:flex-1", "ml-auto h-7 w-48 max-md:hidden"]}
    />
  );
}
