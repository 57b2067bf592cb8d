/** Headers that the code in front of the routes sets for them. Our servers remove them from what callers send. */

/** The requested path. */
export const PATH_HEADER = "x-redrive-path";
/** Why a request was rewritten to the refusal route. */
export const REFUSAL_HEADER = "x-redrive-refusal";
/** The nonce of a page's scripts. */
export const NONCE_HEADER = "x-redrive-nonce";
