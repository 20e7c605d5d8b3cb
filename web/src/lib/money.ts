// Money is reckoned in whole cents and shown in the shop's currency. The API sends decimal numbers of at most two decimals, which a double
// holds exactly enough to find the cents again.

export function cents(amount: number): number {
  return Math.round(amount * 100);
}

/** The decimal number that the API takes for it. */
export function amount(cents: number): number {
  return cents / 100;
}

const formats = new Map<string, Intl.NumberFormat>();

/** "$12.90". An unknown currency is written before the number. */
export function showMoney(cents: number, currency: string): string {
  let format = formats.get(currency);
  if (!format) {
    try {
      format = new Intl.NumberFormat("en", { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: 2 });
    } catch {
      format = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    }
    formats.set(currency, format);
  }
  return format.format(cents / 100);
}
