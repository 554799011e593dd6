// <upload-queue>: sends files one request each, two at a time, with progress; the server
// answers with a fragment that htmx keeps up to date. Without it the form posts one file.
import { htmlOf, refusal, sizeText } from "./upload-answers.js";

const AT_ONCE = 2;

class UploadQueue extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.input = this.querySelector("input[type=file]");
    this.drop = this.querySelector("[data-drop]");
    this.items = this.querySelector("[data-items]");
    this.waiting = [];
    this.active = 0;
    this.input.multiple = true;
    this.querySelector("[data-submit]").hidden = true;
    this.input.addEventListener("change", () => this.take(this.input.files));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.take(this.input.files);
    });
    for (const name of ["dragenter", "dragover"]) {
      this.drop.addEventListener(name, (event) => this.over(event, true));
    }
    this.drop.addEventListener("dragleave", (event) => {
      if (!this.drop.contains(event.relatedTarget)) this.over(event, false);
    });
    this.drop.addEventListener("drop", (event) => {
      this.over(event, false);
      this.take(event.dataTransfer.files);
    });
  }

  over(event, inside) {
    event.preventDefault();
    this.drop.classList.toggle("is-over", inside);
  }

  take(files) {
    for (const file of files) this.waiting.push({ file, item: this.show(file) });
    this.input.value = "";
    this.next();
  }

  show(file) {
    const item = document.createElement("li");
    item.className = "upload-item";
    const head = document.createElement("div");
    head.className = "upload-item__head";
    const name = document.createElement("strong");
    name.textContent = file.name;
    const size = document.createElement("span");
    size.className = "quiet small";
    size.textContent = sizeText(file.size);
    head.append(name, size);
    const body = document.createElement("div");
    body.textContent = "Waiting to be sent";
    item.append(head, body);
    this.items.prepend(item);
    return item;
  }

  next() {
    while (this.active < AT_ONCE && this.waiting.length) {
      const { file, item } = this.waiting.shift();
      const reason = refusal(file.size, Number(this.dataset.limit));
      if (reason) this.answer(item, htmlOf(reason), file.name);
      else this.send(file, item);
    }
  }

  send(file, item) {
    this.active += 1;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `Sent of ${file.name}`);
    item.lastElementChild.replaceChildren(bar);
    const data = new FormData(this.form);
    data.set("file", file, file.name);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
      if (event.loaded === event.total) bar.removeAttribute("value");
    });
    request.addEventListener("loadend", () => {
      this.active -= 1;
      this.answer(item, this.reply(request), file.name);
      this.next();
    });
    request.open("POST", this.form.action);
    request.setRequestHeader("HX-Request", "true");
    request.send(data);
  }

  reply(request) {
    if (request.getResponseHeader("HX-Redirect")) {
      return htmlOf("Your session ended before it came: load this page again and log in.");
    }
    const ours = [200, 413, 422, 503].includes(request.status);
    if (ours && request.responseText) return request.responseText;
    if (request.status === 413) return htmlOf(refusal(Infinity, Number(this.dataset.limit)));
    if (request.status === 403) return htmlOf("This page is too old: load it again.");
    if (request.status === 0) return htmlOf("The connection broke off: send it again.");
    return htmlOf("The server could not take it: send it again.");
  }

  answer(item, html, name) {
    const body = item.lastElementChild;
    body.innerHTML = html; // the server's own fragment, or one of our sentences
    window.htmx?.process(body);
    const said = body.cloneNode(true);
    for (const other of said.querySelectorAll("noscript")) other.remove();
    this.querySelector("[data-said]").textContent = `${name}: ${said.textContent.trim()}`;
  }
}

customElements.define("upload-queue", UploadQueue);
