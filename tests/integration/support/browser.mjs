// Chromium on the demo page, by playwright-core. Its hooks are the page's data-testid attributes.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

import { atEnd } from './at_end.mjs';
import { PATIENCE_MS } from './wait.mjs';

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export class Browser {
  static async launch(t) {
    const chrome = await chromium.launch({
      executablePath: process.env.CRESSET_CHROMIUM ?? '/usr/bin/chromium', args: ARGS,
    });
    atEnd(t, () => chrome.close());
    return new Browser(chrome);
  }

  constructor(chrome) {
    this.chrome = chrome;
  }

  // A window of test `t`, apart from all others; options are those of Playwright's newContext.
  async window(t, options = {}) {
    const context = await this.chrome.newContext({
      viewport: { width: 1280, height: 800 }, ...options,
    });
    atEnd(t, () => context.close());
    context.setDefaultTimeout(PATIENCE_MS);
    const open = async (url, name) => Tab.open(await context.newPage(), url, name);
    return { context, open };
  }
}

export class Tab {
  complaints = []; // errors and warnings of the console, and what the page did not catch

  // Without a name the page makes one up.
  static async open(page, url, name) {
    const tab = new Tab(page);
    if (name) await page.addInitScript((n) => sessionStorage.setItem('cresset-demo-name', n), name);
    await page.goto(url);
    return tab;
  }

  constructor(page) {
    this.page = page;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(`${error}`));
  }

  hook(name) {
    return this.page.getByTestId(name);
  }

  async reaches(state) {
    await this.page.locator(`[data-testid=state][data-state=${state}]`).waitFor();
  }

  name() {
    return this.hook('name').inputValue();
  }

  // Says it as a person does.
  async say(text) {
    await this.hook('message').fill(text);
    await this.hook('send').click();
  }

  async fill(hook, text) {
    await this.hook(hook).fill(text);
    await this.hook(hook).press('Enter');
  }

  async hears(text) {
    await this.hook('messages').locator('li', { hasText: text }).waitFor();
  }

  async sees(text) {
    await this.page.getByText(text).first().waitFor();
  }

  // A frame as it was on the wire, both ways.
  async hasFrame(text) {
    await this.hook('frames').locator('li', { hasText: text }).first().waitFor();
  }

  async screenshot(name) {
    const folder = process.env.CRESSET_ARTIFACTS ?? join(tmpdir(), 'cresset-artifacts');
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, name) });
  }

  expectNoComplaints() {
    assert.deepEqual(this.complaints, []);
  }
}
