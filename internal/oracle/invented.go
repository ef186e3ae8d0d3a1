package main

import "golang.org/x/mod/module"

// invented are the modules that mutations require or replace by, for what no module that is published has.
var invented = pool{
	{Path: "example.com/good", Version: "v1.0.0"}:              "module example.com/good\n\ngo 1.20\n",
	{Path: "example.com/good", Version: "v1.1.0"}:              "module example.com/good\n\ngo 1.20\n\nrequire example.com/leaf v1.1.0\n",
	{Path: "example.com/good", Version: "v1.2.0"}:              "module example.com/good\n\ngo 1.20\n\nrequire example.com/leaf v1.2.0\n\nretract v1.1.0\n",
	{Path: "example.com/good", Version: "v2.0.0+incompatible"}: "module example.com/good\n",
	{Path: "example.com/good/v2", Version: "v2.0.0"}:           "module example.com/good/v2\n\ngo 1.20\n",
	{Path: "example.com/leaf", Version: "v1.0.0"}:              "module example.com/leaf\n",
	{Path: "example.com/leaf", Version: "v1.1.0"}:              "module example.com/leaf\n",
	{Path: "example.com/leaf", Version: "v1.2.0"}:              "module example.com/leaf\n\ngo 1.16\n",
	{Path: "example.com/old", Version: "v1.0.0"}:               "module example.com/old\n\nrequire example.com/good v1.1.0\n",
	{Path: "example.com/renamed", Version: "v1.0.0"}:           "module example.com/newname\n\ngo 1.20\n",
	{Path: "example.com/nameless", Version: "v1.0.0"}:          "go 1.20\n",
	{Path: "example.com/broken", Version: "v1.0.0"}:            "module example.com/broken\n\nrequire example.com/good\n",
	{Path: "example.com/brokenblock", Version: "v1.0.0"}:       "module example.com/brokenblock\n\nrequire (\n\texample.com/good v1.0.0\n",
	{Path: "example.com/lax", Version: "v1.0.0"}:               "module example.com/lax\n\ngo 1.20.x\n\nfuture thing\n\nrequire example.com/good v1.1\n\nretract [v1\n",
	{Path: "example.com/toonew", Version: "v1.0.0"}:            "module example.com/toonew\n\ngo 1.99.0\n",
	{Path: "example.com/newgo", Version: "v1.0.0"}:             "module example.com/newgo\n\ngo 1.26.5\n",
	{Path: "example.com/viabroken", Version: "v1.0.0"}:         "module example.com/viabroken\n\ngo 1.16\n\nrequire example.com/broken v1.0.0\n",
	{Path: "example.com/viamissing", Version: "v1.0.0"}:        "module example.com/viamissing\n\nrequire example.com/nowhere v1.0.0\n",
	{Path: "example.com/viapruned", Version: "v1.0.0"}:         "module example.com/viapruned\n\ngo 1.20\n\nrequire example.com/old v1.0.0\n",
	{Path: "example.com/viatoonew", Version: "v1.0.0"}:         "module example.com/viatoonew\n\ngo 1.20\n\nrequire example.com/toonew v1.0.0\n",
	{Path: "example.com/loopa", Version: "v1.0.0"}:             "module example.com/loopa\n\nrequire example.com/loopb v1.0.0\n",
	{Path: "example.com/loopb", Version: "v1.0.0"}:             "module example.com/loopb\n\nrequire example.com/loopa v1.1.0\n",
	{Path: "example.com/loopa", Version: "v1.1.0"}:             "module example.com/loopa\n\nrequire example.com/loopb v1.0.0\n",
	{Path: "example.com/excludes", Version: "v1.0.0"}:          "module example.com/excludes\n\ngo 1.20\n\nrequire example.com/good v1.0.0\n\nexclude example.com/good v1.1.0\n\nreplace example.com/good => ../nowhere\n",
	{Path: "example.com/Upper", Version: "v1.0.0"}:             "module example.com/Upper\n\ngo 1.20\n",
	{Path: "gopkg.in/invented.v2", Version: "v2.0.0"}:          "module gopkg.in/invented.v2\n",
	{Path: "example.com/self", Version: "v1.0.0"}:              "module example.com/self\n\ngo 1.20\n\nrequire example.com/self v1.1.0\n",
	{Path: "example.com/self", Version: "v1.1.0"}:              "module example.com/self\n\ngo 1.20\n",
	{Path: "example.com/work/a", Version: "v1.0.0"}:            "module example.com/work/a\n\ngo 1.20\n",
}

// addCycles adds modules that require the modules of the corpus, so that requiring them closes a cycle.
func addCycles(mods pool, modules []*corpusModule) {
	for _, m := range modules {
		version := "v1.0.0"
		if _, major, ok := module.SplitPathVersion(m.path); ok && major != "" {
			version = module.PathMajorPrefix(major) + ".0.0"
		}
		self := module.Version{Path: m.path, Version: version}
		if _, ok := mods[self]; ok {
			continue
		}
		mods[self] = "module " + m.path + "\n\ngo 1.20\n"
		cycle := "example.com/cycle/" + m.name
		mods[module.Version{Path: cycle, Version: "v1.0.0"}] = "module " + cycle + "\n\ngo 1.20\n\nrequire " + m.path + " " + version + "\n"
	}
}
