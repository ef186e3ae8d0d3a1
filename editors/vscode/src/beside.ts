// Beside gopls: of two diagnostics that name the same fault on the same line, ours is hidden once gopls's own is there. Ours
// is first there alone, for gopls waits a second; and it is back when gopls's goes. The server is not told: it offers its
// fixes for the line all the same.

import type { Diagnostic } from 'vscode';

/** A kind of gopls's diagnostics: its source and, where one source has several kinds, words that it says. */
interface Kind {
	readonly source: string;
	readonly says?: string;
}

/** What the server adds to a diagnostic: the kinds of gopls's diagnostics that name the same fault. */
export interface Data {
	readonly gopls?: readonly Kind[];
}

/**
 * Those of our diagnostics that are to be shown beside those of others, in their order. One of theirs hides at most one of
 * ours: two faults of a line of which gopls names one stay two.
 */
export function beside(ours: readonly Diagnostic[], theirs: readonly Diagnostic[]): Diagnostic[] {
	const shown = [...ours];
	for (const their of theirs) {
		const hidden = shown.findIndex(our => sameFault(our, their));
		if (hidden >= 0) {
			shown.splice(hidden, 1);
		}
	}
	return shown;
}

function sameFault(our: Diagnostic & { data?: Data }, { range, source, message }: Diagnostic): boolean {
	const { start, end } = our.range;
	return start.line <= range.start.line && range.start.line <= end.line
		&& (our.data?.gopls ?? []).some(kind => kind.source === source && message.includes(kind.says ?? ''));
}
