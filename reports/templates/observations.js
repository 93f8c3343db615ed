"use strict";
// The table of observations: files of columns are loaded and unpacked as they are needed, rows are shown by the page.
(() => {
  const PAGE = 100;
  const form = document.getElementById("ask");
  const told = document.getElementById("told");
  const seen = document.getElementById("seen");
  const rows = seen.querySelector("tbody");
  const [back, on, save] = ["back", "on", "save"].map((name) => seen.querySelector(`[name=${name}]`));
  const say = (key, values = {}) =>
    told.dataset[key].replace(/\{([a-z]+)\}/g, (_, name) => typeof values[name] === "number" ? values[name].toLocaleString("en") : values[name]);
  let index, packed = new Map(), chunks = new Map(), asked = 0;

  grc.observations = (found) => { index = found; };
  grc.chunk = (number, text) => packed.set(number, text);

  const unpack = async (text) => {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  };
  // Columns of few values hold each value once; a check stands beside the number of its rows.
  const column = (held) => Array.isArray(held) ? held : held.rows.map((number) => held.values[number]);
  const open = async (number) => {
    if (chunks.has(number)) return chunks.get(number);
    await grc.load(index.chunks[number].file);
    const held = await unpack(packed.get(number));
    packed.delete(number);
    const chunk = { check: held.checks.flatMap(([check, count]) => Array(count).fill(check)) };
    for (const name of ["place", "subject", "origin", "verdict", "found", "seen", "missing", "waiver", "record"]) chunk[name] = column(held[name]);
    chunks.set(number, chunk);
    return chunk;
  };

  // What is asked for, and which checks, files and rows fit.
  const VERDICTS = () => Object.keys(index.verdicts);
  const question = () => Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
  const fitting = (ask) => {
    const fits = ([check, title, service, ...counts]) =>
      (!ask.check || check === ask.check || (check + " " + title).toLowerCase().includes(ask.check.toLowerCase())) &&
      (!ask.service || service === ask.service) && (!ask.verdict || counts[VERDICTS().indexOf(ask.verdict)] > 0);
    const checks = new Set();
    let total = 0;
    index.checks.forEach((check, number) => {
      if (!fits(check)) return;
      checks.add(number);
      const counts = check.slice(3);
      total += ask.verdict ? counts[VERDICTS().indexOf(ask.verdict)] : counts.reduce((sum, count) => sum + count, 0);
    });
    const files = index.chunks.flatMap((chunk, number) => chunk.checks.some((check) => checks.has(check)) ? [number] : []);
    return { names: new Set([...checks].map((number) => index.checks[number][0])), total, files };
  };
  const contains = (chunk, row, text) =>
    ["subject", "place", "found", "seen", "missing"].some((name) => chunk[name][row].toLowerCase().includes(text));

  // One answer: the rows found so far, and the files not looked through yet.
  let answer;
  const more = async (enough) => {
    const { ask, wanted, mine } = answer;
    const text = (ask.q || "").toLowerCase();
    while (answer.found.length < enough && answer.next < wanted.files.length) {
      told.textContent = say("loading", { n: answer.next + 1, total: wanted.files.length });
      const chunk = await open(wanted.files[answer.next]);
      if (mine !== asked) return false;
      for (let row = 0; row < chunk.check.length; row += 1) {
        if (!wanted.names.has(chunk.check[row]) || (ask.verdict && chunk.verdict[row] !== ask.verdict)) continue;
        answer.searched += 1;
        if (!text || contains(chunk, row, text)) answer.found.push([chunk, row]);
      }
      answer.next += 1;
    }
    return true;
  };
  const cell = (line, text, name) => {
    const made = line.insertCell();
    made.textContent = text;
    if (name) made.className = name;
    return made;
  };
  const small = (parent, text, name = "") => {
    if (text) parent.append(Object.assign(document.createElement("small"), { textContent: text, className: name }));
  };
  const show = () => {
    rows.replaceChildren();
    for (const [chunk, row] of answer.found.slice(answer.at, answer.at + PAGE)) {
      const line = rows.insertRow();
      cell(line, index.verdicts[chunk.verdict[row]], "verdict " + chunk.verdict[row]);
      const subject = cell(line, chunk.subject[row], "id");
      small(subject, [chunk.place[row], chunk.origin[row]].join(" · "));
      small(subject, "sha256:" + chunk.record[row] + "…");
      const check = cell(line, "", "id");
      const link = document.createElement("a");
      link.href = body.root + "index.html#" + encodeURIComponent(chunk.check[row]);
      link.textContent = chunk.check[row];
      check.append(link);
      const found = cell(line, chunk.found[row]);
      small(found, chunk.seen[row], "id");
      small(found, chunk.missing[row], "missing");
      small(found, chunk.waiver[row]);
    }
    const ended = answer.next >= answer.wanted.files.length;
    const last = Math.min(answer.at + PAGE, answer.found.length);
    const total = ended ? answer.found.length : answer.ask.q ? null : answer.wanted.total;
    const values = { first: answer.at + 1, last, total: total ?? answer.wanted.total, searched: answer.searched };
    seen.hidden = !answer.found.length;
    told.textContent = say(!answer.found.length ? "none" : total === null ? "searched" : "rows", values);
    back.disabled = answer.at === 0;
    on.disabled = ended && last === answer.found.length;
  };
  const turn = async (at) => {
    try {
      if (await more(at + PAGE + 1)) { answer.at = at; show(); }
    } catch (error) {
      seen.hidden = true;
      told.textContent = "DecompressionStream" in globalThis ? say("broken", { file: error.message }) : say("old");
    }
  };
  const answerTo = async () => {
    await ready();
    const ask = question();
    asked += 1;
    answer = { ask, wanted: fitting(ask), found: [], next: 0, searched: 0, at: 0, mine: asked };
    await turn(0);
  };

  // A spreadsheet takes a cell that begins so for a formula.
  const inert = (text) => /^\s*[=+\-@\t\r]/.test(text) ? "'" + text : text;
  const quoted = (text) => '"' + inert(text).replaceAll('"', '""') + '"';
  const keep = async () => {
    if (!await more(Infinity)) return;
    show();
    const names = ["check", "verdict", "subject", "place", "origin", "found", "seen", "missing", "waiver", "record"];
    const lines = answer.found.map(([chunk, row]) => names.map((name) => quoted(chunk[name][row])).join(","));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + [names.join(","), ...lines].join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = "observations.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // The address holds what is asked for, so that a link keeps it.
  const body = document.body.dataset;
  const arrive = () => {
    const [, text = ""] = location.hash.split("?");
    const given = new URLSearchParams(text);
    for (const name of ["check", "verdict", "service", "q"]) form.elements[name].value = given.get(name) || "";
    if (location.hash.includes("?")) answerTo();
  };
  const choices = (select, pairs) => select.append(...pairs.map(([value, word]) => new Option(word, value)));
  let opened;
  const ready = () => opened ||= grc.load("data/observations.js").then(() => {
    choices(form.elements.verdict, Object.entries(index.verdicts));
    choices(form.elements.service, [...new Set(index.checks.map((check) => check[2]))].sort().map((it) => [it, it]));
    document.getElementById("report/choices").append(...index.checks.map(([check, title]) => new Option(title, check)));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = new URLSearchParams(Object.entries(question()).filter(([, value]) => value));
    const address = "#?" + given;
    if (location.hash === address) answerTo();
    else location.hash = address;
  });
  back.addEventListener("click", () => turn(Math.max(answer.at - PAGE, 0)));
  on.addEventListener("click", () => turn(answer.at + PAGE));
  save.addEventListener("click", keep);
  window.addEventListener("hashchange", arrive);
  document.querySelector(".plain").hidden = true;
  form.hidden = false;
  ready().then(arrive, (error) => { told.textContent = say("broken", { file: error.message }); });
})();
