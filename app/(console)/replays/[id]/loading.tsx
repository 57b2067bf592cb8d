export { ReplayDeskSkeleton as default } from "@/components/replays/desk-skeleton";
