// What people see, in the system's Chromium: node test/browser/run.js
// Every page is read by axe in both themes, on a phone, and in a right-to-left language; nothing scrolls
// sideways, nothing is asked of another host, a first visit costs under 100 KB; people sign in, write, meet
// a conflict and withdraw, also without script and with the keyboard alone.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { banyan, must, Node, tally } from "../house/node.js";
import { open } from "./browser.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const password = "many-trunks-demo";

class Demo extends Node {
  make() {
    must(["init", this.folder, "--settings", "demo/node.json"]);
    must(["load", this.folder, "demo/records"]);
    must(["user", "add", this.folder, "publisher@demo.example", "--name", "Publisher", "--role", "caec:publisher", "--password-stdin"], `${password}\n`);
    must(["user", "add", this.folder, "operator@demo.example", "--name", "Operator", "--role", "caec:administrator", "--runs-node", "--password-stdin"], `${password}\n`);
  }
}

let browser, base;

async function context(options = {}, lang = "en") {
  const made = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  made.setDefaultTimeout(15000);
  await made.addCookies([{ name: "lang", value: lang, url: base }]);
  return made;
}

async function signIn(page, email) {
  await page.goto(`${base}/sign-in`);
  await page.fill("#email", email);
  await page.fill("#password", password);
  await Promise.all([page.waitForURL((url) => !url.pathname.startsWith("/sign-in")), page.click("main button.main")]);
}

// Pages with strict CSP: axe is put in by the browser's own evaluation, not by a script tag.
async function accessible(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  tally.check(!violations.length, `axe finds nothing on ${what}`,
    ...violations.map((v) => `${v.id} (${v.impact}): ${v.nodes.length} × ${v.nodes[0].html.slice(0, 200)} | ${v.nodes[0].failureSummary?.replace(/\n/g, " ").slice(0, 300)}`));
}

async function fits(page, what) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  tally.check(over <= 0, `nothing scrolls sideways on ${what}`, `${over} px too wide`);
}

const mainPages = ["/", "/framework/china-asean", "/country/cn", "/meeting", "/meeting/caecf-2025", "/calendar", "/search?q=water"];
const publicPages = ["/", "/framework", "/framework/china-asean", "/strategy", "/goal", "/country", "/country/cn", "/country/kh", "/meeting", "/meeting/caecf-2025",
  "/calendar", "/activity", "/activity/act-eisp", "/organisation/caec", "/document", "/technology", "/label", "/environmental-good", "/guidance-rule",
  "/search?q=water", "/search", "/search?q=xyzzyx", "/node", "/node?entry=3", "/api", "/sign-in", "/activity/act-eisp/history", "/no/such/page", "/page"];

async function readEverywhere() {
  const looks = [
    [{}, "en", "light"], [{ colorScheme: "dark" }, "en", "dark"],
    [{ viewport: { width: 390, height: 844 } }, "th", "on a phone, in Thai"], [{ viewport: { width: 390, height: 844 }, colorScheme: "dark" }, "ar", "on a phone, dark, in Arabic"],
    [{}, "zh", "in Chinese"],
  ];
  for (const [options, lang, look] of looks) {
    const c = await context(options, lang), page = await c.newPage();
    for (const path of lang === "en" ? publicPages : mainPages) {
      await page.goto(base + path);
      await accessible(page, `${path} ${look}`);
      await fits(page, `${path} ${look}`);
      const bare = await page.evaluate(() => document.body.innerText.match(/\[[a-z-]+\.[a-z0-9.-]+\]/g));
      tally.check(!bare, `no message is missing on ${path} ${look}`, bare);
    }
    await c.close();
  }
}

async function lightFirstVisit() {
  for (const path of ["/", "/framework/china-asean", "/calendar"]) {
    const c = await context(), page = await c.newPage();
    const elsewhere = [];
    let bytes = 0;
    const session = await c.newCDPSession(page);
    await session.send("Network.enable");
    session.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; });
    page.on("request", (request) => { if (!request.url().startsWith(base) && !request.url().startsWith("data:")) elsewhere.push(request.url()); });
    await page.goto(base + path, { waitUntil: "networkidle" });
    tally.check(bytes > 0 && bytes < 100_000, `a first visit to ${path} costs under 100 KB`, `${bytes} bytes`);
    tally.check(!elsewhere.length, `${path} asks nothing of another host`, elsewhere);
    await c.close();
  }
}

