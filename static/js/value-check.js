// Says while somebody types whether a value can be of its type, before the server
// decides. Pure; the forms of numbers and dates are those that people type most.

const MONEY = /^-?\s*(?:[A-Z]{2,3}|[$€£¥₹])?\s*-?\d[\d.,' ]*(?:\s*(?:[A-Z]{2,3}|[$€£¥₹]))?$/iu;
const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const DAY_FIRST = /^(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})$/;
const NAMED = /\p{L}{3,}/u;

export function check(type, text) {
  const value = text.trim();
  if (!value) return { ok: false, says: "" };
  if (type === "money" || type === "number") return amount(value);
  if (type === "date") return date(value);
  if (type === "currency") return currency(value);
  return { ok: true, says: "" };
}

// An amount as a plain decimal, as the server will read it; null for none, and where one
// mark before three digits may be either.
export function amountOf(text) {
  const value = text.trim();
  if (!value || !MONEY.test(value)) return null;
  const digits = value.replace(/[^\d.,-]/g, "");
  const last = Math.max(digits.lastIndexOf("."), digits.lastIndexOf(","));
  if (last < 0) return digits;
  const marks = new Set(digits.match(/[.,]/g));
  if (digits.length - last - 1 === 3 && marks.size === 1) return digits.replace(/[.,]/g, "");
  const whole = digits.slice(0, last).replace(/[.,]/g, "");
  return `${whole || "0"}.${digits.slice(last + 1)}`;
}

function amount(value) {
  if (!MONEY.test(value)) return { ok: false, says: "Not an amount yet: 1234.50" };
  const digits = value.replace(/[^\d.,-]/g, "");
  const last = Math.max(digits.lastIndexOf("."), digits.lastIndexOf(","));
  const marks = digits.match(/[.,]/g) ?? [];
  const decimals = last < 0 ? 0 : digits.length - last - 1;
  // One mark before three digits may be either: the server decides, so nothing is said.
  if (decimals === 3 && new Set(marks).size === 1) return { ok: true, says: "" };
  if (last < 0) return { ok: true, says: `Reads as ${digits}` };
  const whole = digits.slice(0, last).replace(/[.,]/g, "");
  return { ok: true, says: `Reads as ${whole || "0"}.${digits.slice(last + 1)}` };
}

function isDay(year, month, day) {
  const found = new Date(Date.UTC(year, month - 1, day));
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === day;
}

const LONG = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

// "3 April 2026": what a date means, so that a slip of day and month is seen.
const spelled = (year, month, day) => LONG.format(new Date(Date.UTC(year, month - 1, day)));

function date(value) {
  const iso = ISO.exec(value);
  if (iso) {
    const [year, month, day] = iso.slice(1).map(Number);
    return isDay(year, month, day) ? { ok: true, says: spelled(year, month, day) } : noDay();
  }
  const first = DAY_FIRST.exec(value);
  if (!first) {
    return NAMED.test(value) && /\d/.test(value)
      ? { ok: true, says: "" }
      : { ok: false, says: "Not a date yet: 2026-11-23" };
  }
  const [day, month] = first.slice(1, 3).map(Number);
  const year = Number(first[3]) + (first[3].length === 2 ? 2000 : 0);
  const [dayFirst, monthFirst] = [isDay(year, month, day), isDay(year, day, month)];
  if (!dayFirst && !monthFirst) return noDay();
  const said = dayFirst ? spelled(year, month, day) : spelled(year, day, month);
  if (!dayFirst || !monthFirst || day === month) return { ok: true, says: said };
  const two = (number) => String(number).padStart(2, "0");
  const clear = `${year}-${two(month)}-${two(day)}`;
  const says = `${said}, or ${spelled(year, day, month)}? ${clear} is always clear`;
  return { ok: true, says: `Day or month first: ${says}` };
}

const noDay = () => ({ ok: false, says: "There is no such day" });

function currency(value) {
  return /^([A-Z]{3}|[$€£¥₹]|RM)$/iu.test(value)
    ? { ok: true, says: "" }
    : { ok: false, says: "Type its code, like EUR" };
}
