import { ListSkeleton } from "@/components/table/list-skeleton";

export default function LoadingAlertRules() {
  return (
    <ListSkeleton
      label="Loading rules"
      above={["h-7 w-64", "h-8 w-24"]}
      rows={8}
      rowClass="h-14"
      bars={["h-5 w-8", "h-8 w-96 max-md:flex-1", "ml-auto h-4 w-8", "h-4.5 w-8"]}
    />
  );
}
