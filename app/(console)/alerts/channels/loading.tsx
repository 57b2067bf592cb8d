import { ListSkeleton } from "@/components/table/list-skeleton";

export default function LoadingChannels() {
  return (
    <ListSkeleton
      label="Loading channels"
      above={["h-4 w-96 max-md:w-40", "ml-auto h-8 w-32"]}
      rows={4}
      rowClass="h-16"
      bars={["h-3.5 w-56 max-md:flex-1", "h-3.5 w-40 max-md:hidden", "ml-auto h-3.5 w-24"]}
    />
  );
}
