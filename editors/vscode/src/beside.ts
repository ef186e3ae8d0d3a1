// Beside gopls: of two diagnostics that name the same fault on the same line, ours is hidden once gopls's own is there. Ours
// is first there alone, for gopls waits a second; and it is back when gopls's goes. The server is not told: it offers its
// fixes for the line all the same.

import type { Diagnostic } from 'vscode';

/** Where gopls puts what it cannot place: such a diagnostic says nothing about the line that it is on. */
type Line = (line: number) => string;

/** A kind of gopls's diagnostics, and which of ours are about the same fault when they are on the same line. */
interface Kind {
	readonly source: string;
	/** The kinds of one source are told apart by what they say. */
	readonly says?: RegExp;
	/** The codes that name the same; without them it is whatever makes go refuse. */
	readonly codes?: readonly string[];
}

export const kinds: readonly Kind[] = [
	{ source: 'syntax' },
	{ source: 'go.work file' },
	{ source: 'go list', says: /[Ii]nconsistent vendoring/, codes: ['inconsistentvendor'] },
	{ source: 'go list' },
	{ source: 'go mod tidy', says: /is not used in this module/, codes: ['unusedrequire'] },
	{ source: 'go mod tidy', says: /should be (in)?direct/, codes: ['wrongindirect'] },
	{ source: 'go mod tidy', says: /is not in your go\.mod file/, codes: ['missingrequire', 'lostrequire', 'untidyrequire'] },
];

/** VS Code's numbers: DiagnosticSeverity.Error is 0. */
const error = 0;

/**
 * Those of our diagnostics that are to be shown beside those of others, in their order. One of theirs hides at most one of
 * ours: two faults of a line of which gopls names one stay two.
 */
export function beside(ours: readonly Diagnostic[], theirs: readonly Diagnostic[], line: Line): Diagnostic[] {
	const shown = [...ours];
	for (const their of theirs) {
		const hidden = shown.findIndex(our => sameFault(our, their, line));
		if (hidden >= 0) {
			shown.splice(hidden, 1);
		}
	}
	return shown;
}

function sameFault(our: Diagnostic, their: Diagnostic, line: Line): boolean {
	const at = their.range.start.line;
	const kind = kinds.find(kind => kind.source === their.source && (kind.says?.test(their.message) ?? true));
	if (!kind || our.range.start.line !== at) {
		return false;
	}
	if (kind.codes) {
		return kind.codes.includes(code(our));
	}
	// What go list says and names no requirement goes to the module line.
	return our.severity === error && !(kind.source === 'go list' && /^\s*module\b/.test(line(at)));
}

/** A diagnostic's code; one that is explained on a page is an object. */
function code({ code }: Diagnostic): string {
	return String(typeof code === 'object' ? code.value : code);
}
