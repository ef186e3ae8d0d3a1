// Bundles the extension into dist/, next to the licences of everything that is bundled with it.
import { build } from 'esbuild';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

await rm('dist', { recursive: true, force: true });

const { metafile } = await build({
	entryPoints: ['src/extension.ts'],
	outfile: 'dist/extension.js',
	bundle: true,
	minify: true,
	sourcemap: process.argv.includes('--sourcemap'),
	platform: 'node',
	format: 'cjs',
	target: 'node20',
	external: ['vscode'],
	legalComments: 'none',
	metafile: true,
	logLevel: 'warning',
});

const packages = new Set();
for (const input of Object.keys(metafile.inputs)) {
	const path = input.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
	if (path) {
		packages.add(path[1]);
	}
}

let notices = 'gomodls includes the following packages.\n';
for (const path of [...packages].sort()) {
	const { name, version, license } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
	const file = (await readdir(path)).find(name => /^licen[cs]e/i.test(name));
	if (!file) {
		throw new Error(`${path} is bundled but has no licence file`);
	}
	notices += `\n${'='.repeat(80)}\n${name} ${version} (${license})\n\n${(await readFile(join(path, file), 'utf8')).trim()}\n`;
}
await writeFile('dist/THIRD_PARTY_NOTICES.txt', notices);
