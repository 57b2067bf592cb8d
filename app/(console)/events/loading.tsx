export { HistorySkeleton as default } from "@/components/events/history-skeleton";
