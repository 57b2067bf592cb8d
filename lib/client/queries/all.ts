/** How the keys of a kind begin, whatever it is filtered by. */
export const ALL = { events: ["events"], replays: ["replays"], analytics: ["analytics"] } as const;
