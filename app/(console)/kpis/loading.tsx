export { KpiSkeleton as default } from "@/components/kpis/kpi-skeleton";
