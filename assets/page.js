// What helps where scripts run. Every page is whole without it.

// Fetch no more often than typing pauses, and show only the answer to what stands there now.
function asker(input, kinds, show) {
  let timer = 0, turn = 0;
  return () => {
    clearTimeout(timer);
    const words = input.value.trim(), now = ++turn;
    if (words.length < 2) return show([]);
    timer = setTimeout(async () => {
      const items = [];
      for (const kind of kinds) {
        const query = new URLSearchParams({ q: words, limit: 8 });
        if (kind) query.set("kind", kind);
        try {
          const answer = await fetch(`${input.dataset.suggest || input.dataset.pick}?${query}`);
          if (answer.ok) items.push(...(await answer.json()).items);
        } catch { /* no connection: what is typed still works */ }
      }
      if (now === turn) show(items.slice(0, 10));
    }, 150);
  };
}

// A list of suggestions under an input (WAI-ARIA combobox pattern).
function combobox(input, kinds, choose) {
  const box = document.createElement("ul");
  let items = [], at = -1;
  box.id = `${input.id}-list`;
  box.className = "suggestions";
  box.hidden = true;
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", input.labels?.[0]?.textContent.trim() || input.name);
  input.parentElement.style.position = "relative";
  input.after(box);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", box.id);
  input.setAttribute("aria-autocomplete", "list");

  const mark = (place) => {
    at = place;
    [...box.children].forEach((li, i) => li.setAttribute("aria-selected", i === at));
    if (at >= 0) input.setAttribute("aria-activedescendant", box.children[at].id);
    else input.removeAttribute("aria-activedescendant");
  };
  const show = (found) => {
    items = found;
    box.replaceChildren(...items.map((item, i) => {
      const li = document.createElement("li");
      li.id = `${box.id}-${i}`;
      li.setAttribute("role", "option");
      li.textContent = item.title || item.slug;
      if (item.title_lang) li.lang = item.title_lang;
      li.addEventListener("mousedown", (event) => { event.preventDefault(); choose(item); show([]); });
      return li;
    }));
    box.hidden = !items.length;
    input.setAttribute("aria-expanded", String(!box.hidden));
    mark(-1);
  };
  input.addEventListener("input", asker(input, kinds, show));
  input.addEventListener("blur", () => show([]));
  input.addEventListener("keydown", (event) => {
    if (box.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      mark((at + step + items.length + (at < 0 && step < 0 ? 1 : 0)) % items.length);
    } else if (event.key === "Escape") {
      event.preventDefault();
      show([]);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      choose(items[at]);
      show([]);
    }
  });
}

for (const input of document.querySelectorAll("[data-suggest]"))
  combobox(input, [""], (item) => { location.href = item.url; });

// The input for a link holds an id; with the picker people see and type titles.
for (const hidden of document.querySelectorAll("[data-pick]")) {
  const shown = hidden.cloneNode();
  const key = hidden.dataset.kinds === "country";
  shown.removeAttribute("name");
  shown.removeAttribute("list"); // the suggestions take its place
  shown.value = hidden.dataset.title || hidden.value;
  hidden.type = "hidden";
  hidden.removeAttribute("id");
  hidden.after(shown);
  if (hidden.dataset.title) hidden.closest(".field").classList.add("picked");
  combobox(shown, shown.dataset.kinds.split(","), (item) => {
    hidden.value = key ? item.slug.toUpperCase() : hidden.dataset.by === "slug" ? item.slug : item.id;
    shown.value = item.title;
  });
  shown.addEventListener("input", () => { hidden.value = shown.value; });
}

// One open menu at a time closes on Escape and on a press elsewhere.
const menus = [...document.querySelectorAll(".groups details")];
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) if (menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
});
addEventListener("click", (event) => {
  for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
});

// On a narrow page what narrows a list comes before the list: closed, unless something is chosen there.
if (matchMedia("(max-width: 55.99rem)").matches)
  for (const facet of document.querySelectorAll(".facet[open]"))
    if (!facet.querySelector("[aria-current]")) facet.open = false;

// The map names what the pointer is over at once.
for (const map of document.querySelectorAll("[data-map]")) {
  const tip = document.createElement("div");
  tip.className = "map-tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  map.addEventListener("pointermove", (event) => {
    const party = event.target.closest(".party");
    tip.hidden = !party;
    if (!party) return;
    tip.textContent = party.dataset.name;
    tip.style.left = `${event.pageX + 12}px`;
    tip.style.top = `${event.pageY + 12}px`;
  });
  map.addEventListener("pointerleave", () => { tip.hidden = true; });
}

// A map over the years: a slider shades the large map at once, and the figures of the year come when it rests.
function years(box) {
  const list = box.dataset.shades.split(";").map((one) => one.split("|"));
  const label = document.createElement("label"), input = document.createElement("input"), output = document.createElement("output");
  const show = () => {
    const [, words, shades] = list[input.value];
    output.textContent = words;
    input.setAttribute("aria-valuetext", words);
    return shades;
  };
  input.type = "range";
  input.max = list.length - 1;
  input.value = Math.max(0, list.findIndex(([year]) => year === box.dataset.at));
  label.append(`${box.dataset.word} `, output, input);
  box.prepend(label);
  show();
  input.addEventListener("input", () => {
    const shades = show();
    box.closest("figure").querySelectorAll(".drawn g").forEach((shape, i) => {
      shape.setAttribute("class", shades[i] > 0 ? `shade-${shades[i]}` : "none");
      shape.querySelector("title")?.remove();
    });
  });
  input.addEventListener("change", async () => {
    const year = list[input.value][0], url = new URL(location.href);
    url.searchParams.set("at", year);
    try {
      const answer = await fetch(url);
      if (!answer.ok || list[input.value][0] !== year) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const id of ["figure-distribution", "figure-ranking"]) {
        const old = document.getElementById(id), fresh = page.getElementById(id);
        if (!old || !fresh) continue;
        fresh.querySelector("[data-shades]")?.replaceWith(box);
        old.replaceWith(fresh);
      }
      input.focus();
      history.replaceState(null, "", url);
    } catch { /* no connection: the shades stand */ }
  });
}
document.querySelectorAll("[data-shades]").forEach(years);

