export { ReplayListSkeleton as default } from "@/components/replays/list-skeleton";
