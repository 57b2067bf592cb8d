/** What is in front of the routes tells them with these. Our servers remove them from what callers send. */

/** The path that was asked for. */
export const PATH_HEADER = "x-redrive-path";
/** Why a request is not routed where it was meant to go. */
export const REFUSAL_HEADER = "x-redrive-refusal";
/** The nonce of a page's scripts. */
export const NONCE_HEADER = "x-redrive-nonce";
