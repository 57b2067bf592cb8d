export { ReplayDetailSkeleton as default } from "@/components/replays/replay-detail-skeleton";
