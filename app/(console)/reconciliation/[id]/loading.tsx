export { RunSkeleton as default } from "@/components/reconciliation/run-skeleton";
