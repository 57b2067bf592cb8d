import { ListSkeleton } from "@/components/table/list-skeleton";

export default function LoadingReplays() {
  return (
    <ListSkeleton
      label="Loading replays"
      above={["h-7 w-56", "h-7 w-24"]}
      rows={8}
      rowClass="h-11"
      bars={[
        "h-3.5 w-20",
        "h-3.5 w-64 max-md:flex-1",
        "h-3.5 w-48 max-lg:hidden",
        "ml-auto h-2 w-40 max-md:hidden",
        "h-3.5 w-14",
      ]}
    />
  );
}
