package goenv

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFindGOPRIVATE(t *testing.T) {
	tests := []struct {
		file, text string
		want       []string // line:patterns
	}{
		{".github/workflows/ci.yml", "env:\n  # GOPRIVATE: old.example\n  GOPRIVATE: github.com/corp/*,git.corp.example # ours\n", []string{"3:github.com/corp/*,git.corp.example"}},
		{".github/workflows/ci.yml", "env:\n  GOPRIVATE: \"github.com/${{ github.repository_owner }}/*,b.example\"\n", []string{"2:b.example"}},
		{".github/workflows/ci.yml", "- run: go env -w GOPRIVATE=github.com/corp/* && go test ./...\n", []string{"1:github.com/corp/*"}},
		{".github/workflows/ci.yml", "- run: echo \"GOPRIVATE=github.com/corp\" >> $GITHUB_ENV\n", []string{"1:github.com/corp"}},
		{".github/workflows/ci.yml", "- run: 'echo $GOPRIVATE: a.example'\n  if: env.GOPRIVATE == 'a.example'\n", nil},
		{".github/workflows/ci.yml", "- run: '[[ $GOPRIVATE =~ a.example ]]; echo ${GOPRIVATE:-b.example}'\n", nil},
		{".gitlab-ci.yml", "variables:\n  GOPRIVATE:\n    description: ours\n    value: 'git.corp.example/*'\n", []string{"4:git.corp.example/*"}},
		{".gitlab-ci.yml", "variables:\n  GOPRIVATE: $CI_SERVER_HOST/*,$X.example,gitlab.com/corp\n", []string{"2:gitlab.com/corp"}},
		{".drone.yml", "environment:\n- name: GOPRIVATE\n  value: git.corp.example\n- name: OTHER\n  value: other.example\n", []string{"3:git.corp.example"}},
		{"docker-compose.yml", "environment:\n  - GOPRIVATE=git.corp.example\n  - \"GOPRIVATE=b.example\"\n", []string{"2:git.corp.example", "3:b.example"}},
		{".devcontainer/devcontainer.json", "{\n  \"remoteEnv\": {\n    \"GOPRIVATE\": \"github.com/corp/*\"\n  }\n}\n", []string{"3:github.com/corp/*"}},
		{".envrc", "export GOPRIVATE=\"$GOPRIVATE,git.corp.example\"\nexport NOTGOPRIVATE=x.example\nexport GOPRIVATES=y.example\n", []string{"1:git.corp.example"}},
		{"Dockerfile", "ARG GOPRIVATE=a.example\nENV GOPRIVATE github.com/corp/*\nENV A=1 GOPRIVATE=b.example B=2\nRUN echo GOPRIVATE c.example\n",
			[]string{"1:a.example", "2:github.com/corp/*", "3:b.example"}},
		{"Makefile", "export GOPRIVATE ?= a.example\nGOPRIVATE := b.example\nGOPRIVATE += ,$(ORG).example,c.example\n", []string{"1:a.example", "2:b.example", "3:c.example"}},
		{"config.fish", "set -gx GOPRIVATE a.example\nset -gx GOPRIVATE2 b.example\n", []string{"1:a.example"}},
		{"build.ps1", "$env:GOPRIVATE = \"a.example\"\r\n", []string{"1:a.example"}},
		{"Jenkinsfile", "environment {\n  GOPRIVATE = 'git.corp.example/*, b.example'\n}\nwithEnv(['GOPRIVATE=c.example']) {}\n", []string{"2:git.corp.example/*,b.example", "4:c.example"}},
		{"azure-pipelines.yml", "variables:\n- name: GOPRIVATE\n  value: $(GoPrivate)\n", nil},
		{"Makefile", "GOPRIVATE=\nGOPRIVATE=none\n", nil},
	}
	for _, tt := range tests {
		var got []string
		for _, s := range FindGOPRIVATE(tt.file, tt.text) {
			if s.File != tt.file {
				t.Errorf("%s is said to be %s", tt.file, s.File)
			}
			got = append(got, fmt.Sprintf("%d:%s", s.Line, s.Patterns))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s\n%s\n%s", tt.file, tt.text, diff)
		}
	}
}

func TestMaySetGOPRIVATE(t *testing.T) {
	for name, want := range map[string]bool{
		".github/workflows/ci.yml":        true,
		".github/workflows/README.md":     false,
		".github/dependabot.yml":          false,
		".gitlab-ci.yml":                  true,
		".gitlab/ci/go.yaml":              true,
		".circleci/config.yml":            true,
		".devcontainer/devcontainer.json": true,
		".devcontainer/go/Dockerfile":     true,
		".envrc":                          true,
		"Dockerfile.dev":                  true,
		"Makefile":                        true,
		"sub/Makefile":                    false,
		"main.go":                         false,
		"README.md":                       false,
	} {
		if got := MaySetGOPRIVATE(name); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func FuzzFindGOPRIVATE(f *testing.F) {
	f.Add("GOPRIVATE: a.b\n- name: GOPRIVATE\n  value: '${{ x }},c.d'\nENV GOPRIVATE e.f")
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range FindGOPRIVATE("ci.yml", text) {
			if s.Line < 1 || s.Patterns == "" {
				t.Errorf("%+v", s)
			}
		}
	})
}
