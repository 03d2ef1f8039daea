// Files into datasets, in the system's Chromium: node test/browser/import.js
// An editor sends a file, corrects a column, imports, mends the row that was set aside, sends the file again and a
// corrected one; imports all tables of an archive; and sends over a line that is cut. With script and without, on a
// phone and in another language; axe reads each page.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import { must, Node, tally } from "../house/node.js";
import { open } from "./browser.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const password = "many-trunks-demo", email = "editor@house.test";
const node = new Node();
let browser, base;

const levels = "station,date,level (m)\nPrek Kdam,2020-01-01,3.5\nPrek Kdam,2020-01-02,high\nKampong Chhnang,2020-01-03,4\n" +
  Array.from({ length: 60 }, (_, i) => `Chaktomuk,2021-${String(1 + i % 12).padStart(2, "0")}-${String(1 + i % 28).padStart(2, "0")},${i / 10}`).join("\n") + "\n";
const file = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

async function accessible(p, what) {
  if (!p.scriptless) { // axe is a script itself; the same page is read where scripts run
    if (!await p.evaluate(() => !!window.axe)) await p.evaluate(axe);
    const { violations } = await p.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] }));
    tally.check(!violations.length, `axe finds nothing on ${what}`, ...violations.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`));
  }
  const over = await p.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  tally.check(over <= 0, `nothing scrolls sideways on ${what}`, `${over} px`);
}

async function signed_in(options, lang, at = base) {
  const made = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  made.setDefaultTimeout(20000);
  await made.addCookies([{ name: "lang", value: lang, url: at }]);
  const p = await made.newPage();
  p.scriptless = options.javaScriptEnabled === false;
  await p.goto(`${at}/sign-in`);
  await p.fill("#email", email);
  await p.fill("#password", password);
  await Promise.all([p.waitForURL(url => !url.pathname.startsWith("/sign-in")), p.click("main button.main")]);
  return p;
}

const total = async (p, slug) => (await (await p.request.get(`${base}/dataset/${slug}.json?aggregate=count`)).json()).rows?.[0].count;

// Chooses a file, sends it, and waits until the job's page has what is asked for.
async function send(p, where, sent, wanted) {
  if (where) await p.goto(base + where);
  await p.setInputFiles("#file", sent);
  await p.locator("form[enctype] button").last().click();
  await p.waitForSelector(wanted);
}

async function flow(options, how, lang, title) {
  const p = await signed_in(options, lang);
  await p.goto(`${base}/import`);
  await p.fill("#title", title);
  await accessible(p, `the form of files ${how}`);
  await send(p, "", file("levels.csv", levels), "button[name=do][value=publish]");
  await accessible(p, `the look at a file ${how}`);
  tally.check((await p.innerText(".doubts")).includes("high"), `a value that makes a column text is shown before anything is imported ${how}`);
  await p.selectOption('[name="column.0.role"]', "place");
  await p.selectOption('[name="column.2.type"]', "number");
  await p.locator("button[name=do][value=look]").click();
  await p.waitForSelector("table.stack");
  tally.check((await p.innerText("table.stack")).includes("high"), `corrected, the row that will be set aside is shown ${how}`);
  await p.locator("button[name=do][value=publish]").click();
  await p.waitForSelector('a.button[href*="/aside/"]');
  await accessible(p, `what came of an import ${how}`);
  const slug = /\/dataset\/([^/]+)\/aside/.exec(await p.getAttribute('a.button[href*="/aside/"]', "href"))[1];
  tally.check(await total(p, slug) === 62, `the other rows are there ${how}`, await total(p, slug));
  const csv = await (await p.request.get(base + await p.getAttribute('main a[href$=".csv"]', "href"))).text();
  tally.check(/^station,date,level \(m\),_line/.test(csv) && csv.includes("high"), `what was set aside is downloaded ${how}`, csv);

  await p.locator('a.button[href*="/aside/"]').click();
  await p.waitForSelector("[aria-invalid=true]");
  await accessible(p, `the form to mend rows ${how}`);
  await p.fill("[aria-invalid=true]", "much");
  await p.locator("form.edit button.main").click();
  await p.waitForSelector('a[href*="job="]');
  await p.locator('a[href*="job="]').click();
  tally.check(await p.inputValue("[aria-invalid=true]") === "much", `what was typed and does not do stands there again ${how}`);
  await p.fill("[aria-invalid=true]", "3.75");
  await p.locator("form.edit button.main").click();
  await p.waitForSelector(`a.button.main[href="/dataset/${slug}"]`);
  tally.check(await total(p, slug) === 63, `the mended row is there ${how}`, await total(p, slug));

  await send(p, `/dataset/${slug}/import`, file("levels.csv", levels), ".notice[role=status]");
  tally.check(await total(p, slug) === 63, `the same file again changes nothing and says so ${how}`);
  await send(p, `/dataset/${slug}/import`, file("levels.csv", levels.replace("high", "3.8")), `a.button.main[href="/dataset/${slug}"]`);
  tally.check(await total(p, slug) === 63, `a corrected file takes the place of the first and of what mended it ${how}`, await total(p, slug));
  const old = await p.request.get(`${base}/dataset/${slug}.json?version=2&aggregate=count`);
  tally.check((await old.json()).rows[0].count === 63, `the version before can be asked ${how}`);
  await send(p, `/dataset/${slug}/import`, file("other.csv", "a,b\n1,2\n"), ".wrong-notice");
  tally.check((await p.innerText(".wrong-notice")).includes("station"), `a file of another shape is refused, naming the columns ${how}`);
  await p.context().close();
}

async function tables(options, how) {
  const p = await signed_in(options, "en");
  await p.goto(`${base}/import`);
  await p.fill("#title", `Birds ${how}`);
  await send(p, "", "test/data/files/birds.zip", "#all-tables");
  await p.check("#all-tables");
  await accessible(p, `the look at an archive ${how}`);
  await p.locator("button[name=do][value=publish]").click();
  await p.waitForSelector('main a[href$="-media"]');
  await p.locator('main a[href$="-media"]').click();
  tally.check((await p.innerText("h1")).includes("media"), `an extension is a dataset, to which the page leads ${how}`, await p.innerText("h1"));
  await p.context().close();
}

// Between the browser and the server a line that takes `bytes` of what is sent and is then cut.
async function cut_line(bytes) {
  const line = { left: bytes };
  const server = net.createServer(from => {
    const to = net.connect(node.port, node.host);
    from.on("data", piece => {
      line.left -= piece.length;
      if (line.left < 0) return void (from.destroy(), to.destroy());
      to.write(piece);
    });
    to.on("data", piece => from.write(piece));
    for (const [one, other] of [[from, to], [to, from]]) one.on("error", () => other.destroy()).on("close", () => other.destroy());
  });
  await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
  line.base = `http://127.0.0.1:${server.address().port}`;
  line.close = () => server.close();
  return line;
}

