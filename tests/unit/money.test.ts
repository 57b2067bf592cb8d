/** Minor units are the providers', never the decimals that a runtime displays. */
import { expect, test } from "vitest";
import { minorUnits, moneyText } from "@/lib/contract/money";

test.each([
  ["huf", 1_148_000, "11,480.00"],
  ["isk", 50_000, "500.00"],
  ["ugx", 500_000, "5,000.00"],
  ["idr", 15_000_000, "150,000.00"],
  ["cop", 5_000_000, "50,000.00"],
  ["pkr", 123_450, "1,234.50"],
  ["rsd", 123_450, "1,234.50"],
  ["twd", 80_000, "800.00"],
  ["jpy", 5_000, "5,000"],
  ["krw", 5_000, "5,000"],
  ["mga", 5_000, "5,000"],
  ["bhd", 5_120, "5.120"],
  ["usdc", 2_500, "25.00"],
])("an amount in %s is not shown 100 times too high", (currency, amount, written) => {
  const text = moneyText(currency, amount).replaceAll("\u00a0", " ");
  expect(text).toMatch(new RegExp(`(^|[^\\d.,])${written.replaceAll(".", "\\.")}$`));
});

test.each([
  ["598.94", "USD", 59_894],
  ["0.29", "EUR", 29],
  ["11480.50", "HUF", 1_148_050],
  ["11480.00", "HUF", 1_148_000],
  ["500", "ISK", 50_000],
  ["1000", "JPY", 1_000],
  ["1000.00", "JPY", 1_000],
  ["1.234", "KWD", 1_234],
  ["-5.5", "USD", -550],
  [12.5, "EUR", 1_250],
  ["10.005", "USD", undefined],
  ["99999999999999.99", "USD", undefined],
  ["12,50", "EUR", undefined],
  ["5.00", "dollars", undefined],
  [undefined, "USD", undefined],
])("%s %s are %s minor units", (written, currency, amount) => {
  expect(minorUnits(written, currency)).toBe(amount);
});
