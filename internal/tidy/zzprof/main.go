package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/tidy"
)

func main() {
	dir := os.Args[1]
	stores := modcache.NewStores()
	cacheDir := os.Getenv("MC")
	store := stores.At(cacheDir, nil)
	cache := imports.NewCache(cacheDir)
	std := imports.Std("/usr/local/go")
	mod, _ := os.ReadFile(filepath.Join(dir, "go.mod"))
	sum, _ := os.ReadFile(filepath.Join(dir, "go.sum"))
	var memo tidy.Memo
	predict := func() error {
		_, err := tidy.Predict(context.Background(), tidy.Input{
			Dir: dir, Mod: string(mod), Sum: string(sum), HasSum: true, Local: "1.26.8",
			Files: imports.FS{List: imports.List, Read: imports.Read},
			Std:   std, Tree: cache.Module, Zip: store.ZipHash, Names: stores.Names(), Memo: &memo,
			Mods: func(id modcache.NodeID) (*modcache.Mod, error) {
				mod, err := store.Mod(id)
				if errors.Is(err, modcache.ErrMissing) {
					return nil, modgraph.ErrNotKnown
				}
				return mod, err
			},
		})
		return err
	}
	t := time.Now()
	cache.Load("/tmp/tidy/imports.cache")
	fmt.Println("load", time.Since(t))
	f, _ := os.Create("/tmp/tidy/cold.prof")
	pprof.StartCPUProfile(f)
	err := predict()
	pprof.StopCPUProfile()
	fmt.Println("cold", time.Since(t), err)
	fmt.Println(cache.Save("/tmp/tidy/imports.cache"))
	if len(os.Args) > 2 {
		return
	}
	predict()
	f, _ = os.Create("/tmp/tidy/warm.prof")
	pprof.StartCPUProfile(f)
	t = time.Now()
	for range 20 {
		predict()
	}
	fmt.Println("warm", time.Since(t)/20)
	pprof.StopCPUProfile()
	f.Close()
}
