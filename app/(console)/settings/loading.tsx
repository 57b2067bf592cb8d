import { ListSkeleton } from "@/components/table/list-skeleton";

export default function LoadingSettings() {
  return (
    <ListSkeleton
      label="Loading"
      above={["h-4 w-72 max-md:w-40", "ml-auto h-8 w-32"]}
      rows={6}
      rowClass="h-14"
      bars={["h-3.5 w-56 max-md:flex-1", "h-3.5 w-24 max-md:hidden", "ml-auto h-3.5 w-16"]}
    />
  );
}
