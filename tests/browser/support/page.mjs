// The built page in Chromium, used as a learner uses it: with keys and clicks.
import assert from "node:assert/strict";
import { join } from "node:path";
import { chromium } from "playwright-core";

const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

// How long a command may take, in real milliseconds.
const COMMAND_MS_MAX = 60_000;

// How often keys are typed to find out how long one waits.
const KEY_ROUNDS = 5;

export async function openPage(options = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.DRYDOCK_CHROMIUM || "/usr/bin/chromium",
    args: flags,
  });
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.colorScheme ?? "light",
  });
  const learner = new Learner(browser, context, await context.newPage());
  await learner.open(options.query);
  return learner;
}

// Runs a test with a page of its own and looks afterwards whether the page has complained.
export async function withPage(options, use) {
  const learner = await openPage(options);
  try {
    await use(learner);
    assert.deepEqual(learner.complaints, []);
  } finally {
    await learner.close();
  }
}

class Learner {
  constructor(browser, context, page) {
    this.browser = browser;
    this.context = context;
    this.page = page;
    this.complaints = [];
    this.requests = [];
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
    page.on("request", (request) => this.requests.push(request.url()));
  }

  async open(query = "") {
    await this.page.goto(process.env.DRYDOCK_URL + query);
    await this.ready();
  }

  async reload() {
    await this.page.reload();
    await this.ready();
  }

  // The shell shows its prompt and waits.
  async ready() {
    await this.page.waitForFunction(() => document.querySelector("#before")?.textContent.includes("$"));
    await this.idle();
  }

  close() {
    return this.browser.close();
  }

  // The whole text of the terminal.
  text() {
    return this.page.evaluate(() => {
      const lines = [...document.querySelectorAll("#lines > div")].map((line) => line.textContent);
      return [...lines, document.querySelector("#before").textContent].join("\n");
    });
  }

  async idle(limit = COMMAND_MS_MAX) {
    await this.page.waitForSelector("#screen[aria-busy=false]", { timeout: limit });
  }

  async keys(text) {
    await this.page.locator("#typed").pressSequentially(text);
  }

  // Types a line and presses Enter.
  async type(line) {
    await this.keys(line);
    await this.page.keyboard.press("Enter");
  }

  // Waits until the terminal shows so many lines: after a burst the older ones come back.
  async hasLines(count) {
    await this.page.waitForFunction((count) => document.querySelectorAll("#lines > div").length > count, count);
  }

  // Types a command, waits for its end and gives what it printed.
  async run(command) {
    await this.type(command);
    await this.idle();
    return this.since(command);
  }

  // The seconds between the Enter of a command and the next prompt, on the page's own clock: what
  // waits outside of it looks only now and then. The first frames may still show the old prompt.
  async seconds(command) {
    await this.keys(command);
    await this.page.evaluate(() => { window.milliseconds = new Promise((resolve) => {
      const screen = document.querySelector("#screen");
      document.querySelector("#typed").addEventListener("keydown", () => {
        const began = performance.now();
        let frames = 0;
        const look = () => {
          frames += 1;
          if (frames > 2 && screen.getAttribute("aria-busy") === "false") resolve(performance.now() - began);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }, { once: true });
    }); });
    await this.page.keyboard.press("Enter");
    return (await this.page.evaluate(() => window.milliseconds)) / 1000;
  }

  // What a click makes the terminal print.
  async click(selector) {
    const before = (await this.text()).length;
    await this.page.click(selector);
    await this.idle();
    return (await this.text()).slice(before);
  }

  // What the newest run of a command printed. The terminal forgets its oldest lines, so the place
  // is found by the command's echo, not by counting.
  async since(command) {
    const lines = (await this.text()).split("\n");
    const echoed = lines.findLastIndex((line) => line.includes(`$ ${command.slice(0, 20)}`));
    // The next prompt is not its output.
    return lines.slice(echoed + 1, -1).join("\n");
  }

  // Runs a command again and again until its output fits: what a cluster does takes its time.
  async runUntil(command, expected, tries = 60) {
    let printed = "";
    for (let attempt = 0; attempt < tries; attempt++) {
      printed = await this.run(command);
      if (expected.test(printed)) return printed;
      await this.page.waitForTimeout(250);
    }
    assert.match(printed, expected);
    return printed;
  }

  // Waits until the terminal shows something.
  async waitFor(expected, limit = COMMAND_MS_MAX) {
    const end = Date.now() + limit;
    for (;;) {
      const text = await this.text();
      if (expected.test(text)) return text;
      if (Date.now() > end) assert.match(text, expected);
      await this.page.waitForTimeout(50);
    }
  }

  async interrupt() {
    await this.page.locator("#typed").focus();
    await this.page.keyboard.press("Control+c");
  }

  // How virtual time passes: paused, real, ten or fast.
  speed(name) {
    return this.page.click(`[data-speed=${name}]`);
  }

  // Puts a text into a file by way of the editor.
  async edit(file, text) {
    await this.page.click(`#file-names [data-open="${file}"]`);
    await this.page.click(".cm-content");
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.press("Delete");
    // Pasted, as a learner does: typing would indent lines once more.
    await this.page.evaluate((pasted) => {
      const data = new DataTransfer();
      data.setData("text/plain", pasted);
      const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
      document.querySelector(".cm-content").dispatchEvent(event);
    }, text);
  }

  async screenshot(name) {
    const folder = process.env.DRYDOCK_SCREENSHOTS;
    if (folder) await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  // The longest wait, in milliseconds, between a key and its letter on the screen, while `keys` are typed.
  // Other work on the machine only ever adds to it: of several rounds the least disturbed one counts,
  // and the first one that keeps to the limit is enough.
  async slowestKey(keys, limit = 0) {
    await this.page.evaluate(() => {
      document.querySelector("#typed").addEventListener("keydown", (event) => {
        requestAnimationFrame(() => {
          window.slowest = Math.max(window.slowest, performance.now() - event.timeStamp);
        });
      });
    });
    let least = Infinity;
    for (let round = 0; round < KEY_ROUNDS && least > limit; round++) {
      await this.page.evaluate(() => { window.slowest = 0; });
      await this.page.locator("#typed").pressSequentially(keys, { delay: 40 });
      await this.page.waitForTimeout(100);
      least = Math.min(least, await this.page.evaluate(() => window.slowest));
    }
    return least;
  }
}
