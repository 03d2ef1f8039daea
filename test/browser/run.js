// What people see, in the system's Chromium: node test/browser/run.js
// Every page of every kind is read by axe in four languages and both themes, and fits at two widths; nothing
// is asked of another host, a first visit costs under 100 KB; people are invited, sign in with one-time passwords,
// make tokens, write, meet a conflict and withdraw, also without script and with the keyboard alone.
import { createHmac } from "node:crypto";
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
    must(["import", this.folder, "demo/data/grid-intensity.csv", "--into", "grid-intensity"]);
    must(["user", "add", this.folder, "publisher@demo.example", "--name", "Publisher", "--role", "caec:publisher", "--password-stdin"], `${password}\n`);
    must(["user", "add", this.folder, "editor@demo.example", "--name", "Editor", "--role", "caec:editor", "--password-stdin"], `${password}\n`);
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
const everyRule = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
async function accessible(page, what, rules = everyRule) {
  if (!await page.evaluate(() => !!window.axe)) await page.evaluate(axe);
  const { violations } = await page.evaluate((options) => window.axe.run(document, { ...options, resultTypes: ["violations"] }), rules);
  tally.check(!violations.length, `axe finds nothing on ${what}`,
    ...violations.map((v) => `${v.id} (${v.impact}): ${v.nodes.length} × ${v.nodes[0].html.slice(0, 200)} | ${v.nodes[0].failureSummary?.replace(/\n/g, " ").slice(0, 300)}`));
}

async function fits(page, what) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  tally.check(over <= 0, `nothing scrolls sideways on ${what}`, `${over} px too wide`);
}

const publicPages = ["/", "/ogc", "/ogc/conformance", "/ogc/collections", "/ogc/collections/organisation", "/ogc/collections/activity/items", "/framework", "/framework/china-asean", "/strategy", "/goal", "/country", "/country/cn", "/country/kh", "/meeting", "/meeting/caecf-2025",
  "/calendar", "/activity", "/activity/act-eisp", "/organisation/caec", "/document", "/technology", "/label", "/environmental-good", "/guidance-rule",
  "/search?q=water", "/search", "/search?q=xyzzyx", "/node", "/node?entry=3", "/api", "/sign-in", "/activity/act-eisp/history", "/no/such/page", "/page",
  "/strategy/ca-strategy-2009", "/goal/ca-strategy-2016-obj-4-effectiveness", "/document/doc-gdg-gip", "/technology/uasb", "/label/singapore-green-label",
  "/label-agreement/cjk-common-criteria", "/environmental-good/apec-840290", "/programme-session/gep-green-university-2013", "/guidance-rule/cat-green", "/page/about", "/dataset", "/dataset/grid-intensity", "/label-agreement", "/programme-session", "/activity?stands=done&stands=late", "/goal/ca-plan-2011-action-1-forum", "/search?q=enviromental+cooperation+agreements"];

// One page in one language: read by axe whole in light, its colours once more in dark; at both widths it fits.
async function readPage(page, path, lang, phone) {
  const other = phone ? wide : narrow;
  await page.goto(base + path);
  await accessible(page, `${path} in ${lang}`);
  await page.emulateMedia({ colorScheme: "dark" });
  await accessible(page, `${path} in ${lang}, dark`, { runOnly: ["color-contrast", "link-in-text-block"] });
  await page.emulateMedia({ colorScheme: "light" });
  await fits(page, `${path} in ${lang}`);
  await page.setViewportSize(other);
  await fits(page, `${path} in ${lang}, ${other.width} px wide`);
  await page.setViewportSize(phone ? narrow : wide);
  const bare = await page.evaluate(() => document.body.innerText.match(/\[[a-z-]+\.[a-z0-9.-]+\]/g));
  tally.check(!bare, `no message is missing on ${path} in ${lang}`, bare);
}

const wide = { width: 1280, height: 900 }, narrow = { width: 390, height: 844 };
const looks = [["en", false], ["zh", false], ["th", true], ["ar", true]];

