import assert from "node:assert/strict";
import { test } from "node:test";

import { htmlOf, refusal, sizeText } from "../../static/js/upload-answers.js";

test("sizes read as people say them", () => {
  assert.equal(sizeText(0), "0 bytes");
  assert.equal(sizeText(1023), "1023 bytes");
  assert.equal(sizeText(1536), "1.5 KB");
  assert.equal(sizeText(100 * 1024 * 1024), "100 MB");
  assert.equal(sizeText(5 * 1024 ** 4), "5120 GB");
});

test("what is too large is refused before it is sent", () => {
  assert.equal(refusal(10, 10), "");
  assert.match(refusal(11, 10), /larger than the 10 bytes/);
  assert.equal(refusal(11, 0), "");
});

test("a sentence cannot become markup", () => {
  assert.equal(htmlOf("<b a='1'>&"), "<p>&lt;b a=&#39;1&#39;&gt;&amp;</p>");
});