async function searchInFourLanguages() {
  for (const [lang, words] of [["en", "environmental cooperation forum"], ["zh", "环境合作论坛"], ["th", "สิ่งแวดล้อม"], ["ar", "ASEAN"]]) {
    const c = await context({}, lang), page = await c.newPage();
    await page.goto(`${base}/`);
    await page.fill("#big-find", words);
    await page.press("#big-find", "Enter");
    await page.waitForURL(/search\?/);
    const found = await page.locator("ol.rows > li").count(), empty = await page.locator(".empty").count();
    tally.check(lang === "th" ? found + empty > 0 : found > 0, `searching "${words}" in ${lang} answers`, `${found} rows`);
    await c.close();
  }
}

async function suggestions() {
  const c = await context(), page = await c.newPage();
  await page.goto(`${base}/`);
  await page.locator("#big-find").pressSequentially("Green Env", { delay: 20 });
  await page.waitForSelector("[role=option]");
  tally.check(await page.getAttribute("#big-find", "aria-expanded") === "true", "suggestions open while typing");
  await page.press("#big-find", "ArrowDown");
  tally.check(await page.locator("[role=option][aria-selected=true]").count() === 1, "an arrow key marks a suggestion");
  await accessible(page, "/ with suggestions open");
  await Promise.all([page.waitForURL((url) => url.pathname.split("/").length > 2), page.press("#big-find", "Enter")]);
  tally.check(page.url() !== `${base}/`, "Enter goes where the suggestion leads", page.url());
  await c.close();
}

async function keyboardOnly() {
  const c = await context(), page = await c.newPage();
  await page.goto(`${base}/`);
  await page.keyboard.press("Tab");
  tally.check(await page.evaluate(() => document.activeElement.className) === "skip", "the first Tab reaches the link that skips to the content");
  await page.keyboard.press("Enter");
  tally.check(await page.evaluate(() => document.activeElement.id) === "main", "it moves the focus to the content");
  await page.goto(`${base}/framework`);
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement.tagName) === "SUMMARY") break;
  }
  await page.keyboard.press("Enter");
  tally.check(await page.locator(".groups details[open]").count() === 1, "a menu opens by keyboard");
  await page.keyboard.press("Escape");
  tally.check(await page.locator(".groups details[open]").count() === 0, "Escape closes it");
  await c.close();
}

