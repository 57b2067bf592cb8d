export { SourceSkeleton as default } from "@/components/sources/source-skeleton";
