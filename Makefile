# The two commands that matter are "make demo" and "make test". Each installs what it needs.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := build

GO ?= go
bin := $(CURDIR)/bin
demo := testdata/demo

# Packages whose tests run goroutines of their own against each other.
concurrent := ./cmd/... ./fixes/... ./internal/gather/... ./internal/imports/... ./internal/workspace/... ./lsp/...

.PHONY: build
build: ## the program, in bin/, as the VS Code extension has it: without C libraries, which would take a millisecond to load
	@CGO_ENABLED=0 $(GO) build -o $(bin)/ ./cmd/gomodls

.PHONY: demo
demo: build ## what gomodls says about a broken module, here and in an editor
	@tmp=$$(mktemp -d)
	trap 'rm -rf "$$tmp"' EXIT
	# Downloading is done in a copy, whose go.mod go may mend: without the module that nobody can download, and once with
	# each of the two versions of the module that is required twice.
	cp -r $(demo)/. "$$tmp"
	cd "$$tmp"
	export GOFLAGS=-mod=mod GOWORK=off
	$(GO) mod edit -droprequire=git.acme.internal/platform/auth -replace=example.com/shapes=./shapes
	for cobra in v1.8.1 v1.9.1; do
		$(GO) mod edit -droprequire=github.com/spf13/cobra
		$(GO) mod edit -require=github.com/spf13/cobra@$$cobra
		$(GO) mod download
		$(GO) list -m all >/dev/null
	done
	unset GOFLAGS
	cd $(CURDIR)/$(demo)
	echo "In $(demo), go list -m all says:"
	echo
	GOPROXY=off $(GO) list -m all 2>&1 | sed 's/^/    /' || true
	echo
	echo "and gomodls check says:"
	echo
	status=0
	$(bin)/gomodls check || status=$$?
	[ $$status -eq 1 ] || { echo "gomodls check: exit status $$status, not the 1 that the demo's errors make" >&2; exit 1; }
	printf '%s\n' '' 'To see the same while you type, open that folder in an editor:' '' \
		'  Neovim   PATH="$(bin):$$PATH" nvim --cmd "set rtp^=$(CURDIR)/editors/nvim" \' \
		'             -c "lua vim.diagnostic.config{virtual_lines={current_line=true}}" \' \
		'             -c "lua vim.o.statusline=[[%f%= %{%v:lua.require'\''gomodls'\''.statusline()%} %l:%c]]" \' \
		'             -c "lua require('\''gomodls'\'').enable()" $(CURDIR)/$(demo)/go.mod' \
		'           ]d goes to the next diagnostic, gra offers its fixes, :help gomodls has the rest' \
		'  VS Code  make vsix && code --install-extension editors/vscode/gomodls-*.vsix' \
		'           code $(CURDIR)/$(demo)' \
		'           with the setting "gomodls.path": "$(bin)/gomodls"' '' \
		'For other editors see editors/README.md.'

.PHONY: vsix
vsix: ## the VS Code extension, as editors/vscode/gomodls-*.vsix; with TARGET=linux-x64, darwin-arm64, win32-x64 … the server inside
	@rm -rf editors/vscode/bin
	if [ -n "$(TARGET)" ]; then
		os=$(firstword $(subst -, ,$(TARGET))) arch=$(lastword $(subst -, ,$(TARGET)))
		CGO_ENABLED=0 GOOS=$${os/win32/windows} GOARCH=$${arch/x64/amd64} $(GO) build -trimpath -ldflags=-s -o editors/vscode/bin/ ./cmd/gomodls
	fi
	bash editors/vscode/install.sh
	cd editors/vscode
	npm run package -- $(TARGET:%=--target %)

.PHONY: test
test: test-go test-editors ## everything

.PHONY: test-go
test-go: lint ## everything but the editors
	ORACLE_CASES=600 STRESS_ROUNDS=50 $(GO) test ./...
	$(GO) test -race -tags jsonrpc2poison $(concurrent)

.PHONY: lint
lint: ## formatting, vet, and names that do not belong into the repository
	@$(GO) vet ./...
	$(GO) vet -tags jsonrpc2poison ./...
	for os in darwin windows; do GOOS=$$os $(GO) build -o /dev/null ./...; done
	unformatted=$$(git ls-files -z '*.go' | xargs -0 gofmt -l)
	[ -z "$$unformatted" ] || { echo "not formatted with gofmt: $$unformatted" >&2; exit 1; }
	bash editors/e2e/lint-nvim.sh
	registry=$$(npm config get registry 2>/dev/null | sed -E 's,^[a-z]+://([^/:]+).*,\1,' || true)
	[ -z "$$registry" ] || ! git grep -nIF "$$registry" || { echo "a file names a package registry" >&2; exit 1; }

