// Our diagnostics on the screen: those that the server sends, without those that gopls shows already.

import { languages } from 'vscode';
import type { Diagnostic, Disposable, Uri } from 'vscode';
import { beside } from './beside';

const source = 'gomodls';

type Show = (uri: Uri, diagnostics: Diagnostic[]) => void;

export class Diagnostics implements Disposable {
	private readonly sent = new Map<string, { diagnostics: Diagnostic[]; shown: Diagnostic[]; show: Show }>();
	private readonly subscription = languages.onDidChangeDiagnostics(({ uris }) => uris.forEach(uri => this.renew(uri)));

	/** Takes what the server sends for a document. show is called with what of it is to be seen, now and when that changes. */
	readonly handle = (uri: Uri, diagnostics: Diagnostic[], show: Show): void => {
		const shown = visible(uri, diagnostics);
		if (diagnostics.length === 0) {
			this.sent.delete(uri.toString());
		} else {
			this.sent.set(uri.toString(), { diagnostics, shown, show });
		}
		show(uri, shown);
	};

	/** Forgets a server that has ended; its client takes its diagnostics off the screen. */
	clear(): void {
		this.sent.clear();
	}

	dispose(): void {
		this.subscription.dispose();
		this.clear();
	}

	/** Somebody's diagnostics of a document have changed: ours, too, when we have just shown them. */
	private renew(uri: Uri): void {
		const sent = this.sent.get(uri.toString());
		if (!sent) {
			return;
		}
		const shown = visible(uri, sent.diagnostics);
		if (shown.length !== sent.shown.length || shown.some((diagnostic, i) => diagnostic !== sent.shown[i])) {
			sent.shown = shown;
			sent.show(uri, shown);
		}
	}
}

function visible(uri: Uri, ours: readonly Diagnostic[]): Diagnostic[] {
	const theirs = languages.getDiagnostics(uri).filter(diagnostic => diagnostic.source !== source);
	return beside(ours, theirs);
}
