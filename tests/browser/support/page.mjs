// Opens the built page in Chromium.
import { chromium } from "playwright-core";

const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export async function openPage(options = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.DRYDOCK_CHROMIUM ?? "/usr/bin/chromium",
    args: flags,
  });
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.colorScheme ?? "light",
  });
  const page = await context.newPage();
  await page.goto(process.env.DRYDOCK_URL);
  return { page, context, close: () => browser.close() };
}
