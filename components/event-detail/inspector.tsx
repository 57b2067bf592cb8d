"use client";

import dynamic from "next/dynamic";
import { useMemo } from "react";
import type { EventDetail } from "@/lib/contract/events";
import { forgottenText } from "@/lib/contract/retention-words";
import { readBody } from "../body/body";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "../ui/tabs";
import { ChangesTab, changeGroups } from "./changes-tab";
import { PayloadTab } from "./payload-tab";
import { RequestTab } from "./request-tab";

const BytesTab = dynamic(() => import("./bytes-tab").then((module) => module.BytesTab));
const VersionsTab = dynamic(() => import("./versions-tab").then((module) => module.VersionsTab));
const RelatedTab = dynamic(() => import("./related-tab").then((module) => module.RelatedTab));

/** The payload, the rows it changed, and related events. */
export function Inspector({ event, within, mayReplay }: { event: EventDetail; within: string; mayReplay: boolean }) {
  const body = useMemo(() => readBody(event.body_base64, event.body_cut), [event.body_base64, event.body_cut]);
  const content = useMemo(
    () => (event.content_base64 === null ? body : readBody(event.content_base64, event.body_cut)),
    [event.content_base64, event.body_cut, body],
  );
  const changes = changeGroups(event);
  const gone = event.body_forgotten && <p className="py-3 text-quiet">{forgottenText(event.body_forgotten)}</p>;
  return (
    <Tabs defaultValue="payload" className="min-w-0">
      <TabsList aria-label="What was received">
        <TabsTrigger value="payload">Payload</TabsTrigger>
        <TabsTrigger value="changes">
          Changes{" "}
          <span className="text-faint tabular-nums">
            {changes.reduce((sum, group) => sum + group.changes.length, 0)}
          </span>
        </TabsTrigger>
        <TabsTrigger value="request">
          Request <span className="text-faint tabular-nums">{event.headers.length}</span>
        </TabsTrigger>
        <TabsTrigger value="bytes">Bytes</TabsTrigger>
        <TabsTrigger value="related">Related</TabsTrigger>
        {event.versions.length > 0 && (
          <TabsTrigger value="versions">
            Versions <span className="text-faint tabular-nums">{event.versions.length}</span>
          </TabsTrigger>
        )}
      </TabsList>
      <TabsContent value="payload">
        {gone ?? <PayloadTab body={content} isCut={event.body_cut} parseStatus={event.parse_status} />}
      </TabsContent>
      <TabsContent value="changes">
        <ChangesTab groups={changes} />
      </TabsContent>
      <TabsContent value="request">
        <RequestTab event={event} />
      </TabsContent>
      <TabsContent value="bytes">{gone ?? <BytesTab event={event} body={body} />}</TabsContent>
      <TabsContent value="related">
        <RelatedTab event={event} within={within} />
      </TabsContent>
      {event.versions.length > 0 && (
        <TabsContent value="versions">
          <VersionsTab event={event} body={body} within={within} mayReplay={mayReplay} />
        </TabsContent>
      )}
    </Tabs>
  );
}
