// From a case that is done to the next one, which the server has reserved already: its
// desk takes the place of this one, without loading the rest of the page again.

// says: what the last answer has brought about, as the server words it.
export async function goOn(desk, url, says) {
  desk.reservation.end();
  desk.notes.state(says, "good");
  try {
    const response = await fetch(url, { headers: { Accept: "text/html" } });
    const found = new DOMParser().parseFromString(await response.text(), "text/html");
    const next = found.querySelector("review-desk");
    if (!response.ok || !next) throw new Error("no further case");
    history.pushState(null, "", url);
    document.title = next.dataset.title;
    next.dataset.after = says;
    desk.replaceWith(next);
  } catch {
    location.assign(url);
  }
}

// Back to an earlier case is a page of its own.
addEventListener("popstate", () => location.reload());
