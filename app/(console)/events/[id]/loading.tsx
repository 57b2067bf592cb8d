export { EventSkeleton as default } from "@/components/event/event-skeleton";
