// A module proxy on the loopback address, for modules that are made up. It can be told to keep its callers waiting, which is
// how a go command comes to run for as long as a scenario wants.

import { createServer } from 'node:http';
import { crc32 } from 'node:zlib';

export class Proxy {
	/** What was asked for, in order. */
	asked = [];
	/** The files of what is served, by `path@version`. */
	modules = {};
	#held = null;

	static async start() {
		const proxy = new Proxy();
		proxy.server = createServer((request, response) => void proxy.#answer(decodeURIComponent(request.url), response));
		await new Promise(resolve => proxy.server.listen(0, '127.0.0.1', resolve));
		proxy.server.unref();
		proxy.url = `http://127.0.0.1:${proxy.server.address().port}`;
		return proxy;
	}

	/** Serves a module from now on, with these files and a go.mod. */
	publish(path, files) {
		this.modules[`${path}@v1.0.0`] = { 'go.mod': `module ${path}\n\ngo 1.25.0\n`, ...files };
	}

	/** From now on nobody gets an answer, until what is returned is called. */
	hold() {
		let release;
		this.#held = new Promise(resolve => { release = resolve; });
		return () => {
			this.#held = null;
			release();
		};
	}

	stop() {
		this.server.closeAllConnections();
		this.server.close();
	}

	async #answer(path, response) {
		this.asked.push(path);
		await this.#held;
		const [, module, rest] = path.match(/^\/(.+)\/@(v\/.+|latest)$/) ?? [];
		const versions = Object.keys(this.modules).filter(name => name.startsWith(`${module}@`)).map(name => name.slice(module.length + 1));
		const version = rest === 'latest' ? versions.at(-1) : rest?.replace(/^v\//, '').replace(/\.(info|mod|zip)$/, '');
		const files = this.modules[`${module}@${version}`];
		if (rest === 'v/list' && versions.length > 0) {
			response.end(versions.join('\n'));
		} else if (files && (rest === 'latest' || rest.endsWith('.info'))) {
			response.end(JSON.stringify({ Version: version, Time: '2026-01-01T00:00:00Z' }));
		} else if (files && rest.endsWith('.mod')) {
			response.end(files['go.mod']);
		} else if (files && rest.endsWith('.zip')) {
			response.end(zip(`${module}@${version}`, files));
		} else {
			response.writeHead(404).end();
		}
	}
}

/** A zip file of texts, which are not compressed. */
function zip(prefix, files) {
	const bodies = [], directory = [];
	let offset = 0;
	for (const [name, text] of Object.entries(files)) {
		const path = Buffer.from(`${prefix}/${name}`), data = Buffer.from(text);
		const about = Buffer.alloc(26); // what both headers have: from the version that is needed to the length of the extra field
		about.writeUInt16LE(20, 0);
		about.writeUInt32LE(crc32(data), 10);
		about.writeUInt32LE(data.length, 14);
		about.writeUInt32LE(data.length, 18);
		about.writeUInt16LE(path.length, 22);
		const entry = Buffer.alloc(46);
		entry.write('PK\x01\x02', 'latin1');
		entry.writeUInt16LE(20, 4);
		about.copy(entry, 6);
		entry.writeUInt32LE(offset, 42);
		directory.push(entry, path);
		const body = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), about, path, data]);
		bodies.push(body);
		offset += body.length;
	}
	const entries = Buffer.concat(directory), end = Buffer.alloc(22);
	end.write('PK\x05\x06', 'latin1');
	end.writeUInt16LE(bodies.length, 8);
	end.writeUInt16LE(bodies.length, 10);
	end.writeUInt32LE(entries.length, 12);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...bodies, entries, end]);
}
