"use strict";
(() => {
  const body = document.body.dataset;
  const form = document.getElementById("find");
  const query = document.getElementById("q");
  const hits = document.getElementById("hits");
  const shown = document.getElementById("shown");
  const panel = document.getElementById("filters") || form;  // in a folder they stand above what they narrow
  const clear = panel.querySelector("button");
  const selects = [...panel.querySelectorAll("select")];
  const entries = [...document.querySelectorAll(".r, .c[data-s], .k, #report\\/checks tr[id]")];
  const MOST_HITS = 20;

  // The address: an anchor, and after a question mark the filters.
  const address = () => {
    const text = location.hash.slice(1);
    const cut = text.indexOf("?");
    return {
      anchor: cut < 0 ? text : text.slice(0, cut),
      filters: new URLSearchParams(cut < 0 ? "" : text.slice(cut + 1)),
    };
  };
  const chosen = () => {
    const filters = new URLSearchParams();
    for (const select of selects) if (select.value) filters.set(select.name, select.value);
    return filters.toString();
  };
  const hash = (anchor) => "#" + anchor + (chosen() && "?" + chosen());

  const within = (entry, framework) => {
    const home = entry.closest("[data-framework]");
    if (home) return home.dataset.framework === framework;
    return !entry.matches(".c") || !!entry.querySelector(`a[href^="#${CSS.escape(framework)}:"]`);
  };
  // What an entry is narrowed by: one value or several, with a bar between; what it does not have does not narrow it.
  // Rows of one status and severity have them said above them; a requirement's status is its mark.
  const of = (entry, key) => entry.dataset[key] ?? entry.closest("tbody[data-s]")?.dataset[key];
  const has = (entry, key, value) => !value || of(entry, key) === undefined || of(entry, key).split("|").includes(value);
  const status = (entry) => of(entry, "s") ?? entry.querySelector(".s > b")?.className;
  const owned = (entry, owner) => "o" in entry.dataset ? has(entry, "o", owner) : !!(owners ||= owning()).get(entry)?.has(owner);
  let owners;
  // Whose an entry is: those of the controls that it names, or that name it.
  const owning = () => {
    const found = new Map();
    const own = (entry, owner) => entry && found.set(entry, (found.get(entry) || new Set()).add(owner));
    for (const name of document.querySelectorAll("#report\\/controls dd:first-of-type > i")) {
      const control = name.closest(".c"), owner = name.textContent;
      own(control, owner);
      for (const link of control.querySelectorAll("dd a")) {
        const entry = document.getElementById(link.hash.slice(1));
        if (!entry?.matches(".r")) own(entry, owner);
      }
    }
    for (const row of entries.filter((entry) => entry.matches(".r"))) {
      for (const link of row.querySelectorAll('a[href^="#"]')) {
        for (const owner of found.get(document.getElementById(link.hash.slice(1))) || []) {
          if (document.getElementById(link.hash.slice(1)).closest("#report\\/controls")) own(row, owner);
        }
      }
    }
    return found;
  };
  const filter = (filters) => {
    ready();
    const owner = filters.get("owner");
    const framework = filters.get("framework"), wanted = filters.get("status");
    let count = 0;
    for (const entry of entries) {
      const fits = (!framework || ("f" in entry.dataset ? has(entry, "f", framework) : within(entry, framework))) &&
        (!wanted || status(entry) === wanted) && has(entry, "v", filters.get("severity")) &&
        (!owner || owned(entry, owner)) && has(entry, "g", filters.get("service"));
      entry.hidden = !fits;
      count += fits;
    }
    for (const part of document.querySelectorAll("[data-framework]:not(.r)")) {
      part.hidden = !!framework && part.dataset.framework !== framework;
    }
    for (const group of document.querySelectorAll(".group")) group.hidden = !group.querySelector(".r:not([hidden]), .k:not([hidden]), [id]:not([hidden])");
    const any = [...filters.keys()].length > 0;
    if (!clear) return;
    clear.hidden = !any;
    shown.textContent = any ? body.shown.replace("{n}", count).replace("{total}", entries.length) : "";
  };
  const go = (anchor) => {
    const target = document.getElementById(anchor) || document.getElementById(decodeURIComponent(anchor));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) part.hidden = false;
    target.scrollIntoView();
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
  };
  let last = "";
  const arrive = () => {
    const { anchor, filters } = address();
    if (filters.toString() !== last) {
      last = filters.toString();
      for (const select of selects) select.value = filters.get(select.name) || "";
      filter(filters);
    }
    if (anchor) go(anchor);
  };

  // Search: an id as an auditor types it, else words of a title, else a subject.
  const plain = (text) => text.toLowerCase().replace(/^\s*(§+|45\s*cfr|annex|clause)\s*/, "").replace(/§|\s+/g, "")
    .replace(/^art(icle|\.)?(?=\d)/, "art.");
  const heading = (entry) => [...(entry.querySelector("h3, h4") || entry.querySelector("td")).childNodes]
    .filter((node) => !["SMALL", "BUTTON", "BR", "A"].includes(node.nodeName)).map((node) => node.textContent);
  const item = (code, title, name, href) =>
    ({ code, title, href, id: plain(code), whole: plain(name), words: title.toLowerCase() });
  let index;
  const build = () => entries.filter((entry) => entry.id).map((entry) => {
    const words = heading(entry);
    const code = entry.matches(".r") ? words.shift() : entry.id;
    const title = entry.matches(".r") ? words.join("").trim() : words[0];
    return item(code, title, entry.id, "#" + entry.id);
  });
  const rank = (item, id, words) => {
    if (item.id === id || item.whole === id) return 0;
    if (item.id.startsWith(id)) return 1;
    if (item.whole.includes(id)) return 2;
    return item.words.includes(words) ? 3 : 9;
  };
  const subjects = (words) => words.length < 4 ? [] : entries.filter((entry) => entry.matches(".c"))
    .filter((entry) => [...entry.querySelectorAll(".c table")].some((it) => it.textContent.toLowerCase().includes(words)))
    .map((entry) => ({ code: entry.id, title: heading(entry)[0], href: "#" + entry.id }));
  const search = () => {
    const words = query.value.trim().toLowerCase();
    hits.hidden = !words;
    hits.replaceChildren();
    if (!words) return;
    index ||= globalThis.grc ? grc.everywhere(item) : build();
    if (!index) return;  // on its way, and looked for again when it is here
    const id = plain(words);
    let found = index.map((item) => [rank(item, id, words), item]).filter(([place]) => place < 9)
      .sort((a, b) => a[0] - b[0]).map(([, item]) => item);
    if (!found.length) found = subjects(words);
    for (const item of found.slice(0, MOST_HITS)) {
      const link = document.createElement("a");
      const code = document.createElement("b");
      link.href = item.href;
      code.textContent = item.code;
      link.append(code, item.title);
      hits.append(document.createElement("li"));
      hits.lastChild.append(link);
    }
    globalThis.grc?.beyond?.(hits, query.value.trim());
    if (!found.length && !hits.firstChild) {
      const none = document.createElement("span");
      none.textContent = body.none;
      hits.append(document.createElement("li"));
      hits.lastChild.append(none);
    }
  };
  const move = (event) => {
    const links = [...hits.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") { query.value = ""; search(); query.focus(); }
    else if (step && links.length) {
      event.preventDefault();
      (links[at + step] || query).focus();
    }
  };

  const cite = async (button, entry) => {
    const told = entry.querySelector(".s > b")?.parentNode.textContent.split(" · ")[0].replace(/^.*?\S+ (?=\S)/, "");
    const title = heading(entry).join("").trim();
    const text = `${entry.id}: ${title}${told ? ", " + told.trim() : ""} (${body.cite})`;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = body.copied;
    } catch {
      window.prompt(body.copy, text);
    }
  };
  // What a letter, a link or a digest stands for, as a tip. Said once in the page; here again where one points.
  const word = (code) => [...selects.find((it) => it.name === "status")?.options ?? []].find((it) => it.value === code)?.text;
  const tell = (target) => {
    if (!target.matches || target.title) return;
    if (target.matches("b[class]")) target.title = word(target.className) || "";
    else if (target.matches(".c table i")) target.title = "sha256:" + target.textContent + (target.textContent.length < 64 ? "…" : "");
    else if (target.matches('main a[href^="#"]')) {
      const entry = document.getElementById(target.getAttribute("href").slice(1))?.closest(".r, .c, .k, tr");
      if (entry) target.title = heading(entry).join("").trim() + (target.matches(".t") ? ", " + target.getAttribute("aria-label") : "");
    }
  };
  const offer = (event) => {
    const entry = event.target.closest?.(".r[id], .c[id]");
    tell(event.target);
    const head = entry?.querySelector("h3, h4");
    if (!head || head.querySelector(".cite")) return;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "cite", textContent: body.copy });
    button.addEventListener("click", () => cite(button, entry));
    head.append(button);
  };

  // What each control covers of a part, and why: packed, and unpacked into the sheets in their order.
  const explain = async () => {
    const text = document.getElementById("report/claims");
    if (!text) return;
    const packed = Uint8Array.from(atob(text.textContent), (char) => char.charCodeAt(0));
    const lines = (await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))).text()).split("\n");
    const claims = [...document.querySelectorAll(".r dd > p:has(> a):has(+ ul, > br)")];
    if (claims.length !== lines.length) return;  // a workspace's own template lays the sheets out in another way
    claims.forEach((claim, at) => {
      const before = claim.querySelector("ul");
      const [covers, why] = lines[at].split("\t");
      const last = before ? before.previousSibling : claim.lastChild;
      if (last.nodeType === Node.TEXT_NODE) last.data = last.data.trimEnd();
      claim.insertBefore(document.createTextNode(": " + covers), before);
      claim.insertBefore(document.createElement("br"), before);
      claim.insertBefore(document.createTextNode(why), before);
    });
  };

  // Which requirements each control answers: what the requirements say, the other way round.
  const answer = (link) => {
    const found = new Map();
    for (const entry of entries) {
      const named = entry.matches(".r") ? new Set([...entry.querySelectorAll("dd a")].map((it) => it.textContent)) : [];
      for (const name of named) found.set(name, [...(found.get(name) || []), entry]);
    }
    for (const control of document.querySelectorAll("#report\\/controls .c")) {
      const title = Object.assign(document.createElement("dt"), { textContent: body.answers });
      const rows = document.createElement("dd");
      let last;
      for (const entry of found.get(control.id) || []) {
        const home = entry.closest("[data-framework]").querySelector("h2").textContent;
        if (home !== last && last) rows.append(document.createElement("br"));
        rows.append(home === last ? ", " : home + ": ", link(entry.querySelector("h4 b").textContent));
        last = home;
      }
      if (last) control.querySelector("dl").append(title, rows);
    }
  };

  // Ids and codes made into links. A code that two frameworks use stays as it is.
  const lead = () => {
    const rows = new Map();
    for (const entry of entries) {
      const code = entry.matches(".r") && entry.querySelector("h4 b")?.textContent;
      if (code) rows.set(code, rows.has(code) ? "" : entry.id);
    }
    const place = (name) => rows.get(name) ?? [name, "evidence/" + name].find((id) => document.getElementById(id));
    const link = (name) => place(name) ? Object.assign(document.createElement("a"), { href: "#" + place(name), textContent: name }) : name;
    for (const bare of document.querySelectorAll("main a:not([href])")) {
      const found = place(bare.textContent);
      if (found) bare.href = "#" + found;
    }
    if (body.answers) answer(link);
    for (const list of document.querySelectorAll("main code")) {
      const names = list.textContent.split(", ");
      if (list.firstElementChild || !names.every((name) => place(name) !== undefined)) continue;
      list.replaceChildren(...names.flatMap((name, at) => at ? [", ", link(name)] : [link(name)]));
    }
  };
  let led = false;
  const ready = () => { if (!led) { led = true; lead(); } };
  window.addEventListener("load", () => setTimeout(() => { ready(); explain(); }));

  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = hits.querySelector("a");
    if (first) first.click();
  });
  panel.hidden = false;
  panel.addEventListener("change", (event) => {
    if (event.target.matches("select")) location.hash = hash(address().anchor);
  });
  panel.addEventListener("reset", () => setTimeout(() => { search(); location.hash = hash(address().anchor); }));
  query.addEventListener("input", search);
  form.addEventListener("keydown", move);
  document.addEventListener("mouseover", offer);
  document.addEventListener("focusin", offer);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link || !chosen()) return;
    event.preventDefault();
    location.hash = hash(link.getAttribute("href").slice(1));
  });
  window.addEventListener("hashchange", arrive);
  arrive();
})();
