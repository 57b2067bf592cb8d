/** The server reads this cookie, so that the sidebar has its width before the first paint. */
export const SIDEBAR_COOKIE = "redrive_rail";
