"use strict";
// What joins the pages of a folder: the search through all of them, and links by id alone.
const grc = globalThis.grc = {};
(() => {
  const body = document.body.dataset;
  const query = document.getElementById("q");
  let entries, loading;

  // A page that was opened as a file may not fetch another, but may run a script of its folder.
  grc.load = (file) => new Promise((arrived, failed) => {
    const script = document.createElement("script");
    script.src = body.root + file;
    script.onload = () => { script.remove(); arrived(); };
    script.onerror = () => { script.remove(); failed(new Error(file)); };
    document.head.append(script);
  });
  grc.entries = (found) => { entries = found; };
  grc.search = () => loading ||= grc.load("data/search.js").then(() => query.dispatchEvent(new Event("input")), () => {});

  const there = (anchor, file) => body.root + file + "#" + anchor;
  grc.everywhere = (item) => {
    if (!entries) { grc.search(); return null; }
    return entries.map(([code, title, anchor, file]) => item(code, title, anchor, there(anchor, file)));
  };
  grc.beyond = (hits, text) => {
    if (text.length < 3) return;
    const link = document.createElement("a");
    link.href = body.root + body.observations + "#?q=" + encodeURIComponent(text);
    link.textContent = body.subjects.replace("{text}", text);
    hits.append(document.createElement("li"));
    hits.lastChild.append(link);
  };
  query.addEventListener("focus", grc.search, { once: true });

  // An id in the address that this page does not have: lead to the page that has it.
  const seek = async () => {
    const [anchor] = location.hash.slice(1).split("?");
    if (!anchor || document.getElementById(anchor) || document.getElementById(decodeURIComponent(anchor))) return;
    await grc.search();
    const found = (entries || []).find(([, , name]) => name === anchor || decodeURIComponent(name) === decodeURIComponent(anchor));
    if (found) location.replace(there(found[2], found[3]));
  };
  window.addEventListener("hashchange", seek);
  seek();
})();
