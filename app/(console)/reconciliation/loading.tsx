export { SourceSkeleton as default } from "@/components/endpoints/source-skeleton";
