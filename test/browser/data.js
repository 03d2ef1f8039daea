// People and datasets, in the system's Chromium: node test/browser/data.js
// A reader asks a dataset on its page and follows the address of what is on screen, moves the map of its rows by keys and by
// hand, looks at taxa and their trends and at maps over the years; its owner restricts a column, and the reader sees
// less. With script and without, also on a phone and in another language; axe reads each page.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { must, Node, tally } from "../house/node.js";
import { open } from "./browser.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const password = "many-trunks-demo", email = "owner@house.test";
const node = new Node();
let browser, base;

async function page(options = {}, lang = "en") {
  const made = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  made.setDefaultTimeout(15000);
  await made.addCookies([{ name: "lang", value: lang, url: base }]);
  return made.newPage();
}

async function accessible(p, what) {
  if (p.scriptless) return; // axe is a script itself; the same page is read where scripts run
  if (!await p.evaluate(() => !!window.axe)) await p.evaluate(axe);
  const { violations } = await p.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] }));
  tally.check(!violations.length, `axe finds nothing on ${what}`, ...violations.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`));
  const over = await p.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  tally.check(over <= 0, `nothing scrolls sideways on ${what}`, `${over} px`);
}

// The cells of a column of the rows on the page, by its heading.
const column = async (p, name) => await p.waitForSelector("#rows table.data") && p.$$eval("#rows table.data", (tables, wanted) => {
  const heads = [...tables[0].tHead.rows[0].cells].map(c => c.textContent.trim());
  const at = heads.indexOf(wanted);
  return at < 0 ? null : [...tables[0].tBodies[0].rows].map(r => r.cells[at].textContent.trim());
}, name);

async function ask(options, how) {
  const p = await page(options);
  p.scriptless = options.javaScriptEnabled === false;
  await p.goto(`${base}/dataset/finds`);
  tally.check((await p.innerText("#rows")).includes("40 rows"), `the page counts the rows ${how}`, await p.innerText("#rows"));
  await p.locator("#rows details:has(form) > summary").click();
  await p.fill('input[name="where.status"]', "CR");
  await p.fill("input[name=group]", "scientificName");
  await p.fill("input[name=aggregate]", "count");
  await Promise.all([p.waitForURL(/group=scientificName/), p.locator("#rows form button").last().click()]);
  const counts = await column(p, "count");
  tally.check(counts?.join() === "10", `a question in the form is answered ${how}`, counts);
  await accessible(p, `the answer ${how}`);
  const where = await p.getAttribute('#rows a[href*=".csv"]', "href");
  const csv = await (await p.request.get(base + where)).text();
  tally.check(/^scientificName,count\r?\nManis javanica,10\r?\n$/.test(csv), `its address as CSV gives what is on the screen ${how}`, where, csv);
  await p.context().close();
}

async function restrict(options, how, lang) {
  const p = await page(options, lang);
  p.scriptless = options.javaScriptEnabled === false;
  await p.goto(`${base}/sign-in`);
  await p.fill("#email", email);
  await p.fill("#password", password);
  await Promise.all([p.waitForURL(url => !url.pathname.startsWith("/sign-in")), p.click("main button.main")]);
  await p.goto(`${base}/dataset/finds/edit`);
  await p.locator("details", { has: p.locator('button[name=add][value="/terms"]') }).locator("summary").first().click();
  await p.locator('button[name=add][value="/terms"]').click();
  for (const at of [0, 1]) {
    if (!await p.locator(`[name="/terms/0/columns/${at}"]`).count()) await p.locator('button[name=add][value="/terms/0/columns"]').click();
    await p.fill(`[name="/terms/0/columns/${at}"]`, ["decimalLatitude", "decimalLongitude"][at]);
  }
  await p.selectOption('[name="/terms/0/how"]', "grid");
  await p.fill('[name="/terms/0/degrees"]', "0.5");
  await p.fill('[name="/terms/0/where"]', "status");
  if (!await p.locator('[name="/terms/0/values/0"]').count()) await p.locator('button[name=add][value="/terms/0/values"]').click();
  await p.fill('[name="/terms/0/values/0"]', "CR");
  await accessible(p, `the form of terms ${how}`);
  await Promise.all([p.waitForURL(url => !url.pathname.endsWith("/edit")), p.locator('button.main[name=do][value=publish]').click()]);
  const seen = (await column(p, "decimalLatitude")).map(Number);
  tally.check(seen.some(x => Math.abs(x * 4 - Math.round(x * 4)) > 1e-9), `the owner still sees precise values ${how}`, seen);

  const reader = await page(options, lang);
  reader.scriptless = p.scriptless;
  await reader.goto(`${base}/dataset/finds?status=CR`);
  const theirs = (await column(reader, "decimalLatitude")).map(x => Number(x.replace(/[٠-٩]/g, d => "٠١٢٣٤٥٦٧٨٩".indexOf(d)).replace("٫", ".")));
  tally.check(theirs.length === 10 && theirs.every(x => x % 0.5 === 0.25), `the reader sees the middle of cells ${how}`, theirs);
  tally.check(await reader.locator("p.note", { hasText: { en: "withheld or made coarser", ar: "محجوبة" }[lang] }).count() === 1, `and the page says so ${how}`);
  await accessible(reader, `a restricted dataset ${how}`);
  await reader.context().close();

  await p.goto(`${base}/dataset/finds/edit`);
  await p.locator("details", { has: p.locator('button[name=add][value="/terms"]') }).first().evaluate(d => { d.open = true; });
  await p.locator('button[name=remove][value="/terms/0"]').click();
  await Promise.all([p.waitForURL(url => !url.pathname.endsWith("/edit")), p.locator('button.main[name=do][value=publish]').click()]);
  const again = await (await p.request.get(`${base}/dataset/finds.json?aggregate=count&decimalLatitude=11.10317`)).json();
  tally.check(again.rows[0].count === 1, `a term that is taken away restricts nobody ${how}`, JSON.stringify(again.rows));
  await p.context().close();
}

// Occurrences: curve, trends, and one taxon alone by a way on the page.
async function occurrences(options, how) {
  const p = await page(options);
  p.scriptless = options.javaScriptEnabled === false;
  await p.goto(`${base}/dataset/sightings`);
  const figure = id => p.innerText(`#figure-${id}`);
  // Three taxa, none found less than thrice: nothing is missed.
  tally.check(/already found with a chance of 100 %/.test(await figure("accumulation")), `the curve says how complete the records are ${how}`, await figure("accumulation"));
  tally.check(/Rises by [\d.]+ % a year \(95 % confidence: [\d.]+ % to [\d.]+ %\)/.test(await figure("effort")), `records by year have a trend with its bounds ${how}`, await figure("effort"));
  const shares = await figure("shares");
  tally.check(/Manis javanica\s+-[\d.]+ % \(-[\d.]+ % to -[\d.]+ %\)/.test(shares), `a taxon that is recorded less often has a falling share, though records rise ${how}`, shares);
  if (!p.scriptless) {
    await p.locator("#figure-effort svg").hover({ position: { x: 200, y: 100 } });
    const tip = await p.locator(".map-tip:visible").innerText();
    tally.check(/^20\d\d\ntrend [\d.]+$/.test(tip), `the pointer tells the year and the value ${how}`, tip);
    await p.mouse.move(0, 0);
  }
  await accessible(p, `a page of occurrences ${how}`);
  await Promise.all([p.waitForURL(/where.scientificName=Manis/), p.locator("#figure-shares a", { hasText: "Manis javanica" }).click()]);
  const share = await figure("share");
  tally.check(/Manis javanica: share of all records by year/i.test(share) && /Falls: -/.test(share), `one taxon is shown as its share of all ${how}`, share);
  const csv = await (await p.request.get(base + await p.getAttribute('#figure-share a[href*=".csv"]', "href"))).text();
  tally.check(csv.split(/\r?\n/)[1] === "2001,20", `and its address has its records of each year ${how}`, csv);
  await p.context().close();
}

