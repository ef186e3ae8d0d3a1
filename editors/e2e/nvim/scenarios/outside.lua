-- What a terminal does to the module is shown without a keystroke.

local e2e = require('harness')

e2e.run(function()
  vim.lsp.enable('gomodls')
  local dir = e2e.module()
  local buf = e2e.open(dir .. '/go.mod')
  e2e.wait_for_state(buf, 'ok')

  local accepted, output = e2e.go(dir, 'get', 'golang.org/x/mod@v0.20.0')
  e2e.ok('go get succeeds', accepted, output)
  e2e.wait('the buffer shows what go get wrote', function()
    return e2e.text(buf) == e2e.read(dir .. '/go.mod')
      and e2e.text(buf):find('x/mod v0.20.0', 1, true)
  end)
  e2e.ok('it is not modified', not vim.bo[buf].modified)
  e2e.wait_for_state(buf, 'ok')

  e2e.go(dir, 'mod', 'edit', '-require=github.com/spf13/pflag@v1.0.5')
  e2e.wait_for_diagnostic(buf, 'inconsistentversion', 'github.com/spf13/pflag')
  e2e.wait_for_state(buf, 'error')
  accepted, output = e2e.go(dir, 'mod', 'tidy')
  e2e.ok('go mod tidy succeeds', accepted, output)
  e2e.wait_for_state(buf, 'ok')

  -- A branch with another go.mod, and back.
  local function git(...)
    local result = vim
      .system({ 'git', '-c', 'user.name=e2e', '-c', 'user.email=e2e', ... }, {
        cwd = dir,
        text = true,
      })
      :wait()
    e2e.ok('git ' .. select(1, ...), result.code == 0, result.stderr)
  end
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '--message=right')
  local right = e2e.text(buf)
  git('switch', '--quiet', '--create=wrong')
  e2e.go(dir, 'mod', 'edit', '-replace=example.com/clock=./chronometer')
  git('commit', '--quiet', '--all', '--message=wrong')
  e2e.wait_for_diagnostic(buf, 'replacepath', './chronometer')
  git('checkout', '--quiet', '-')
  e2e.wait_for_state(buf, 'ok')
  e2e.equal('the buffer shows the branch', e2e.text(buf), right)
  git('checkout', '--quiet', 'wrong')
  e2e.wait_for_diagnostic(buf, 'replacepath', './chronometer')
  git('checkout', '--quiet', '-')
  e2e.wait_for_state(buf, 'ok')

  -- Unsaved changes are the user's: another program's are not put over them.
  e2e.change(buf, 'module example.com/farm', '// My farm.\nmodule example.com/farm')
  e2e.go(dir, 'mod', 'edit', '-require=golang.org/x/mod@v0.21.0')
  e2e.change(buf, '// My farm.', '// My own farm.')
  e2e.wait_for_state(buf, 'ok')
  e2e.ok('what was typed is there', e2e.text(buf):find('// My own farm.', 1, true))
  e2e.ok('what was written elsewhere is not', e2e.text(buf):find('x/mod v0.20.0', 1, true))
end)
