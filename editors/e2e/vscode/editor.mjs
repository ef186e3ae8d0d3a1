// One window of VS Code, as its user has it: everything is done with keys and clicks, and everything is read from the screen.

import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

/** An answer within this time, whatever else the machine does; nothing waits for it that is there sooner. */
export const patience = 120_000;

/** Asks until the answer is the one that is wanted; the message of a failure says what the last answer was. */
export async function until(what, ask, wanted, milliseconds = patience) {
	const end = Date.now() + milliseconds;
	for (;;) {
		const answer = await ask();
		if (wanted(answer)) {
			return answer;
		}
		if (Date.now() > end) {
			assert.fail(`${what}; after ${milliseconds / 1000} s it is still ${JSON.stringify(answer).slice(0, 2000)}`);
		}
		await new Promise(resolve => setTimeout(resolve, 50));
	}
}

/** VS Code's own default, which nothing here changes. */
const tabSize = 4;

const ours = row => /gomodls\w+\[Ln/.test(row);

export class Editor {
	constructor(page, extensionID) {
		this.page = page;
		this.extensionID = extensionID;
	}

	/** Waits for the status bar to say what is wanted of the module. */
	async status(wanted) {
		return until(`the status bar should match ${wanted}`, () => this.statusText(), text => wanted.test(text));
	}

	/** The text of the status bar item, with the names of its icons in brackets. */
	async statusText() {
		const item = this.page.locator(`[id="${this.extensionID}.gomodls.status"]`);
		if (await item.count() === 0) {
			return '';
		}
		return item.first().evaluate(node => {
			const icons = [...node.querySelectorAll('.codicon')].map(icon => [...icon.classList].filter(name => name.startsWith('codicon-')).map(name => `[${name.slice(8)}]`).join(''));
			return [...icons, node.textContent.trim()].join(' ');
		}).catch(() => '');
	}

	/**
	 * Waits until VS Code has set up its watching of the folder: what is changed before that may go unnoticed, which is not ours
	 * to test. What is written to find out is removed again.
	 */
	async watching(module) {
		const names = [];
		await until('VS Code should see new files', async () => {
			names.push(`probe${names.length}.txt`);
			await module.write(names.at(-1), '');
			await new Promise(resolve => setTimeout(resolve, 200));
			return this.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: /^probe/ }).count();
		}, count => count > 0);
		for (const name of names) {
			await module.delete(name);
		}
		await until('VS Code should see files disappear', () => this.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: /^probe/ }).count(),
			count => count === 0);
	}

	/** Points at the status bar item and waits for what it says then: again, where the item is drawn anew and says nothing any more. */
	async tooltip(wanted) {
		const item = this.page.locator(`[id="${this.extensionID}.gomodls.status"]`);
		let hover = await this.pointAt(item);
		await until(`the tooltip should match ${wanted}`, async () => {
			const texts = await hover.allInnerTexts();
			if (texts.length === 0) {
				hover = await this.pointAt(item);
			}
			return texts.join('\n');
		}, text => wanted.test(text));
	}

	/** Clicks a link in what the status bar item says when it is pointed at. */
	async tooltipLink(text) {
		const link = this.page.locator('.monaco-hover:visible a').filter({ hasText: text }).first();
		for (let tries = 0; ; tries++) {
			await this.pointAt(this.page.locator(`[id="${this.extensionID}.gomodls.status"]`));
			try {
				await link.click({ timeout: 5000 });
				return;
			} catch (error) {
				if (tries === 9) {
					throw error;
				}
			}
		}
	}

	/** Clicks the status bar item, which opens a list. */
	async showActions() {
		await this.page.mouse.move(640, 300);
		await this.page.locator(`[id="${this.extensionID}.gomodls.status"]`).click();
		await this.page.locator('.quick-input-widget input[type="text"]').first().waitFor();
	}

	/** Where the cursor is. */
	async cursor() {
		return this.page.locator('[id="status.editor.selection"]').innerText();
	}

	/** Points at the language status and waits for what it says then. */
	async languageStatus(wanted) {
		const hover = await this.pointAt(this.page.locator('[id="status.languageStatus"]'));
		await until(`the language status should match ${wanted}`, async () => (await hover.allInnerTexts()).join('\n'), text => wanted.test(text));
		await this.page.mouse.move(0, 0);
	}

	/** Points at something until what it says is there, and returns that. */
	async pointAt(target) {
		const hover = this.page.locator('.monaco-hover:visible');
		for (let tries = 0; ; tries++) {
			await this.page.mouse.move(640, 300);
			await target.first().hover();
			try {
				await hover.first().waitFor({ timeout: 5000 });
				return hover;
			} catch (error) {
				if (tries === 9) {
					throw error;
				}
			}
		}
	}

	/** Waits until the editor takes keys. */
	async typing() {
		const editor = this.page.locator('.editor-instance .monaco-editor');
		await editor.locator('.view-line').first().click();
		await this.page.locator('.editor-instance .monaco-editor.focused').waitFor();
	}

	/** Opens the Problems panel, which from then on lists the diagnostics of all files. */
	async showProblems() {
		const panel = this.page.locator('.markers-panel');
		await this.press('Control+Shift+m', panel);
		await this.focusEditor();
	}

	/** The rows of the Problems panel: files, and under each its diagnostics as `messagesourcecode[Ln 1, Col 2]`: what
	 * stands between them on the screen is not text. */
	async problems() {
		return this.page.locator('.markers-panel .monaco-list-row').allTextContents();
	}

	/** Waits for diagnostics with this code and message, and for no other ones of gomodls. Some are shown in two files. */
	async onlyProblem(code, message) {
		await until(`no diagnostics but ${code} ${message}`, () => this.problems(), rows => {
			const found = rows.filter(ours);
			return found.length > 0 && found.every(row => row.includes(`gomodls${code}[Ln`) && message.test(row));
		});
	}

	/** Waits for a diagnostic with this code and message, whatever else there is. */
	async problem(code, message) {
		await until(`a diagnostic ${code} ${message}`, () => this.problems(),
			rows => rows.some(row => row.includes(`gomodls${code}[Ln`) && message.test(row)));
	}

	async noProblem(code) {
		await until(`there should be no diagnostic ${code}`, () => this.problems(), rows => !rows.some(row => row.includes(`gomodls${code}[Ln`)));
	}

	async noProblems() {
		await until('there should be no diagnostic', () => this.problems(), rows => !rows.some(ours));
	}

	/** The squiggles in the visible part of the editor, by severity. */
	squiggle(severity) {
		return this.page.locator(`.editor-instance .squiggly-${severity}`);
	}

	/** Waits until exactly this text is marked with a squiggle of the severity, among the visible lines. */
	async marked(severity, text) {
		await until(`${JSON.stringify(text)} should be marked as ${severity}`, () => this.markings(severity),
			marked => marked.length === 1 && marked[0] === text);
	}

	/** The texts over the squiggles of a severity, as far as the marks reach. */
	async markings(severity) {
		return this.squiggle(severity).evaluateAll(squiggles => squiggles.map(squiggle => {
			const mark = squiggle.getBoundingClientRect();
			const lines = [...squiggle.closest('.monaco-editor')?.querySelectorAll('.view-lines .view-line') ?? []]; // or it has just gone
			const line = lines.find(line => Math.abs(line.getBoundingClientRect().top - mark.top) < 2);
			let text = '';
			const nodes = document.createTreeWalker(line ?? document.createElement('div'), NodeFilter.SHOW_TEXT);
			while (nodes.nextNode()) {
				for (let i = 0; i < nodes.currentNode.length; i++) {
					const range = document.createRange();
					range.setStart(nodes.currentNode, i);
					range.setEnd(nodes.currentNode, i + 1);
					const char = range.getBoundingClientRect();
					const middle = (char.left + char.right) / 2;
					if (mark.left < middle && middle < mark.right) {
						text += nodes.currentNode.data[i];
					}
				}
			}
			return text.replaceAll('\u00a0', ' ');
		}));
	}

	/** Puts the cursor at a line and column, both from 1, as VS Code counts them: a tab is as wide as it looks. */
	async goTo(line, column = 1) {
		await this.focusEditor();
		const input = this.page.locator('.quick-input-widget input[type="text"]');
		await this.press('Control+g', input);
		await input.first().fill(`:${line}:${column}`);
		await this.choose(this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: new RegExp(`line ${line}\\b.*column ${column}\\b`) }));
		await until('the cursor should move', () => this.cursor(),
			text => text.includes(`Ln ${line}, Col ${column}`));
	}

	/** Replaces part of the file in the editor, whose text the caller knows, with as few keys as may be. */
	async retype(text, from, to) {
		const offset = text.indexOf(from);
		assert.ok(offset >= 0 && text.indexOf(from, offset + 1) < 0, `${JSON.stringify(from)} should be there exactly once in\n${text}`);
		let start = 0;
		while (start < Math.min(from.length, to.length) && from[start] === to[start]) {
			start++;
		}
		let end = 0;
		while (end < Math.min(from.length, to.length) - start && from.at(-1 - end) === to.at(-1 - end)) {
			end++;
		}
		const lines = text.slice(0, offset + start).split('\n');
		await this.goTo(lines.length, 1 + [...lines.at(-1)].reduce((width, char) => width + (char === '\t' ? tabSize - width % tabSize : 1), 0));
		for (let i = start; i < from.length - end; i++) {
			await this.page.keyboard.press('Delete');
		}
		await this.page.keyboard.type(to.slice(start, to.length - end));
	}

	/** Deletes the one line of the file in the editor, whose text the caller knows, that has this part. */
	async deleteLine(text, part) {
		await this.goToLineOf(text, part);
		await this.page.keyboard.press('Control+Shift+k');
	}

	/** Puts the cursor on the line of the file in the editor that has this text. */
	async goToLineOf(text, part) {
		const line = text.split('\n').findIndex(one => one.includes(part)) + 1;
		assert.ok(line > 0, `${JSON.stringify(part)} should be in\n${text}`);
		await this.goTo(line);
	}

	/** Types at the end of the file in the editor, whose text the caller knows. */
	async append(text, more) {
		await this.goTo(text.split('\n').length);
		await this.page.keyboard.type(more);
	}

	/**
	 * Applies the quick fix whose title matches, without the mouse. VS Code takes the menu away when the window is laid out anew;
	 * then it is asked for again.
	 */
	async quickFix(title) {
		const menu = this.page.locator('.action-widget:not(.action-list-submenu-panel)');
		await until(`the fix ${title} should be chosen`, async () => {
			await this.press('Control+.', menu);
			return this.#chooseByKeys(menu, title);
		}, chosen => chosen);
		await menu.waitFor({ state: 'hidden' });
	}

	/** Goes to an entry of a menu with the arrow keys and chooses it; false if the menu is taken away before. */
	async #chooseByKeys(menu, title) {
		const focused = menu.locator('.monaco-list-row.action.focused');
		const read = () => focused.innerText({ timeout: 5000 }).catch(() => '');
		await until(`there should be a fix ${title}`, async () => await menu.isVisible() && menu.locator('.monaco-list-row.action').allInnerTexts(),
			all => !all || all.some(one => title.test(one)));
		const seen = new Set();
		for (let row = await read(); !title.test(row); row = await read()) {
			if (!await menu.isVisible()) {
				return false;
			}
			assert.ok(!seen.has(row), `the arrow keys should reach ${title}`);
			seen.add(row);
			await this.page.keyboard.press('ArrowDown');
			await until('the next fix should be chosen', read, next => next !== row);
		}
		return focused.press('Enter', { timeout: 5000 }).then(() => true, () => false); // of the menu: the editor would take it, too
	}

	/** The same with the mouse, through the light bulb at the cursor. */
	async lightBulb(title) {
		const menu = this.page.locator('.action-widget:not(.action-list-submenu-panel)');
		const bulb = this.page.locator('.lightBulbWidget:visible, [class*="codicon-gutter-lightbulb"]:visible').first();
		await bulb.waitFor();
		await bulb.click();
		await menu.waitFor();
		await this.#offered(menu, title);
		await this.choose(menu.locator('.monaco-list-row.action').filter({ hasText: title }).first());
		await menu.waitFor({ state: 'hidden' });
	}

	async #offered(menu, title) {
		await until(`there should be a fix ${title}`, () => menu.locator('.monaco-list-row.action').allInnerTexts(),
			all => all.some(one => title.test(one)));
	}

	/**
	 * Runs "Fix All" until there is nothing left to fix. VS Code looks for fixes on its own a quarter of a second after marks change,
	 * and drops a request of the user's that is under way then; whoever sees that nothing happens asks again.
	 */
	async fixAll() {
		await until('"Fix All" should fix all', async () => {
			await this.command('Fix All');
			return until('', () => this.problems(), rows => !rows.some(ours), 5000).then(() => true, () => false);
		}, fixed => fixed);
	}

	/** Runs a command of the palette by its title, once the palette offers it. */
	async command(title) {
		const input = this.page.locator('.quick-input-widget input[type="text"]');
		const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
		for (let tries = 0; ; tries++) {
			await this.press('F1', input);
			await input.first().fill(`>${title}`);
			try {
				await row.waitFor({ timeout: 5000 });
				break;
			} catch (error) {
				if (tries === 9) {
					throw error;
				}
				await this.page.keyboard.press('Escape');
			}
		}
		await this.choose(row);
	}

	/**
	 * Chooses the row of a list with the mouse, after which the list goes. A click is lost when the list is drawn anew between the
	 * press of the button and its release; then the row is still there, to be clicked again.
	 */
	async choose(row) {
		await row.waitFor();
		await until('the list should go when its row is clicked', async () => {
			await row.click({ timeout: 5000 }).catch(() => {}); // or it has gone
			return row.waitFor({ state: 'hidden', timeout: 5000 }).then(() => true, () => false);
		}, gone => gone);
	}

	/** The commands of the palette that the user may choose from, for what is typed there: one of them is known. */
	async commands(typed, known) {
		const input = this.page.locator('.quick-input-widget input[type="text"]');
		await this.press('F1', input);
		await input.first().fill(`>${typed}`);
		const rows = this.page.locator('.quick-input-list .monaco-list-row');
		const titles = await until('the palette should have such commands only', () => rows.allInnerTexts(),
			all => all.some(title => title.includes(known)) && all.every(title => title.includes(typed.trim())));
		await this.page.keyboard.press('Escape');
		return titles;
	}

	/** Presses a key that scrolls, and waits until a line with this text can be seen. */
	async scroll(key, text) {
		await this.page.keyboard.press(key);
		await until(`the editor should scroll to ${text}`, () => this.text(), visible => visible.includes(text));
	}

	/**
	 * Opens a file by its name, and where several have that by its folder. A click may hit another row when the list is drawn anew
	 * before it; then another file is open, and this one is looked for again.
	 */
	async openFile(name, folder = '') {
		const input = this.page.locator('.quick-input-widget input[type="text"]');
		const active = this.page.locator('.tab.active').filter({ hasText: name });
		await until(`${name} should be opened`, async () => {
			await this.press('Control+p', input);
			await input.first().fill(folder ? `${folder}/${name}` : name);
			await this.choose(this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).filter({ hasText: folder }).first());
			return active.waitFor({ timeout: 10_000 }).then(() => true, () => false);
		}, opened => opened);
		await this.focusEditor();
	}

	/** Saves the file in the editor. */
	async save() {
		await this.focusEditor();
		const name = await this.page.locator('.tab.active').first().getAttribute('data-resource-name');
		await this.page.keyboard.press('Control+s');
		await until(`${name} should be saved`, () => this.modified(), names => !names.includes(name));
	}

	/** Closes all files, whatever in them is not saved, and takes the notifications away. */
	async closeAll() {
		const tabs = this.page.locator('.tabs-container .tab');
		const drop = this.page.getByRole('button', { name: "Don't Save" });
		await this.command('View: Close All Editors');
		await until('all editors should be closed', async () => {
			if (await drop.isVisible()) {
				await drop.click();
			}
			return tabs.count();
		}, count => count === 0);
		if (await this.notification('').count() > 0) {
			await this.command('Notifications: Clear All Notifications');
			await this.notifications(0);
		}
	}

	/** The names of the tabs that have unsaved changes. */
	async modified() {
		return this.page.locator('.tab.dirty').evaluateAll(tabs => tabs.map(tab => tab.getAttribute('data-resource-name')).sort());
	}

	/** Waits until these files, and no others, have unsaved changes. */
	async onlyModified(...names) {
		await until(`modified should be ${JSON.stringify(names)}`, () => this.modified(), modified => isDeepStrictEqual(modified, names.sort()));
	}

	/** Waits until there are so many notifications: VS Code shows one that ends soon for some time longer. */
	async notifications(count) {
		await until(`there should be ${count} notifications`, () => this.notification('').allInnerTexts(), texts => texts.length === count);
	}

	/** The visible lines of the editor. */
	async text() {
		const lines = await this.page.locator('.editor-instance .view-line').evaluateAll(nodes => nodes
			.map(node => ({ top: parseInt(node.style.top, 10), text: node.textContent }))
			.sort((a, b) => a.top - b.top).map(line => line.text));
		return lines.join('\n').replaceAll('\u00a0', ' ');
	}

	/** What the right-hand sides of the diff editors show. */
	async proposals() {
		const texts = await this.page.locator('.monaco-diff-editor .editor.modified .view-lines').allTextContents();
		return texts.join('\n').replaceAll('\u00a0', ' ');
	}

	notification(text) {
		return this.page.locator('.notification-list-item').filter({ hasText: text });
	}

	async focusEditor() {
		await this.page.keyboard.press('Control+1');
	}

	/**
	 * Presses a key until what it opens is there: while the workbench is busy with something else, a key may be lost. It is
	 * more often late, and what a late key and its repetition do together is anybody's guess: so there is time between them.
	 */
	async press(key, opened, state = 'visible') {
		for (let tries = 0; ; tries++) {
			for (const one of key.split(' ')) {
				await this.page.keyboard.press(one);
			}
			try {
				await opened.first().waitFor({ state, timeout: 15_000 });
				return;
			} catch (error) {
				if (tries === 9) {
					throw error;
				}
				await this.page.keyboard.press('Escape');
			}
		}
	}
}
