export { IncidentSkeleton as default } from "@/components/incidents/incident-skeleton";
