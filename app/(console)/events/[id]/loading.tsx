export { EventSkeleton as default } from "@/components/event-detail/event-skeleton";
