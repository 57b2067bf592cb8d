import type { ReactNode } from "react";
import { GlobalDialogs } from "./global-dialogs";
import { HealthBanner } from "./health-banner";
import { NoticeToasts } from "./notice-toasts";
import { OfflineLine } from "./offline-line";
import type { Person } from "./person-menu";
import { Sidebar } from "./sidebar";
import { TopBar } from "./top-bar";

/** Console layout: sidebar, top bar, page. */
export function Frame({ person, narrowRail, children }: { person: Person; narrowRail: boolean; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh">
      <a
        href="#page"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-1.5 font-medium text-accent-ink focus:translate-y-0"
      >
        Skip to the page
      </a>
      <GlobalDialogs person={person} />
      <NoticeToasts />
      <OfflineLine />
      <Sidebar startNarrow={narrowRail} mayManage={person.mayManage} />
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar person={person} />
        <HealthBanner />
        <main id="page" tabIndex={-1} className="min-w-0 flex-1 px-4 pt-4 pb-12 outline-none md:px-6">
          {children}
        </main>
      </div>
    </div>
  );
}
