export { GroupListSkeleton as default } from "@/components/dead-letters/group-list-skeleton";
