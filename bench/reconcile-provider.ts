/** A Stripe with 100,000 events that allows 25 requests a second, in a process of its own: see reconcile.ts. */
import { startStripe } from "../tests/support/provider-apis/stripe";
import { listedEvent } from "./reconcile-events";

const [count = 0, until = 0] = process.argv.slice(2).map(Number);
const stripe = await startStripe({ perSecond: 25 });
stripe.add(Array.from({ length: count }, (_, n) => listedEvent(n, count, until)));
process.stdout.write(`${JSON.stringify({ url: stripe.url, key: stripe.key })}\n`);
// Ends with the bench, however that ends.
process.stdin.resume().once("close", () => process.exit());