.PHONY: test-editors
test-editors: build ## the real editors against the real server; RUNS=20 times over, EDITORS="nvim others" some of them
	@GOMODLS_BIN=$(bin)/gomodls bash editors/e2e/run.sh $(RUNS)

.PHONY: test-vsix
test-vsix: ## the packed extension, with its server, installed into a clean VS Code; not part of make test, for it compiles for other systems
	@bash editors/e2e/vsix.sh

.PHONY: screenshots
screenshots: build ## the pictures in docs/images, from the real editors
	@GOMODLS_BIN=$(bin)/gomodls bash editors/e2e/screenshots.sh

.PHONY: stress
stress: ## eight processes, an editor and a reader at one workspace, 1000 rounds, and a thousand kills; STRESS_ROUNDS=N
	@STRESS_ROUNDS=$${STRESS_ROUNDS:-1000} $(GO) test -run TestStress -v -timeout 2h ./lsp
	$(GO) test -run TestKilled -v -timeout 1h ./fixes/locked -kills 1000

.PHONY: oracle
oracle: build ## agreement with go on 5000 mutated modules; ORACLE="-n 500 -seed 7 -v"
	@$(GO) run ./internal/oracle -n 5000 -prove -fixer $(bin)/gomodls $(ORACLE)

# Modules of all sizes and habits. Those that are not there are fetched, with all that tidying them needs.
tidied := entgo.io/ent@v0.14.4 github.com/caddyserver/caddy/v2@v2.10.0 github.com/cli/cli/v2@v2.72.0 \
	github.com/containerd/containerd/v2@v2.0.5 github.com/gin-gonic/gin@v1.10.0 github.com/gohugoio/hugo@v0.147.0 \
	github.com/jesseduffield/lazygit@v0.50.0 github.com/open-policy-agent/opa@v1.4.2 github.com/prometheus/prometheus@v0.304.0 \
	github.com/rclone/rclone@v1.69.1 github.com/spf13/viper@v1.20.0 go.k6.io/k6@v1.0.0 go.uber.org/zap@v1.27.0 \
	golang.org/x/tools/gopls@v0.23.0 google.golang.org/grpc@v1.72.0 helm.sh/helm/v3@v3.17.3 k8s.io/client-go@v0.33.0 \
	mvdan.cc/gofumpt@v0.8.0 sigs.k8s.io/controller-runtime@v0.20.4

.PHONY: oracle-tidy
oracle-tidy: ## the predicted tidy beside go's, on 19 real modules and 30 mutations of each; TIDY="-n 100 -seed 1000 -v -diagnostics"
	@$(GO) run ./internal/tidy/oracle $(tidied)
	$(GO) run ./internal/tidy/oracle -n 30 $(TIDY) $(tidied)

.PHONY: bench-tidy
bench-tidy: ## how long the predicted tidy takes beside go's; TIDY="-modules hugo,rclone"
	@$(GO) run ./internal/tidy/oracle -bench $(TIDY) $(tidied)

.PHONY: scripts
scripts: ## the go command's own script tests against the engine; writes docs/disagreements.md
	@$(GO) run ./internal/scripts -v -docs docs/disagreements.md

# BENCH=quick takes one module and less time for each measurement; BENCH_FLAGS="-modules path@version,… -gopls none" chooses. The
# program replaces the shell, so that what ends make ends it, and with it the servers.
bench = $(GO) build -o $(bin)/bench ./internal/bench && exec $(bin)/bench -gomodls $(bin)/gomodls $(if $(filter quick,$(BENCH)),-quick)

.PHONY: bench
bench: build ## what an edit, opening and checking cost beside gopls and go, and the targets; about ten minutes
	@$(bench) $(BENCH_FLAGS)

.PHONY: growth
growth: build ## how the cost grows with the size
	@$(bench) -growth -gopls none $(BENCH_FLAGS)

.PHONY: performance
performance: build ## both, and puts the numbers and the plot into docs
	@$(MAKE) bench BENCH_FLAGS="-docs docs $(BENCH_FLAGS)"
	$(MAKE) growth BENCH_FLAGS="-docs docs"

.PHONY: help
help:
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' Makefile | expand -t 16
