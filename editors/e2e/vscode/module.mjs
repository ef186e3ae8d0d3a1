// The module that the scenarios open: small, with real requirements, in a folder of its own, as the go command leaves it
// after `go mod tidy`. What the go command says about it is asked of the go command.

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Proxy } from './proxy.mjs';

const run = promisify(execFile);

const source = {
	'go.mod': `module example.com/app

go 1.25.0

require (
	github.com/spf13/cobra v1.10.2
	go.uber.org/zap v1.27.0
	golang.org/x/mod v0.29.0
)
`,
	'main.go': `// Command app prints the newer of two versions.
package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"golang.org/x/mod/semver"
)

func main() {
	log := zap.NewExample()
	cmd := &cobra.Command{Use: "app A B", Args: cobra.ExactArgs(2), Run: func(_ *cobra.Command, args []string) {
		fmt.Println(semver.Max(args[0], args[1]))
	}}
	if err := cmd.Execute(); err != nil {
		log.Fatal("app", zap.Error(err))
	}
}
`,
};

/** Versions that a scenario writes into go.mod in place of the selected ones: their facts are in the module cache, their checksums in go.sum. */
const others = ['github.com/spf13/pflag@v1.0.8', 'golang.org/x/mod@v0.28.0'];

/**
 * The environment of the go command, of the editor and of the server: the same Go and, through links, module cache as the
 * caller's, and nothing else of the caller's that bears on modules. Before the caller's module proxy, one for modules that are
 * made up is asked.
 */
export async function goEnvironment() {
	const { stdout } = await run('go', ['env', '-json', 'GOMODCACHE', 'GOCACHE', 'GOPATH', 'GOPROXY', 'GOSUMDB', 'GONOSUMDB']);
	const env = JSON.parse(stdout);
	const own = await mkdtemp(join(tmpdir(), 'gomodls-modcache-'));
	await linkCache(env.GOMODCACHE, own);
	const proxy = await Proxy.start();
	return {
		env: {
			...env, GOMODCACHE: own, GOENV: 'off', GOFLAGS: '', GOWORK: '', GO111MODULE: '', GOPRIVATE: '', GONOPROXY: '', GOTOOLCHAIN: 'local',
			GOPROXY: `${proxy.url},${env.GOPROXY}`, GONOSUMDB: [env.GONOSUMDB, 'example.com/*'].filter(Boolean).join(','),
		},
		proxy,
		/** Removes what was made for it. */
		async release() {
			proxy.stop();
			await run('chmod', ['-R', 'u+w', own]);
			await rm(own, { recursive: true, force: true });
		},
	};
}

/** The hosts of the modules that the scenarios use; what they use is not downloaded again for the next run. */
const hosts = ['github.com', 'go.uber.org', 'go.yaml.in', 'golang.org', 'gopkg.in'];

/** Links everything of a module cache but the modules of example.com, which are made up and none of the user's. */
async function linkCache(from, to) {
	for (const dir of ['', 'cache/download']) {
		await mkdir(join(to, dir), { recursive: true });
		await Promise.all(hosts.map(host => mkdir(join(from, dir, host), { recursive: true })));
		for (const name of await readdir(join(from, dir))) {
			if (name !== 'example.com' && name !== 'cache') {
				await symlink(join(from, dir, name), join(to, dir, name));
			}
		}
	}
}

/** Makes the module that copies are made of. Needs the module proxy only for what is not in the module cache. */
export async function prepare(go) {
	const dir = await mkdtemp(join(tmpdir(), 'gomodls-module-'));
	const template = new Module(dir, go);
	for (const [name, text] of Object.entries(source)) {
		await template.write(name, text);
	}
	await template.go('mod', 'tidy');
	let sums = await template.read('go.sum');
	for (const other of others) {
		const { Path, Version, Sum, GoModSum } = JSON.parse(await template.go('mod', 'download', '-json', other));
		sums += `${Path} ${Version} ${Sum}\n${Path} ${Version}/go.mod ${GoModSum}\n`;
	}
	await template.write('go.sum', [...new Set(sums.trimEnd().split('\n'))].sort().join('\n') + '\n');
	await template.go('list', '-m', 'all');
	return template;
}

export class Module {
	constructor(dir, { env, proxy }) {
		this.dir = dir;
		this.env = env;
		this.proxy = proxy;
	}

	/** A copy in the place of another that was cleared, or in a new folder `app`, whose parent has nothing else and belongs to it. */
	async copy(place) {
		const dir = place ? place.dir : join(await mkdtemp(join(tmpdir(), 'gomodls-scenario-')), 'app');
		await cp(this.dir, dir, { recursive: true });
		return new Module(dir, this);
	}

	/** Removes all that is in a copy and beside it. The folder stays, as VS Code watches it. */
	async clear() {
		for (const dir of [this.dir, dirname(this.dir)]) {
			for (const name of await readdir(dir)) {
				if (join(dir, name) !== this.dir) {
					await rm(join(dir, name), { recursive: true, force: true });
				}
			}
		}
	}

	path(name) {
		return join(this.dir, name);
	}

	read(name) {
		return readFile(this.path(name), 'utf8');
	}

	async write(name, text) {
		await mkdir(dirname(this.path(name)), { recursive: true });
		await writeFile(this.path(name), text);
	}

	async delete(name) {
		await rm(this.path(name));
	}

	/** Replaces one part of a file on disk, as another program would. */
	async edit(name, from, to) {
		const text = await this.read(name);
		if (text.split(from).length !== 2) {
			throw new Error(`${name} does not contain ${JSON.stringify(from)} exactly once:\n${text}`);
		}
		await this.write(name, text.replace(from, () => to));
	}

	/** Makes the program import a module that nobody has and the proxy serves, on disk. */
	async importMadeUp(path, proxy = this.proxy) {
		proxy.publish(path, { 'a.go': 'package a\n' });
		await this.edit('main.go', '\t"fmt"\n', `\t"fmt"\n\t_ "${path}"\n`);
	}

	/** Copies what go selected of a required module to a folder, as somebody who works on it would have it. */
	async copyDependency(path, to) {
		const { Dir } = JSON.parse(await this.go('list', '-m', '-json', path));
		await mkdir(this.path(to), { recursive: true });
		// The module cache is read-only; what is copied from it need not be.
		await run('cp', ['-r', '--no-preserve=mode', `${Dir}/.`, this.path(to)]);
	}

	/** Runs the go command as a terminal would, and returns its output; throws what it printed where it fails. */
	async go(...args) {
		try {
			const { stdout } = await run('go', args, { cwd: this.dir, env: { ...process.env, ...this.env } });
			return stdout;
		} catch (error) {
			throw new Error(`go ${args.join(' ')}: ${error.stderr || error.message}`);
		}
	}

	/** Runs git in the module, as somebody without a configuration. */
	async git(...args) {
		await run('git', ['-c', 'user.name=Gopher', '-c', 'user.email=gopher@example.com', ...args], {
			cwd: this.dir, env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
		});
	}

	/** What go says when it refuses the module as it is on disk, or '' when it does not. */
	async refusal() {
		return this.go('list', '-m', 'all').then(() => '', error => error.message);
	}

	/** What go mod tidy would change of the module as it is on disk. */
	async untidy() {
		return this.go('mod', 'tidy', '-diff').catch(error => error.message);
	}

	/** Removes the module, and the parent that copy made. */
	async remove() {
		const parent = dirname(this.dir);
		await rm(parent === tmpdir() ? this.dir : parent, { recursive: true, force: true });
	}
}
