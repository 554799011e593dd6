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

// The pictures of the case after this one, when this one has all of its own.
export function fetchAhead(urls) {
  return urls.map((url) => {
    const picture = new Image();
    picture.fetchPriority = "low";
    picture.src = url;
    return picture;
  });
}

// Back to an earlier case is a page of its own.
addEventListener("popstate", () => location.reload());
