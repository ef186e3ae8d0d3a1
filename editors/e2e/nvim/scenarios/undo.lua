-- :Gomodls undo brings back every file that a command has changed, in one step.

local e2e = require('harness')

e2e.run(function()
  vim.lsp.enable('gomodls')

  --- A module that is saved and that tidy would change in both files.
  local function untidy()
    local dir = e2e.module()
    e2e.write(dir .. '/group.go', 'package main\n\nimport _ "golang.org/x/sync/errgroup"\n')
    e2e.go(dir, 'mod', 'edit', '-require=golang.org/x/sync@v0.8.0')
    return dir, e2e.read(dir .. '/go.mod'), e2e.read(dir .. '/go.sum')
  end
  local function tidied(text)
    return text:find('golang.org/x/sync v0.8.0 h1:', 1, true)
  end

  -- Nothing is modified, and go.sum is closed: both are saved, and both come back on disk.
  local dir, modtext, sumtext = untidy()
  local path, sum = dir .. '/go.mod', dir .. '/go.sum'
  local buf = e2e.open(path)
  vim.cmd('Gomodls tidy')
  e2e.wait('tidy changes both files', function()
    return tidied(e2e.read(sum)) and not vim.bo[buf].modified and e2e.text(buf) == e2e.read(path)
  end, 60000)
  e2e.go_accepts('go accepts them', dir)
  vim.cmd('Gomodls undo')
  e2e.wait('undo brings both back', function()
    return e2e.read(path) == modtext and e2e.read(sum) == sumtext
  end)
  e2e.equal('the buffer shows it', e2e.text(buf), modtext)
  e2e.ok('and is saved', not vim.bo[buf].modified)

  -- Both are open and modified: both come back as they were typed, and nothing is written.
  dir, modtext, sumtext = untidy()
  path, sum = dir .. '/go.mod', dir .. '/go.sum'
  local sumbuf = e2e.open(sum)
  vim.api.nvim_buf_set_lines(sumbuf, 0, 1, true, {})
  buf = e2e.open(path)
  e2e.change(buf, 'module example.com/farm', '// My farm.\nmodule example.com/farm')
  local typed, typedsum = e2e.text(buf), e2e.text(sumbuf)
  vim.cmd('Gomodls tidy')
  e2e.wait('tidy changes both buffers', function()
    return tidied(e2e.text(sumbuf))
  end, 60000)
  e2e.wait_for_state(buf, 'ok')
  vim.cmd('Gomodls undo')
  e2e.wait('undo brings both back', function()
    return e2e.text(buf) == typed and e2e.text(sumbuf) == typedsum
  end)
  e2e.equal('nothing is written', e2e.read(path) .. e2e.read(sum), modtext .. sumtext)
  e2e.ok('both stay modified', vim.bo[buf].modified and vim.bo[sumbuf].modified)
end)
