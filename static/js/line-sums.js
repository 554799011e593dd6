// The sum of line items beside what they may add up to. Pure; amounts are plain decimals
// as the server writes them ("1234.50"), kept as whole ten-thousandths.
import { amountOf } from "./value-check.js";

const UNIT = 10_000;

export function units(text) {
  const amount = amountOf(text);
  return amount === null ? null : Math.round(Number(amount) * UNIT);
}

export const shownUnits = (value) => (value / UNIT).toFixed(2);

// amounts: texts, "" where a line has none; totals: [{name, value}].
export function sumUp(amounts, totals) {
  const known = amounts.map(units).filter((amount) => amount !== null);
  const sum = known.reduce((total, amount) => total + amount, 0);
  const missing = amounts.length - known.length;
  const said = [`Sum ${shownUnits(sum)}`];
  if (missing) said.push(`${missing} without an amount`);
  const wanted = totals
    .map(({ name, value }) => ({ name, amount: units(value) }))
    .filter(({ amount }) => amount !== null);
  const same = wanted.find(({ amount }) => amount === sum);
  if (same) return { sum, agrees: true, text: `${said.join(", ")} = ${same.name}` };
  if (!wanted.length) return { sum, agrees: null, text: said.join(", ") };
  const [{ name, amount }] = wanted;
  const way = sum > amount ? "more" : "less";
  said.push(`${shownUnits(Math.abs(sum - amount))} ${way} than ${name}`);
  return { sum, agrees: false, text: said.join(", ") };
}

// Where a key leads in a grid of so many rows and columns; null: out of it.
export function moveIn({ row, column }, key, { rows, columns }, shift = false) {
  if (key === "ArrowUp") return { row: Math.max(row - 1, 0), column };
  if (key === "ArrowDown") return { row: Math.min(row + 1, rows - 1), column };
  if (key === "ArrowLeft") return { row, column: Math.max(column - 1, 0) };
  if (key === "ArrowRight") return { row, column: Math.min(column + 1, columns - 1) };
  if (key === "Home") return { row, column: 0 };
  if (key === "End") return { row, column: columns - 1 };
  if (key !== "Tab" && key !== "Enter") return { row, column };
  const at = row * columns + column + (shift ? -1 : 1);
  if (at < 0 || at >= rows * columns) return null;
  return { row: Math.floor(at / columns), column: at % columns };
}
