"use client";

import { useMemo } from "react";
import type { EventDetail } from "@/lib/contract/events";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "../ui/tabs";
import { readBody } from "./body";
import { BytesTab } from "./bytes-tab";
import { ChangesTab, changeGroups } from "./changes-tab";
import { HeadersTab } from "./headers-tab";
import { PayloadTab } from "./payload-tab";

/** What arrived and what it changed. */
export function Inspector({ event }: { event: EventDetail }) {
  const body = useMemo(() => readBody(event.body_base64), [event.body_base64]);
  const changes = changeGroups(event);
  return (
    <Tabs defaultValue="payload" className="min-w-0">
      <TabsList aria-label="What was received">
        <TabsTrigger value="payload">Payload</TabsTrigger>
        <TabsTrigger value="bytes">Received bytes</TabsTrigger>
        <TabsTrigger value="headers">
          Headers <span className="text-faint tabular-nums">{event.headers.length}</span>
        </TabsTrigger>
        <TabsTrigger value="changes">
          Changes{" "}
          <span className="text-faint tabular-nums">
            {changes.reduce((sum, group) => sum + group.changes.length, 0)}
          </span>
        </TabsTrigger>
      </TabsList>
      <TabsContent value="payload">
        <PayloadTab body={body} parseStatus={event.parse_status} />
      </TabsContent>
      <TabsContent value="bytes">
        <BytesTab event={event} body={body} />
      </TabsContent>
      <TabsContent value="headers">
        <HeadersTab event={event} />
      </TabsContent>
      <TabsContent value="changes">
        <ChangesTab groups={changes} />
      </TabsContent>
    </Tabs>
  );
}