// Indicators: the map of each year, by links without script, by a slider that does not load the page anew with it.
async function indicators(options, how, lang) {
  const p = await page(options, lang);
  p.scriptless = options.javaScriptEnabled === false;
  await p.goto(`${base}/dataset/forest`);
  const shade = () => p.$eval("#figure-ranking .drawn g:has(#shape-0)", () => [...document.querySelectorAll("#figure-ranking .drawn g")].map(g => g.getAttribute("class")).join());
  const last = await shade(), maps = await p.locator("#figure-ranking .small-maps a").count();
  tally.check(maps === 5, `there is a small map of each year ${how}`, maps);
  await accessible(p, `a page of indicators ${how}`);
  if (p.scriptless) {
    await Promise.all([p.waitForURL(/at=2010/), p.locator("#figure-ranking .small-maps a").first().click()]);
    tally.check(await shade() !== last, `a small map leads to its year ${how}`);
  } else {
    await p.evaluate(() => { window.stays = true; });
    const slider = p.locator("#figure-ranking input[type=range]");
    await slider.focus();
    await p.keyboard.press("Home");
    tally.check(await shade() !== last, `the slider shades the map ${how}`);
    await p.waitForFunction(() => /at=2010/.test(location.search));
    const first = await p.$eval("#figure-ranking table td", td => td.textContent);
    tally.check(first.replace("٤٠", "40") === "40" && await p.evaluate(() => window.stays), `and the figures of the year come without loading the page ${how}`, first);
  }
  const cite = await p.innerText("#cite");
  tally.check(cite.includes(`${base}/dataset/forest?version=`), `how to cite names the version's address ${how}`, cite);
  const bib = await (await p.request.get(base + await p.getAttribute('#cite a[href*=".bib"]', "href"))).text();
  tally.check(/^@misc\{forest-v\d+,\n/.test(bib), `and goes out for BibTeX ${how}`, bib);
  await p.context().close();
}

// Where the map looks, by its address.
const looks_at = async (p) => { await p.waitForFunction(() => location.hash.startsWith("#map=")); return (await p.evaluate(() => location.hash)).slice(5).split("/").map(Number); };

async function moving_map(options, how, lang) {
  const p = await page(options, lang), failed = [];
  p.on("pageerror", error => failed.push(error.message));
  p.on("request", request => { if (!request.url().startsWith(base)) failed.push(request.url()); });
  await p.goto(`${base}/dataset/finds?status=LC`);
  tally.check(await p.locator(".stage").count() === 0 || await p.locator("[data-tiles]").evaluate(e => e.getBoundingClientRect().top < innerHeight + 200), `the map's script waits until it is near ${how}`);
  const stage = p.locator(".stage"), ready = () => p.waitForSelector('.stage[data-ready="yes"]');
  await p.locator("#figure-points").scrollIntoViewIfNeeded();
  await ready();
  await accessible(p, `a map that moves ${how}`);
  const digits = text => text.replace(/[٠-٩]/g, d => "٠١٢٣٤٥٦٧٨٩".indexOf(d));
  tally.check(/30$/.test(digits(await p.locator(".map-legend span").first().innerText()).trim()), `the legend counts the rows that fit the page's filter ${how}`, await p.locator(".map-legend").innerText());
  await stage.focus();
  await p.keyboard.press("+");
  const [zoom, latitude] = await looks_at(p);
  await p.keyboard.press("ArrowUp");
  await p.waitForFunction(before => Number(location.hash.slice(5).split("/")[1]) > before, latitude);
  await p.keyboard.press("-");
  await p.waitForFunction(before => Number(location.hash.slice(5).split("/")[0]) < before, zoom);
  await ready();
  // The address of what is on the screen shows it again.
  const there = p.url(), again = await page(options, lang);
  await again.goto(there);
  await again.waitForSelector('.stage[data-ready="yes"]');
  tally.check(await again.locator(".map-legend").innerText() === await p.locator(".map-legend").innerText(), `an address that is passed on shows the same map ${how}`);
  await again.context().close();
  // Onto a row: its place in the middle, then Enter.
  const goto = async hash => { await p.evaluate(h => { location.hash = h; }, hash); await p.waitForTimeout(150); await ready(); };
  await goto("#map=14/11.17447/103.09589");
  const box = await stage.boundingBox();
  await p.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await p.waitForSelector(".map-said a");
  tally.check((await p.locator(".map-said").innerText()).includes("find-1") && /status=LC&_row=2#rows$/.test(await p.getAttribute(".map-said a", "href")), `a press on a row says what it is, and leads to it ${how}`, await p.locator(".map-said").innerHTML());
  await accessible(p, `a row chosen on the map ${how}`);
  await goto("#map=16/11.17447/103.09589");
  await stage.focus();
  await p.keyboard.press("Enter");
  await p.waitForURL(/_row=2#rows$/);
  tally.check((await column(p, "occurrenceID"))?.join() === "find-1", `Enter lists the row in the middle ${how}`, p.url());
  tally.check(!failed.length, `no error, and no question to another host ${how}`, ...failed);
  await p.context().close();
}

// Many rows: cells, whose rows are listed by their box.
async function cells_of_map() {
  const p = await page();
  await p.goto(`${base}/dataset/many`);
  await p.locator("#figure-points").scrollIntoViewIfNeeded();
  await p.waitForSelector('.stage[data-ready="yes"]');
  await p.evaluate(() => { location.hash = "#map=7/12/102"; });
  await p.waitForTimeout(300);
  await p.waitForSelector('.stage[data-ready="yes"]');
  const box = await p.locator(".stage").boundingBox();
  await p.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await p.waitForSelector(".map-said a");
  const count = Number(/Rows here: ([\d,]+)/.exec(await p.locator(".map-said").innerText())[1].replace(",", ""));
  await Promise.all([p.waitForURL(/_bbox=/), p.click(".map-said a")]);
  const rows = Number(/([\d,]+) rows?/.exec(await p.innerText("#rows"))[1].replace(",", ""));
  tally.check(count > 1 && rows === count, "a cell's rows are listed by its box, as many as it counts", count, rows, p.url());
  await accessible(p, "the rows of a cell");
  await p.context().close();
}

// Rows outside the region: the map opens on all of them, on both sides of 180 degrees, and comes back to them.
async function map_of_all(options, how) {
  const p = await page(options), shown = async () => Number(/[\d,]+$/.exec(await p.locator(".map-legend span").first().innerText())[0]);
  const ready = () => p.waitForSelector('.stage[data-ready="yes"]');
  await p.goto(`${base}/dataset/across`);
  await p.locator("#figure-points").scrollIntoViewIfNeeded();
  await ready();
  tally.check(await shown() === 6, `the map opens on all rows ${how}`, await shown());
  await p.evaluate(() => { location.hash = "#map=5/12/100"; });
  await p.waitForTimeout(300);
  await ready();
  tally.check(await shown() === 1, `it counts those on the screen ${how}`, await shown());
  await p.locator(".stage").focus();
  await p.keyboard.press("0");
  await p.waitForTimeout(300);
  await ready();
  tally.check(await shown() === 6, `0 shows all rows again ${how}`, await shown());
  await p.context().close();
}

async function still_map() {
  const p = await page({ javaScriptEnabled: false });
  await p.goto(`${base}/dataset/many`);
  const link = p.locator("svg.points .dots a").first(), named = await link.getAttribute("aria-label");
  await link.click({ force: true });
  await p.waitForURL(/_bbox=.*#rows$/);
  const rows = /([\d,]+) rows?/.exec(await p.innerText("#rows"))[1];
  tally.check(named.endsWith(`: ${rows}`), "without script a cell of the drawn map leads to its rows", named, rows);
  await p.goto(`${base}/dataset/many`);
  await p.locator("#figure-points details > summary").click();
  await p.locator("#figure-points details a").nth(3).click();
  await p.waitForURL(/_bbox=.*#rows$/);
  await p.context().close();
}

// A sensor sends while the page is open: what it shows next time is all of it, and figures draw it.
async function rows_arrive(options, how, lang) {
  const p = await page(options, lang), slug = `air-${how.replace(/ /g, "-")}`;
  p.scriptless = options.javaScriptEnabled === false;
  const columns = [{ name: "station", type: "string", role: "place" }, { name: "time", type: "datetime", role: "time" }, { name: "pm25", type: "number", role: "value", unit: "µg/m3" }];
  const made = await node.ask("POST", "/dataset.json", { slug, owner: "house", state: "published", doc: { name: { en: "Air" }, columns } });
  tally.check(made.status === 201, `a dataset is made with its columns ${how}`, made.status, made.text);
  const send = async rows => {
    const sent = await node.ask("POST", `/dataset/${slug}/rows`, rows);
    tally.check(sent.status === 201, `rows are sent ${how}`, sent.status, sent.text);
  };
  const row = i => ({ station: "Roof", time: `2026-11-29T10:0${i}:00Z`, pm25: 12.5 + i });
  const digits = text => text.replace(/[٠-٩]/g, d => "٠١٢٣٤٥٦٧٨٩".indexOf(d));
  const shown = async () => digits(await p.innerText("#rows"));
  await send([row(0)]);
  await p.goto(`${base}/dataset/${slug}`);
  const first = await column(p, "pm25");
  await send([row(1), row(2)]);
  await send(row(3));
  tally.check((await column(p, "pm25")).length === 1, `an open page stands as it was ${how}`);
  await p.reload();
  const now = (await column(p, "pm25")).map(x => digits(x).replace("٫", "."));
  tally.check(first.length === 1 && now.join() === "12.5,13.5,14.5,15.5", `read again it has all rows, in their order ${how}`, first, now);
  tally.check(/\b4\b/.test(await shown()), `and counts them ${how}`, (await shown()).slice(0, 300));
  await p.goto(`${base}/dataset/${slug}?pm25.min=14`);
  tally.check((await column(p, "pm25")).length === 2, `a question has them too ${how}`);
  await accessible(p, `a page whose rows arrive ${how}`);
  await p.context().close();
}

try {
  node.make();
  must(["user", "add", node.folder, email, "--name", "Owner", "--role", "house:publisher", "--password-stdin"], `${password}\n`);
  const file = path.join(node.work, "finds.csv");
  writeFileSync(file, "occurrenceID,scientificName,status,decimalLatitude,decimalLongitude,eventDate\n" + Array.from({ length: 40 }, (_, i) =>
    `find-${i},${i % 4 ? "Passer montanus" : "Manis javanica"},${i % 4 ? "LC" : "CR"},${(11.10317 + i * 0.0713).toFixed(5)},${(103.00419 + i * 0.0917).toFixed(5)},2021-0${1 + i % 9}-1${i % 10}\n`).join(""));
  must(["import", node.folder, file, "--into", "finds", "--owner", "house", "--state", "published", "--audience", "public"]);
  const sightings = path.join(node.work, "sightings.csv"), forest = path.join(node.work, "forest.csv");
  const records = (name, count, year) => Array.from({ length: count }, (_, i) => `${name.slice(0, 1)}-${year}-${i},${name},${year}-0${1 + i % 9}-11\n`).join("");
  writeFileSync(sightings, "occurrenceID,scientificName,eventDate\n" + Array.from({ length: 12 }, (_, i) => 2001 + i).map(year =>
    records("Passer montanus", 10 + 4 * (year - 2000), year) + records("Buceros rhinoceros", 12, year) + records("Manis javanica", 21 - (year - 2000), year)).join(""));
  writeFileSync(forest, "country,year,value,Forest that is neither primary nor planted of all the land (1000 ha)\n" + [2010, 2011, 2012, 2013, 2014].map(year =>
    [["TH", 40], ["VN", 30], ["LA", 20], ["KH", 10]].map(([code, value]) => `${code},${year},${value + (year - 2010) * (code === "KH" ? 9 : -1)},${value / 2}\n`).join("")).join(""));
  for (const [slug, from] of [["sightings", sightings], ["forest", forest]])
    must(["import", node.folder, from, "--into", slug, "--owner", "house", "--state", "published", "--audience", "public"]);
  writeFileSync(path.join(node.work, "many.csv"), "id,latitude,longitude\n" + Array.from({ length: 2000 }, (_, i) =>
    `m${i},${(11 + (i * 7919 % 1999) / 999.5).toFixed(5)},${(101 + (i * 104729 % 1997) / 998.5).toFixed(5)}\n`).join(""));
  must(["import", node.folder, path.join(node.work, "many.csv"), "--into", "many", "--owner", "house", "--state", "published", "--audience", "public"]);
  writeFileSync(path.join(node.work, "across.csv"), "id,latitude,longitude\na,12,100\nb,-40,175\nc,-77,-170\nd,71,-156\ne,-33,18\nf,-55,-57\n");
  must(["import", node.folder, path.join(node.work, "across.csv"), "--into", "across", "--owner", "house", "--state", "published", "--audience", "public"]);
  await node.serve();
  base = `http://${node.host}:${node.port}`;
  browser = await open();
  await moving_map({}, "on a desktop", "en");
  await moving_map({ viewport: { width: 390, height: 844 }, colorScheme: "dark" }, "on a phone in the dark, in Arabic", "ar");
  await cells_of_map();
  await map_of_all({}, "on a desktop");
  await map_of_all({ viewport: { width: 390, height: 844 } }, "on a phone");
  await still_map();
  await ask({}, "with script");
  await ask({ javaScriptEnabled: false }, "without script");
  await occurrences({}, "with script");
  await occurrences({ javaScriptEnabled: false }, "without script");
  await indicators({ viewport: { width: 390, height: 844 } }, "on a phone in Arabic", "ar");
  await indicators({ javaScriptEnabled: false }, "without script", "en");
  await rows_arrive({}, "with script", "en");
  await rows_arrive({ javaScriptEnabled: false }, "without script", "en");
  await rows_arrive({ viewport: { width: 390, height: 844 } }, "on a phone", "ar");
  await restrict({}, "with script", "en");
  await restrict({ javaScriptEnabled: false }, "without script", "en");
  await restrict({ viewport: { width: 390, height: 844 } }, "on a phone in Arabic", "ar");
} finally {
  await browser?.close();
  if (node.child) await node.end();
  node.remove();
}
tally.close();
