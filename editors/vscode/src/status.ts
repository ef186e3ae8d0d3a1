// The status bar item and the language status item. Both say what the server says; nothing is worked out here.

import {
	LanguageStatusSeverity, MarkdownString, QuickPickItemKind, StatusBarAlignment, ThemeColor, commands, languages, window,
} from 'vscode';
import type { Command, Disposable, DocumentFilter, QuickPickItem } from 'vscode';
import type { Health } from './protocol';

/** What is shown: a module's health, or what keeps the server from saying it. */
export type Shown = { health: Health } | { starting: true } | { problem: string; actions: Command[] };

/** What can be done whatever the server says. */
const ownActions: readonly Command[] = [
	{ title: 'Doctor', command: 'gomodls.doctor' },
	{ title: 'Show Log', command: 'gomodls.showLog' },
];
const restart: Command = { title: 'Restart Server', command: 'gomodls.restart' };

export class Status implements Disposable {
	private readonly item = window.createStatusBarItem('gomodls.status', StatusBarAlignment.Left, 0);
	private readonly language;
	private shown: Shown = { starting: true };

	constructor(selector: readonly DocumentFilter[]) {
		this.item.name = 'gomodls';
		this.item.command = 'gomodls.showActions';
		this.language = languages.createLanguageStatusItem('gomodls.language', selector);
		this.language.name = 'gomodls';
		this.show(this.shown);
	}

	show(shown: Shown): void {
		this.shown = shown;
		const { item, language } = this;
		const actions = this.actions();
		language.busy = busy(shown);
		language.command = actions[0];
		if ('health' in shown) {
			const { health } = shown;
			item.text = health.busy ? `$(sync~spin) ${health.text}` : health.text;
			item.tooltip = tooltip(health.tooltip, actions);
			language.text = health.text;
			language.detail = health.module;
		} else if ('problem' in shown) {
			item.text = '$(error) gomodls';
			item.tooltip = tooltip(new MarkdownString().appendText(shown.problem).value, actions);
			language.text = 'gomodls';
			language.detail = shown.problem;
		} else {
			item.text = '$(sync~spin) gomodls';
			item.tooltip = tooltip('The language server is starting', []);
			language.text = 'gomodls';
			language.detail = 'The language server is starting';
		}
		const state = severity(shown);
		item.backgroundColor = background[state];
		language.severity = state;
		if (item.text === '') {
			item.hide();
		} else {
			item.show();
		}
	}

	/** Offers, as a list, what the tooltip offers as links. */
	async pick(): Promise<void> {
		const title = 'health' in this.shown ? this.shown.health.module : 'gomodls';
		type Item = QuickPickItem & { action?: Command };
		const items: Item[] = this.actions().map(action => ({ label: action.title, action }));
		items.push(
			{ label: '', kind: QuickPickItemKind.Separator },
			...[...ownActions, restart].map(action => ({ label: action.title, action })),
		);
		const picked = await window.showQuickPick(items, { title });
		if (picked?.action) {
			await commands.executeCommand(picked.action.command, ...(picked.action.arguments ?? []));
		}
	}

	dispose(): void {
		this.item.dispose();
		this.language.dispose();
	}

	private actions(): Command[] {
		return 'health' in this.shown ? this.shown.health.actions : 'problem' in this.shown ? this.shown.actions : [];
	}
}

const background: Record<LanguageStatusSeverity, ThemeColor | undefined> = {
	[LanguageStatusSeverity.Error]: new ThemeColor('statusBarItem.errorBackground'),
	[LanguageStatusSeverity.Warning]: new ThemeColor('statusBarItem.warningBackground'),
	[LanguageStatusSeverity.Information]: undefined,
};

function severity(shown: Shown): LanguageStatusSeverity {
	if ('starting' in shown) {
		return LanguageStatusSeverity.Information;
	}
	switch ('problem' in shown ? 'error' : shown.health.state) {
		case 'error':
			return LanguageStatusSeverity.Error;
		case 'warning':
			return LanguageStatusSeverity.Warning;
		default:
			return LanguageStatusSeverity.Information;
	}
}

function busy(shown: Shown): boolean {
	return 'starting' in shown || ('health' in shown && shown.health.busy !== null);
}

/** Markdown with the actions as links under it. Only those very commands may be run from it, whatever the text says. */
function tooltip(text: string, actions: readonly Command[]): MarkdownString {
	const all = [...actions, ...ownActions];
	const markdown = new MarkdownString(text, true);
	markdown.isTrusted = { enabledCommands: all.map(action => action.command) };
	const links = all.map(({ title, command, arguments: args }) =>
		`[${title.replace(/[\\[\]]/g, '\\$&')}](command:${command}?${encodeURIComponent(JSON.stringify(args ?? []))})`);
	return markdown.appendMarkdown(`\n\n${links.join(' · ')}\n\n`);
}