async function readEverywhere() {
  for (const [lang, phone] of looks) {
    const c = await context({ viewport: phone ? narrow : wide, colorScheme: "light" }, lang), page = await c.newPage();
    for (const path of publicPages) await readPage(page, path, lang, phone);
    await c.close();
  }
  const c = await context({ viewport: narrow }, "en"), page = await c.newPage();
  for (const path of ["/", "/framework/china-asean", "/country/cn", "/meeting", "/calendar", "/search?q=water", "/dataset/grid-intensity"]) {
    await page.goto(base + path);
    await accessible(page, `${path} on a phone`);
  }
  await c.close();
}

// What only those see who have signed in.
async function readSignedIn() {
  for (const [lang, phone] of looks) {
    const c = await context({ viewport: phone ? narrow : wide, colorScheme: "light" }, lang), page = await c.newPage();
    await signIn(page, "operator@demo.example");
    for (const path of ["/account", "/people", "/people?organisation=caec", "/activity/new", "/meeting/caecf-2025/edit", "/activity", "/activity/act-eisp", "/activity/act-eisp/history"])
      await readPage(page, path, lang, phone);
    await page.goto(`${base}/people`);
    await readPage(page, await page.getAttribute("main table a", "href"), lang, phone);
    await c.close();
  }
}

