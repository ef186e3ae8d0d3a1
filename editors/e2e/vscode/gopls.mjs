// Beside gopls: one squiggle for one fault, ours as long as it is the only one, and our fixes whoever has marked the line.

import { until } from './editor.mjs';
import { scenario } from './scenario.mjs';

const ok = /✓/;
const ours = row => /gomodls\w+\[Ln/.test(row);
const syntax = row => /unknown directive: requir\s*syntax\[Ln/.test(row);

scenario('gopls in the same window', {
	// gopls waits a second before it looks at a go.mod. On a busy machine that may be shorter than a look at the screen takes.
	settings: async () => ({ folder: {
		'companion.command': process.env.GOPLS_BIN, 'companion.initializationOptions': { diagnosticsDelay: '5s' },
	} }),
}, async (editor, module) => {
	const before = await module.read('go.mod');
	await editor.status(ok);
	await editor.showProblems();

	await editor.append(before, '\nrequir golang.org/x/mod v0.29.0\n');
	await editor.onlyProblem('unknowndirective', /requir/);
	await until("gopls's diagnostic should be there alone", () => editor.problems(),
		rows => rows.some(syntax) && rows.filter(row => row.includes('[Ln')).length === 1);
	await until('there should be one squiggle', () => editor.markings('error'), marked => marked.length === 1);
	await editor.status(/✗ 1/);

	await editor.goToLineOf(before + '\nrequir golang.org/x/mod', 'requir golang.org/x/mod');
	await editor.quickFix(/require/);
	await until('both should be gone', () => editor.problems(), rows => !rows.some(row => ours(row) || syntax(row)));
	await until('the line should be mended', () => editor.text(), text => text.includes('\nrequire golang.org/x/mod v0.29.0'));
});
