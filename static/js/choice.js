// What pressing an answer's button means, to show it before the server has stored it.
// Pure. choice: the button's value, as the form sends it.

const WORDS = {
  confirm: "confirmed",
  correct: "corrected",
  absent: "not in the document",
  unreadable: "cannot be read",
  older: "older is right",
  newer: "newer is right",
};

// value: what stands now; typed: what was typed; offered: what the button offers;
// people: whether it is a person's answer.
export function said(choice, { value = "", typed = "", offered = "", people = false } = {}) {
  if (choice === "older" || choice === "newer") {
    return { ...told(choice, offered), ...(people && { words: "chosen" }) };
  }
  if (choice === "confirm") return told(choice, value);
  if (choice === "correct") return told(choice, typed);
  if (!choice.startsWith("candidate|")) return told(choice, "");
  return told("correct", choice.split("|").slice(2).join("|"));
}

function told(choice, value) {
  return { words: WORDS[choice] ?? choice, value };
}
