import { ListSkeleton } from "@/components/table/list-skeleton";

export default function LoadingDestinations() {
  return (
    <ListSkeleton
      label="Loading destinations"
      above={["h-8 w-56", "h-8 w-24", "ml-auto h-8 w-36 max-md:hidden"]}
      rows={8}
      rowClass="h-13"
      bars={[
        "h-3.5 w-24",
        "h-3.5 w-40 max-md:flex-1",
        "ml-auto h-3.5 w-14 max-md:hidden",
        "h-3.5 w-12 max-md:hidden",
        "h-5 w-28 max-lg:hidden",
        "h-3.5 w-32 max-md:hidden",
      ]}
    />
  );
}
