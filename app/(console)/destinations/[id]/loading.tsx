export { DestinationDeskSkeleton as default } from "@/components/destinations/desk-skeleton";