// What lies under the pointer on a chart of lines: the nearest point of each, by name. The table has all, exactly.
for (const chart of document.querySelectorAll("[data-plot]")) hover(chart);
function hover(chart) {
  const [kind, ...scales] = chart.dataset.plot.split(" "), [x0, x1, left, right, y0, y1, bottom, top] = scales.map(Number);
  const lang = document.documentElement.lang, tip = document.createElement("div");
  const number = (value) => value.toLocaleString(lang, { maximumSignificantDigits: 3 });
  const lines = [...chart.querySelectorAll("path.line")].map((path) => ({
    name: chart.querySelector(`.name-${/line-(\d)/.exec(path.getAttribute("class"))[1]}`)?.textContent || "",
    points: [...path.getAttribute("d").matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]),
  }));
  tip.className = "map-tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  const show = (event) => {
    const box = chart.getBoundingClientRect(), at = (event.clientX - box.left) * chart.viewBox.baseVal.width / box.width;
    const near = lines.map(({ name, points }) => [name, points.reduce((best, p) => (Math.abs(p[0] - at) < Math.abs(best[0] - at) ? p : best), [-1e9, 0])])
      .filter(([, point]) => Math.abs(point[0] - at) < 12);
    tip.hidden = !near.length;
    if (tip.hidden) return;
    const x = x0 + (near[0][1][0] - left) / (right - left) * (x1 - x0);
    const when = kind === "years" ? new Date(Date.UTC(Math.round(x), 6)).toLocaleDateString(lang, { year: "numeric", timeZone: "UTC" })
      : kind === "days" ? new Date(Math.round(x) * 864e5).toLocaleDateString(lang, { timeZone: "UTC", dateStyle: "medium" }) : number(x);
    tip.textContent = [when, ...near.map(([name, [, y]]) => `${name} ${number(y0 + (bottom - y) / (bottom - top) * (y1 - y0))}`)].join("\n");
    tip.style.left = `${Math.min(event.pageX + 12, document.documentElement.clientWidth - tip.offsetWidth - 4)}px`;
    tip.style.top = `${event.pageY + 12}px`;
  };
  chart.addEventListener("pointermove", show);
  chart.addEventListener("pointerdown", show);
  chart.addEventListener("pointerleave", () => { tip.hidden = true; });
}

// An import that is under way: its page tells how far it is, and shows itself again when that is over.
for (const job of document.querySelectorAll("[data-job]")) {
  const bar = job.querySelector("progress"), said = job.querySelector("[data-percent]");
  const step = async () => {
    try {
      const answer = await fetch(job.dataset.job);
      const now = answer.ok ? await answer.json() : { state: "gone" };
      if (now.state !== job.dataset.state) return location.reload();
      bar.value = Math.floor(100 * now.share);
      said.textContent = `${bar.value} %`;
    } catch { /* no connection: ask again */ }
    setTimeout(step, 1000);
  };
  setTimeout(step, 300);
}

// A file that the node would refuse is refused before it travels.
for (const form of document.querySelectorAll("[data-upload]"))
  form.querySelector("[type=file]").addEventListener("change", (event) => {
    const bytes = [...event.target.files].reduce((sum, file) => sum + file.size, 0);
    event.target.setCustomValidity(bytes > Number(form.dataset.upload) ? form.dataset.tooBig : "");
    event.target.reportValidity();
  });

// Files travel under a bar, and a line that is cut or a file that is refused leaves the form as it was.
for (const form of document.querySelectorAll("[data-upload]"))
  form.addEventListener("submit", (event) => {
    const sending = form.querySelector("[data-sending]"), told = form.querySelector("[role=alert]");
    const bar = sending.querySelector("progress"), said = sending.querySelector("[data-percent]"), button = form.querySelector("button");
    const request = new XMLHttpRequest();
    const stay = (text) => {
      told.firstElementChild.textContent = text;
      told.hidden = false;
      sending.hidden = true;
      button.disabled = false;
      told.scrollIntoView({ block: "nearest" });
    };
    event.preventDefault();
    request.upload.onprogress = ({ loaded, total }) => {
      bar.value = Math.floor(100 * loaded / total);
      said.textContent = `${bar.value} %`;
    };
    request.onload = () => {
      if (request.status < 400) return location.assign(request.responseURL);
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      stay([...page.querySelectorAll("main h1, main p")].map((e) => e.textContent.trim()).join(" ") || form.dataset.cut);
    };
    request.onerror = () => stay(form.dataset.cut);
    told.hidden = true;
    sending.hidden = false;
    button.disabled = true;
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    request.send(new FormData(form));
  });

// A map of rows that moves: its script comes when the map is near the screen, or when the address says where it looks.
for (const map of document.querySelectorAll("[data-tiles]")) {
  const start = async () => {
    watch.disconnect();
    try {
      const { map_start } = await import(map.dataset.script);
      map_start(map);
      if (location.hash.startsWith("#map=")) map.scrollIntoView({ block: "center" });
    } catch { /* no connection: the drawn map stands */ }
  };
  const watch = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) start(); }, { rootMargin: "100px" });
  if (location.hash.startsWith("#map=")) start();
  else watch.observe(map);
}
