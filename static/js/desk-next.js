// From a case that is done to the next one, which came with the last answer: its desk takes
// the place of this one, without asking for anything more.

// says: what the last answer has brought about, as the server words it.
export async function goOn(desk, { following, says, desk: html }) {
  desk.reservation.end();
  desk.notes.state(says, "good");
  const next = html && deskIn(html);
  if (!next) {
    location.assign(following);
    return;
  }
  history.pushState(null, "", following);
  document.title = next.dataset.title;
  next.dataset.after = says;
  desk.replaceWith(next);
}

function deskIn(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("review-desk");
}

// The pictures of the case after this one, when this one has all of its own: its crops, and
// where there is room for it the page that it begins with. Where that fails, they come
// when they are needed.
export async function fetchAhead(url, { page = false } = {}) {
  const response = await fetch(url, { headers: { Accept: "application/json" }, priority: "low" });
  if (!response.ok) return [];
  const { sizes, crops, pages } = await response.json();
  const wanted = crops.map((srcset) => ({ sizes, srcset }));
  if (page) wanted.push(...pages.map((src) => ({ src })));
  return wanted.map((how) => Object.assign(new Image(), { fetchPriority: "low", ...how }));
}

// Back to an earlier case is a page of its own.
addEventListener("popstate", () => location.reload());
