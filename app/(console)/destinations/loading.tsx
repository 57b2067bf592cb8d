export { DestinationListSkeleton as default } from "@/components/destinations/list-skeleton";
