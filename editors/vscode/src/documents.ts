// What the server asks to be done with documents: save them, and show what they would become.

import { TabInputText, TabInputTextDiff, Uri, commands, window, workspace } from 'vscode';
import type { Disposable, Tab, TextDocumentContentProvider } from 'vscode';
import type { Command } from 'vscode-languageclient/node';
import type { SaveParams, SaveResult, ShowDiffParams } from './protocol';

/** Saves in the given order and stops at the first document that cannot be saved: go.sum comes before the go.mod that needs it. */
export async function save(params: SaveParams): Promise<SaveResult> {
	const saved: string[] = [];
	for (const uri of params.uris) {
		const document = await workspace.openTextDocument(Uri.parse(uri, true));
		if (document.isDirty && !(await document.save())) {
			break;
		}
		saved.push(uri);
	}
	return { saved };
}

const scheme = 'gomodls-preview';

/** Shows proposed texts in the diff editor. A proposal lives as long as its document is open. */
export class Previews implements TextDocumentContentProvider, Disposable {
	private readonly texts = new Map<string, string>();
	private readonly subscriptions: Disposable[];
	private count = 0;

	constructor() {
		this.subscriptions = [
			workspace.registerTextDocumentContentProvider(scheme, this),
			workspace.onDidCloseTextDocument(document => this.texts.delete(document.uri.toString())),
		];
	}

	/** The file that a proposal is for; any other URI is returned as it is. */
	static file(uri: Uri): Uri {
		return uri.scheme === scheme ? uri.with({ scheme: 'file', query: '' }) : uri;
	}

	async show({ title, files, apply }: ShowDiffParams): Promise<Record<string, never>> {
		const changes: [Uri, Uri, Uri][] = files.map(({ uri, newText }) => {
			const file = Uri.parse(uri, true);
			// A document's text is asked for once, so every proposal has a URI of its own. Its path is the file's: the
			// language goes by the name.
			const proposal = file.with({ scheme, query: String(++this.count) });
			this.texts.set(proposal.toString(), newText);
			return [file, file, proposal];
		});
		const [only, ...more] = changes;
		if (only && more.length === 0) {
			await commands.executeCommand('vscode.diff', only[1], only[2], title, { preview: true });
		} else if (only) {
			await commands.executeCommand('vscode.changes', title, changes);
		}
		if (apply) {
			void this.propose(title, changes.map(([file]) => file), apply);
		}
		return {};
	}

	/** Asks whether the shown changes are to be made. Whatever the answer, they need not be shown any longer. */
	private async propose(title: string, files: readonly Uri[], apply: Command): Promise<void> {
		const names = files.map(file => workspace.asRelativePath(file)).join(', ');
		const answer = await window.showInformationMessage(`${title} would change ${names}.`, 'Apply', 'Discard');
		if (answer) {
			await window.tabGroups.close(window.tabGroups.all.flatMap(group => group.tabs).filter(tab => shows(tab, title)));
		}
		if (answer === 'Apply') {
			await commands.executeCommand(apply.command, ...(apply.arguments ?? []));
		}
	}

	provideTextDocumentContent(uri: Uri): string {
		return this.texts.get(uri.toString()) ?? '';
	}

	dispose(): void {
		this.subscriptions.forEach(subscription => subscription.dispose());
		this.texts.clear();
	}
}

/** Whether a tab is a preview. There is no public type for the one that shows several files; its label begins with the title. */
function shows({ input, label }: Tab, title: string): boolean {
	return input instanceof TabInputTextDiff ? input.modified.scheme === scheme : !(input instanceof TabInputText) && label.startsWith(title);
}