async function cut() {
  const line = await cut_line(Infinity);
  const p = await signed_in({ viewport: { width: 390, height: 844 } }, "th", line.base);
  await p.goto(`${line.base}/import`);
  await p.fill("#title", "Cut");
  await p.setInputFiles("#file", file("long.csv", levels + "Chaktomuk,2022-01-01,1\n".repeat(200000)));
  line.left = 1 << 20;
  await p.locator("form[enctype] button").last().click();
  await p.waitForSelector("form[data-upload] [role=alert]:not([hidden])");
  tally.check(await p.inputValue("#title") === "Cut" && await p.evaluate(() => document.querySelector("#file").files.length) === 1,
    "when the line is cut the form stands as it was, with its file");
  await accessible(p, "a form whose line was cut");
  line.left = Infinity;
  await p.locator("form[enctype] button").last().click();
  await p.waitForSelector("button[name=do][value=publish]");
  tally.check(true, "and is sent again when the line is there again");
  await p.context().close();
  line.close();
}

try {
  node.make();
  must(["user", "add", node.folder, email, "--name", "Editor", "--role", "house:publisher", "--password-stdin"], `${password}\n`);
  await node.serve();
  base = `http://${node.host}:${node.port}`;
  browser = await open();
  await flow({}, "with script", "en", "Levels one");
  await flow({ javaScriptEnabled: false }, "without script", "en", "Levels two");
  await flow({ viewport: { width: 390, height: 844 } }, "on a phone in Thai", "th", "Levels three");
  await flow({ viewport: { width: 390, height: 844 }, javaScriptEnabled: false }, "on a phone in Arabic without script", "ar", "Levels four");
  await tables({}, "with script");
  await tables({ javaScriptEnabled: false }, "without script");
  await cut();
} finally {
  await browser?.close();
  if (node.child) await node.end();
  node.remove();
}
tally.close();
