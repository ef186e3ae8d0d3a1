// Checks that Lua files are as StyLua formats them, or with --write makes them so: stylua.mjs [--write] DIR...
// StyLua's own program is not in the package registry; the library is. NODE_PATH says where; a folder's .stylua.toml, how.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const stylua = createRequire(import.meta.url)('@johnnymorganz/stylua');

/** The settings of a .stylua.toml: keys, and values that are numbers or names. */
function configOf(dir) {
	const config = stylua.Config.new();
	for (const [, key, value] of readFileSync(join(dir, '.stylua.toml'), 'utf8').matchAll(/^(\w+) = "?(\w+)"?$/gm)) {
		const choices = { indent_type: stylua.IndentType, quote_style: stylua.QuoteStyle }[key];
		config[key] = choices ? choices[value] : Number(value);
	}
	return config;
}

const write = process.argv.includes('--write');
const dirs = process.argv.slice(2).filter(argument => argument !== '--write');
let different = 0;
for (const dir of dirs) {
	for (const name of readdirSync(dir, { recursive: true }).filter(name => name.endsWith('.lua')).sort()) {
		const path = join(dir, name);
		const text = readFileSync(path, 'utf8');
		const formatted = stylua.formatCode(text, configOf(dir), undefined, stylua.OutputVerification.Full);
		if (text === formatted) {
			continue;
		}
		if (write) {
			writeFileSync(path, formatted);
			continue;
		}
		different++;
		const [have, want] = [text.split('\n'), formatted.split('\n')];
		const line = have.findIndex((have, i) => have !== want[i]);
		console.error(`${path}:${line + 1}: StyLua has\n  ${want[line]}\ninstead of\n  ${have[line]}`);
	}
}
process.exitCode = different ? 1 : 0;
