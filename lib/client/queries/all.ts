/** The first part of each kind's query keys, for any filter. */
export const ALL = { events: ["events"], replays: ["replays"], analytics: ["analytics"] } as const;
