import { handle } from "@/app/api/handle";
import { channelNotificationsRequest } from "@/lib/contract/api/notifications";
import { readQuery } from "@/lib/contract/event-filter";
import { listChannelNotifications } from "@/lib/queries/channels";

/** What the channel was told, newest first. */
export const GET = handle("view", ({ request, params, actor }) => {
  const asked = channelNotificationsRequest.parse(readQuery(new URL(request.url).searchParams));
  return listChannelNotifications(String(params.id), asked, actor);
});
