export { AlertSkeleton as default } from "@/components/alerts/alert-skeleton";
