export { DestinationDetailSkeleton as default } from "@/components/destinations/destination-detail-skeleton";