async function lightFirstVisit() {
  for (const path of ["/", "/activity", "/activity/act-eisp", "/framework/china-asean", "/country/cn", "/meeting/caecf-2025", "/dataset/grid-intensity", "/calendar", "/search?q=water", "/api"]) {
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
  for (const [lang, words] of [["en", "environmental cooperation forum"], ["zh", "环境合作论坛"], ["th", "เกี่ยวกับโหนดนี้"], ["ar", "حول هذه العقدة"]]) {
    const c = await context({}, lang), page = await c.newPage();
    await page.goto(`${base}/`);
    await page.fill("#big-find", words);
    await page.press("#big-find", "Enter");
    await page.waitForURL(/search\?/);
    const titles = await page.locator("ol.rows > li .row-title").allInnerTexts();
    const wanted = { en: "Environmental Cooperation Forum", zh: "中国—东盟环境", th: words, ar: words }[lang];
    tally.check(titles.some((title) => title.includes(wanted)), `searching "${words}" in ${lang} finds what is named so`, titles.slice(0, 5).join(" | "));
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

// Tab until the focus is on what the selector names; false when it is not reached.
async function tabTo(page, selector) {
  for (let i = 0; i < 150; i++) {
    if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return true;
    await page.keyboard.press("Tab");
  }
  return false;
}

async function writingByKeyboard() {
  const c = await context(), page = await c.newPage();
  await page.goto(`${base}/sign-in`);
  await page.keyboard.type("publisher@demo.example"); // the first input has the focus
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await Promise.all([page.waitForURL((url) => !url.pathname.startsWith("/sign-in")), page.keyboard.press("Enter")]);
  await page.goto(`${base}/technology/new`);
  tally.check(await tabTo(page, '[name="/name/en"]'), "Tab reaches the first field of a form");
  await page.keyboard.type("Reed bed");
  tally.check(await tabTo(page, "button[value=publish]"), "Tab reaches the button that publishes");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[role=alert] li a");
  // What is wrong leads to its input, and a choice is made with letters.
  tally.check(await tabTo(page, "[role=alert] li a"), "Tab reaches the problem that is named");
  await page.keyboard.press("Enter");
  await page.waitForURL(/#/);
  tally.check(await tabTo(page, ".wrong :is(input, select)") && await page.evaluate(() => document.activeElement.closest(".wrong")?.innerText.includes("needed")),
    "it leads to the input", await page.evaluate(() => document.activeElement.outerHTML.slice(0, 200)));
  await page.keyboard.press(await page.evaluate(() => document.activeElement.type === "checkbox") ? "Space" : "ArrowDown");
  tally.check(await tabTo(page, "button[value=publish]"), "Tab reaches the button again");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.endsWith("/new"), { timeout: 5000 }).catch(() => {});
  tally.check((await page.innerText("h1")).includes("Reed bed"), "a record is made with the keyboard alone", page.url(), (await page.innerText("main")).slice(0, 200));
  await c.close();
}

async function themes(javaScriptEnabled) {
  const how = javaScriptEnabled ? "with script" : "without script";
  const c = await context({ javaScriptEnabled, colorScheme: "light" }), page = await c.newPage();
  const paper = () => page.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor);
  await page.goto(`${base}/country/cn`);
  const light = await paper();
  await page.click(".themes a[href*='/theme/dark']");
  const dark = await paper();
  tally.check(page.url() === `${base}/country/cn` && dark !== light, `choosing dark darkens the page and stays on it ${how}`, page.url(), light, dark);
  await page.goto(`${base}/calendar`);
  tally.check(await paper() === dark, `the choice holds on the next page ${how}`, await paper());
  await page.emulateMedia({ media: "print" });
  tally.check(await paper() === light, `paper is white whatever the theme ${how}`, await paper());
  await page.emulateMedia({ media: "screen", colorScheme: "dark" });
  await page.click(".themes a[href*='/theme/light']");
  tally.check(await paper() === light, `light holds on a dark device ${how}`, await paper());
  await page.click(".themes a[href*='/theme/device']");
  tally.check(await paper() === dark, `without a choice the device decides ${how}`, await paper());
  await c.close();
}

async function otherLanguagesOnce() {
  const c = await context({ viewport: { width: 390, height: 844 } }, "th"), page = await c.newPage();
  await page.goto(`${base}/calendar`);
  tally.check(await page.locator(".fallback").count() === 1, "a page that shows English in Thai says so once");
  tally.check(await page.locator("main .row .in-language").count() === 0, "its rows do not repeat it");
  tally.check(await page.locator("main .row [lang=en]").count() > 0, "its rows are marked for those who listen");
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  tally.check(height < 5000, "the calendar on a phone is a few screens long", `${height} px`);
  await page.goto(`${base}/page/about`);
  tally.check(await page.locator("h1:not([lang])").count() === 1, "a title that is there in Thai is not marked");
  await c.close();
}

// What an editor submits only a publisher publishes; an old version comes back; an invitation lets one in.
async function together() {
  const editor = await (await context({ javaScriptEnabled: false }, "zh")).newPage(), publisher = await (await context()).newPage(), anyone = await (await context()).newPage();
  await signIn(editor, "editor@demo.example");
  await signIn(publisher, "publisher@demo.example");
  await editor.goto(`${base}/activity/new`);
  await editor.fill('[name="/start"]', "yesterday");
  tally.check(await editor.locator("button[value=publish]").count() === 0, "an editor is not offered to publish");
  await editor.click("button[value=submit]");
  const said = await editor.innerText("[role=alert]"), link = editor.locator("[role=alert] li a").first();
  tally.check(/\p{Script=Han}/u.test(said), "what is wrong is said in the reader's language", said);
  tally.check(await editor.locator(await link.getAttribute("href")).count() === 1, "and leads to its input", await link.getAttribute("href"));
  tally.check(await editor.inputValue('[name="/start"]') === "yesterday", "what was written is still there");
  await editor.fill('[name="/name/en"]', "Clean harbours");
  await editor.selectOption('[name="/type"]', "project");
  await editor.fill('[name="/start"]', "2026-03");
  await editor.fill('[name="/lead"]', "asean-sec");
  await editor.click("button[value=submit]");
  await editor.waitForURL(/clean-harbours/);
  const address = editor.url();
  tally.check((await anyone.goto(address)).status() === 404, "what waits for a publisher is not shown to others");
  await editor.goto(`${address}/edit`);
  tally.check(await editor.inputValue('[name="/lead"]') === "asean-sec", "without script a link shows a name that people can read", await editor.inputValue('[name="/lead"]'));
  await publisher.goto(`${address}/edit`);
  await publisher.fill('[name="/name/en"]', "Clean harbours and ports");
  await publisher.click("button[value=publish]");
  await publisher.waitForURL((url) => !url.pathname.endsWith("/edit"));
  tally.check((await anyone.goto(address)).status() === 200, "once published everybody sees it");
  await publisher.goto(`${address}/history`);
  const names = await publisher.innerText("main table");
  tally.check(names.includes("Editor") && names.includes("Publisher"), "colleagues see who wrote what", names);
  await anyone.goto(`${address}/history`);
  tally.check(!/Editor|Publisher/.test(await anyone.innerText("main table")), "others see no names");
  await publisher.click("main details > summary");
  await publisher.selectOption("#restore", "1");
  await Promise.all([publisher.waitForURL((url) => !url.pathname.endsWith("/history")), publisher.click("main details button")]);
  tally.check(await publisher.innerText("h1") === "Clean harbours", "an old version comes back as a new one", publisher.url(), await publisher.innerText("main"));
  await publisher.click("header .person button");
  await publisher.waitForLoadState();
  tally.check(await publisher.locator("header .person form").count() === 0, "signing out signs out");
  for (const page of [editor, publisher, anyone]) await page.context().close();
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

// RFC 6238, as an authenticator app computes it.
function codeOf(base32, at = Date.now()) {
  const bits = [...base32].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const mac = createHmac("sha1", Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))).update(counter).digest(), from = mac[19] & 15;
  return String((mac.readUInt32BE(from) & 0x7fffffff) % 1000000).padStart(6, "0");
}

// From the operator's invitation to a session with a one-time password, a role, a token.
async function inviting(javaScriptEnabled) {
  const how = javaScriptEnabled ? "with script" : "without script", email = `newcomer-${javaScriptEnabled}@demo.example`;
  const operator = await (await context({ javaScriptEnabled })).newPage(), person = await (await context({ javaScriptEnabled }, "th")).newPage();
  await signIn(operator, "operator@demo.example");
  await operator.goto(`${base}/people`);
  await operator.fill("#name", "Newcomer");
  await operator.fill("#email", email);
  await operator.check("input[name=role][value=editor]");
  const organisation = operator.locator("#organisation");
  await organisation.fill("nobody-knows-it");
  await operator.click("main button.main");
  tally.check((await operator.innerText("[role=alert]")).includes("no such organisation"), `an organisation that is not there is named ${how}`, await operator.innerText("main"));
  tally.check(await operator.inputValue("#email") === email, `and what was written stands there ${how}`);
  await operator.check("input[name=role][value=editor]");
  if (javaScriptEnabled) {
    await organisation.fill("");
    await organisation.pressSequentially("China-ASEAN Environmental Coop", { delay: 10 });
    await operator.waitForSelector(".suggestions:not([hidden]) [role=option]");
    await accessible(operator, "the organisation's picker");
    await organisation.press("ArrowDown");
    await organisation.press("Enter");
    tally.check(await operator.inputValue("input[name=organisation]") === "caec", "picking an organisation puts its slug into the form", await operator.inputValue("input[name=organisation]"));
  } else {
    tally.check(await operator.locator('#organisations option[value="caec"]').count() === 1, "without script the organisations are offered in a list");
    await organisation.fill("caec");
  }
  await operator.click("main button.main");
  const link = await operator.innerText("pre.secret");
  tally.check(/\/invitation\/[A-Za-z0-9_-]{43}$/.test(link), `the invitation is shown once ${how}`, link);
  if (javaScriptEnabled) await accessible(operator, "an invitation that was made");

  await person.goto(link.replace(/^.*?(?=\/invitation)/, base));
  tally.check(await person.inputValue("#email") === email, `the invitation says for whom it is ${how}`);
  if (javaScriptEnabled) await accessible(person, "an invitation");
  const fields = person.locator("input[type=password]");
  for (let i = 0; i < await fields.count(); i++) await fields.nth(i).fill("aaaaaaaaaaaa");
  await person.click("main button.main");
  tally.check(await person.locator("[role=alert]").count() === 1, `a weak password is refused and said so ${how}`);
  const fresh = "a forest of one tree";
  for (let i = 0; i < await fields.count(); i++) await fields.nth(i).fill(fresh);
  await person.click("main button.main");
  await person.waitForURL((url) => !url.pathname.startsWith("/invitation"));
  tally.check(person.url().includes("/sign-in") && await person.locator("[role=status]").count() === 1, `with the password set, the page asks to sign in with it ${how}`, person.url());
  await person.fill("#email", email);
  await person.fill("#password", fresh);
  await Promise.all([person.waitForURL((url) => !url.pathname.startsWith("/sign-in")), person.click("main button.main")]);
  const again = await (await context()).newPage();
  tally.check((await again.goto(link.replace(/^.*?(?=\/invitation)/, base))).status() >= 400 && await again.locator("input[type=password]").count() === 0, `the invitation works once ${how}`);
  await again.context().close();

  await person.goto(`${base}/account`);
  await person.fill("#otp-password", fresh);
  await person.click("button[name=do][value=begin]");
  tally.check(await person.locator("svg.qr path").count() === 1, `a code to scan is shown ${how}`);
  if (javaScriptEnabled) await accessible(person, "a one-time password being set up");
  const secret = (await person.innerText("#one-time-password pre.secret")).replace(/\s/g, "");
  await person.fill("#code", "000000");
  await person.click("button[name=do][value=confirm]");
  tally.check(await person.locator("[role=alert]").count() === 1, `a wrong code is refused ${how}`);
  await person.fill("#code", codeOf(secret));
  await person.click("button[name=do][value=confirm]");
  tally.check(await person.locator("button[name=do][value=off]").count() === 1, `the right one turns it on ${how}`, await person.innerText("#one-time-password"));
  await person.click("header .person button");
  await person.waitForLoadState();
  await person.goto(`${base}/sign-in?to=/account`);
  await person.fill("#email", email);
  await person.fill("#password", fresh);
  await person.click("main button.main");
  await person.waitForSelector("#code");
  if (javaScriptEnabled) await accessible(person, "the page that asks for a code");
  await person.fill("#code", codeOf(secret, Date.now() + 30000)); // each code is good once
  await Promise.all([person.waitForURL(/\/account/), person.click("main button.main")]);
  tally.check((await person.innerText("header .person")).includes("Newcomer"), `password and code sign in ${how}`, person.url());

  await person.fill("#token-name", "nightly export");
  await person.check("#scope-write");
  await person.fill("#days", "7");
  await person.click("#tokens form.edit button");
  const token = await person.innerText("pre.secret");
  tally.check(/^banyan_[A-Za-z0-9_-]{43}$/.test(token), `a token is shown once ${how}`, token);
  if (javaScriptEnabled) await accessible(person, "a token that was made");
  const asked = () => fetch(`${base}/activity.json`, { method: "POST", headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ doc: { name: { en: `By token ${how}` }, type: "project" }, state: "review" }) });
  const written = await asked();
  tally.check(written.status === 201, `the token writes what its person may ${how}`, await written.text());
  await person.goto(`${base}/account`);
  tally.check((await person.innerText("#tokens")).includes("nightly export"), `the token is listed ${how}`);
  tally.check(!(await person.content()).includes(token), `and its secret is not ${how}`);
  await person.click("#tokens table button");
  await person.waitForLoadState();
  tally.check((await asked()).status === 401, `an ended token writes nothing ${how}`);

  tally.check(await person.locator('header a[href="/people"]').count() === 0, `an editor manages nobody ${how}`);
  await operator.goto(`${base}/people`);
  await operator.click(`main table tr:has-text("${email}") a`);
  await operator.selectOption('[name=organisation][value=caec] ~ .field select', "administrator");
  await operator.click(".row-form button");
  await operator.waitForLoadState();
  await person.goto(`${base}/people`);
  tally.check((await person.innerText("main")).includes(email), `a new administrator sees the people of the organisation ${how}`, await person.innerText("main"));
  await operator.selectOption('[name=organisation][value=caec] ~ .field select', "none");
  await operator.click(".row-form button");
  await operator.waitForLoadState();
  tally.check((await person.goto(`${base}/people`)).status() === 403, `who lost the role sees them no more ${how}`);
  await operator.goto(`${base}/people`);
  await operator.click(`main table tr:has-text("${email}") a`);
  await operator.click("button[name=do][value=close]");
  await operator.waitForLoadState();
  await person.goto(`${base}/account`);
  tally.check(person.url().includes("/sign-in"), `a closed account is signed out ${how}`, person.url());
  for (const page of [operator, person]) await page.context().close();
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
  const parts = { readEverywhere, readSignedIn, lightFirstVisit, searchInFourLanguages, suggestions, keyboardOnly, writing: () => writing(true), plain: () => writing(false), picking, peoplePages,
    writingByKeyboard, themes: () => themes(true), plainThemes: () => themes(false), otherLanguagesOnce, together, inviting: () => inviting(true), plainInviting: () => inviting(false) };
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
