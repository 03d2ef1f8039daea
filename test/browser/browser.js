// The system's Chromium, without any traffic of its own.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

export const open = () =>
  chromium.launch({
    executablePath: [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find((p) => p && existsSync(p)),
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