// One way through for both: everything works without script.
async function writing(javaScriptEnabled) {
  const how = javaScriptEnabled ? "with script" : "without script";
  const c = await context({ javaScriptEnabled }), page = await c.newPage();
  const name = `Mangrove exchange ${how}`;
  await signIn(page, "publisher@demo.example");
  tally.check(await page.locator("header .person form").count() === 1, `signing in ${how} shows who one is`);

  await page.goto(`${base}/activity`);
  await page.click("a.button");
  if (javaScriptEnabled) await accessible(page, "a new form");
  await page.click("button[value=publish]");
  tally.check(await page.locator("[role=alert] li").count() > 0, `an empty form says what is missing ${how}`);
  await page.fill('[name="/name/en"]', name);
  await page.fill('[name="/name/zh"]', "红树林交流");
  await page.selectOption('[name="/type"]', "project");
  if (!await page.locator("details.further[open]").count()) await page.click("details.further > summary");
  await page.locator('button[name=add][value="/outputs"]').click();
  await page.waitForLoadState();
  tally.check(await page.inputValue('[name="/name/en"]') === name, `adding a row keeps what was written ${how}`);
  if (!await page.locator("details.further[open]").count()) await page.click("details.further > summary");
  await page.fill('[name="/outputs/0/en"]', "Handbook");
  await page.locator('button[name=add][value="/outputs"]').click();
  await page.waitForLoadState();
  if (!await page.locator("details.further[open]").count()) await page.click("details.further > summary");
  await page.fill('[name="/outputs/1/en"]', "Course");
  await page.locator('button[name=remove][value="/outputs/0"]').click();
  await page.waitForLoadState();
  await page.click("button[value=publish]");
  await page.waitForURL(/\/activity\/mangrove/);
  const text = await page.innerText("main");
  tally.check(text.includes(name) && text.includes("红树林交流"), `the new record shows both titles ${how}`, text.slice(0, 300));
  tally.check(text.includes("Course") && !text.includes("Handbook"), `the row that was taken out is gone ${how}`);
  const address = page.url();

  // Two people edit the same field: the second is asked.
  const other = await c.newPage();
  await page.goto(`${address}/edit`);
  await other.goto(`${address}/edit`);
  await page.selectOption('[name="/status"]', "active");
  await page.click("button[value=publish]");
  await page.waitForURL(address);
  await other.selectOption('[name="/status"]', "completed");
  await other.fill('[name="/name/th"]', "การแลกเปลี่ยนป่าชายเลน");
  await other.click("button[value=publish]");
  await other.waitForSelector("fieldset.conflict");
  tally.check(await other.locator("fieldset.conflict").count() === 1, `the same field changed twice is one conflict ${how}`);
  if (javaScriptEnabled) await accessible(other, "a conflict");
  await other.click('input[type=radio][value="completed"]');
  await other.click("main button.main");
  await other.waitForURL(address);
  const after = await other.innerText("main");
  tally.check(after.includes("Completed") && after.includes("การแลกเปลี่ยนป่าชายเลน"), `what was chosen and what merged are both saved ${how}`, after.slice(0, 300));

  await other.goto(`${address}/history`);
  if (javaScriptEnabled) await accessible(other, "a history with several versions");
  await other.click("main button.main");
  await other.waitForURL(/compare/);
  tally.check(await other.locator("table.difference tbody tr").count() > 0, `two versions can be compared ${how}`);
  if (javaScriptEnabled) await accessible(other, "a comparison");

  await other.goto(address);
  await other.click("details.withdraw > summary");
  await other.fill("#why", "Entered twice");
  await other.click("details.withdraw button");
  await other.waitForLoadState();
  await other.goto(address);
  tally.check((await other.innerText("main")).includes("Entered twice"), `a withdrawn record keeps its reason ${how}`);
  if (javaScriptEnabled) await accessible(other, "a withdrawn record");
  await c.close();
}

async function picking() {
  const c = await context(), page = await c.newPage();
  await signIn(page, "publisher@demo.example");
  await page.goto(`${base}/activity/act-eisp/edit`);
  await page.click("details.further > summary").catch(() => {});
  const input = page.locator('input[type=hidden][name="/parent"] + input');
  await input.pressSequentially("Green Envoys", { delay: 20 });
  await page.waitForSelector(".suggestions:not([hidden]) [role=option]");
  await input.press("ArrowDown");
  await input.press("Enter");
  const id = await page.inputValue('input[type=hidden][name="/parent"]');
  tally.check(/^[0-9a-f-]{36}$/.test(id), "picking a record puts its id into the form", id);
  await accessible(page, "a form with a picker");
  await c.close();
}

async function peoplePages() {
  const c = await context(), page = await c.newPage();
  await signIn(page, "operator@demo.example");
  for (const path of ["/account", "/people"]) {
    await page.goto(base + path);
    await accessible(page, path);
    await fits(page, path);
  }
  await page.click("main table a");
  await accessible(page, "a person");
  await c.close();
}

const demo = new Demo();
if (!existsSync("demo/records") || banyan(["help"]).code === null) {
  tally.skip("the pages in a browser", "demo/ or build/banyan is not there");
  tally.close();
}
try {
  demo.make();
  await demo.serve();
  base = `http://${demo.host}:${demo.port}`;
  browser = await open();
  const parts = { readEverywhere, lightFirstVisit, searchInFourLanguages, suggestions, keyboardOnly, writing: () => writing(true), plain: () => writing(false), picking, peoplePages };
  const only = process.argv[2];
  for (const [name, part] of Object.entries(parts)) {
    if (only && !name.includes(only)) continue;
    await part().catch((error) => tally.check(false, name, error.stack.split("\n").slice(0, 6).join("\n")));
  }
} finally {
  await browser?.close();
  if (demo.child) await demo.end();
  demo.remove();
}
tally.close();
