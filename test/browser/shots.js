// Pictures of the pages for people to look at: node test/browser/shots.js BASE-ADDRESS FOLDER [PATH…]
// Each page in two themes and two widths, the main ones in every language.
import { mkdirSync } from "node:fs";
import { open } from "./browser.js";

const [base, folder, ...paths] = process.argv.slice(2);
const pages = paths.length ? paths : ["/", "/framework/china-asean", "/country/cn", "/meeting", "/calendar", "/search?q=water"];
const languages = (process.env.LANGUAGES || "en").split(",");
const themes = (process.env.THEMES || "light,dark").split(",");
const widths = (process.env.WIDTHS || "1280,390").split(",").map(Number);
mkdirSync(folder, { recursive: true });
const browser = await open();
for (const lang of languages)
  for (const theme of themes)
    for (const width of widths) {
      const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 900 } });
      await context.addCookies([{ name: "lang", value: lang, url: base }]);
      const page = await context.newPage();
      for (const path of pages) {
        await page.goto(base + path);
        const name = path.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "home";
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) console.log(`${path} ${lang} ${width}: ${wide} px too wide`);
        await page.screenshot({ path: `${folder}/${name}-${lang}-${theme}-${width}.png`, fullPage: true });
      }
      await context.close();
    }
await browser.close();
