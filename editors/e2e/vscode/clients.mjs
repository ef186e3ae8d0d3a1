// A client that pulls diagnostics, where the extension has them pushed.

import { scenario } from './scenario.mjs';

scenario('a client that pulls diagnostics', {
	// The extension has no server in this window; the companion has.
	settings: async module => ({ folder: {
		'gomodls.path': module.path('../none'),
		'companion.command': process.env.GOMODLS_BIN, 'companion.args': ['serve'], 'companion.initializationOptions': { pull: true },
	} }),
}, async (editor, module) => {
	const before = await module.read('go.mod');
	await editor.notification('The setting gomodls.path names').waitFor();
	await editor.showProblems();
	await editor.retype(before, 'github.com/spf13/pflag v1.0.9', 'github.com/spf13/pflag v1.0.8');
	await editor.onlyProblem('inconsistentversion', /github\.com\/spf13\/pflag/);
	await editor.marked('error', 'v1.0.8');
	await editor.quickFix(/v1\.0\.9/);
	await editor.noProblems();

	// What go says of a file that is not open comes and goes, too.
	const replaced = before + '\nreplace golang.org/x/mod => .\n';
	await editor.append(before, replaced.slice(before.length));
	await editor.problem('missingpackage', /golang\.org\/x\/mod\/semver/);
	await editor.retype(replaced, '=> .\n', '=> ../mod\n');
	await editor.onlyProblem('replacepath', /\.\.\/mod/);
	await editor.watching(module);
	await module.copyDependency('golang.org/x/mod', '../mod');
	await editor.noProblems();
});
