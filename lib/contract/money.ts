/**
 * Money in whole minor units, for server and browser. How many decimals a currency has is decided here alone. What the
 * runtime displays differs: it shows no decimals for HUF, ISK or PKR, whose amounts providers write with two.
 */

/** https://docs.stripe.com/currencies#zero-decimal. ISK, UGX and HUF are not among them: Stripe writes them with two. */
const WITHOUT_DECIMALS = namesOf("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf");
/** https://docs.stripe.com/currencies#three-decimal, and IQD and LYD of ISO 4217, which Stripe does not support. */
const WITH_THREE_DECIMALS = namesOf("bhd iqd jod kwd lyd omr tnd");

/** How many decimals the minor unit of a currency has. */
export function decimalsOf(currency: string): 0 | 2 | 3 {
  const code = currency.toLowerCase();
  return WITHOUT_DECIMALS.has(code) ? 0 : WITH_THREE_DECIMALS.has(code) ? 3 : 2;
}

/** `1148000` of HUF is `HUF 11,480.00`. */
export function moneyText(currency: string, amount: number): string {
  const decimals = decimalsOf(currency);
  const code = currency.toUpperCase();
  const value = amount / 10 ** decimals;
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  // The runtime refuses codes that are not three letters.
  if (!/^[A-Z]{3}$/.test(code)) return `${code} ${new Intl.NumberFormat("en-GB", digits).format(value)}`;
  return new Intl.NumberFormat("en-GB", { style: "currency", currency: code, ...digits }).format(value);
}

/**
 * A written amount in minor units, digit by digit: `"598.94"` of USD is 59894 (598.94 * 100 is not). Undefined for what is
 * no amount, and for an amount that the minor unit cannot express exactly.
 */
export function minorUnits(written: unknown, currency: unknown): number | undefined {
  const isCurrency = typeof currency === "string" && /^[a-z]{3}$/i.test(currency);
  const text = typeof written === "number" ? String(written) : written;
  if (typeof text !== "string" || !isCurrency) return undefined;
  const decimals = decimalsOf(currency);
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d{1,15})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (whole === "" || /[1-9]/.test(fraction.slice(decimals))) return undefined;
  const amount = Number(`${sign}${whole}${fraction.slice(0, decimals).padEnd(decimals, "0")}`);
  return Number.isSafeInteger(amount) ? amount : undefined;
}

function namesOf(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}
