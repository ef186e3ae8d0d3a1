-- :Gomodls tidy works on what is in the buffers, and keeps what is typed while it runs.

local e2e = require('harness')

-- A file that imports a module which go.mod will require before it is saved, and whose sums go.sum lacks.
local errgroup = [[
package main

import _ "golang.org/x/sync/errgroup"
]]

e2e.run(function()
  vim.lsp.enable('gomodls')
  local dir = e2e.module()
  local path, sum = dir .. '/go.mod', dir .. '/go.sum'
  local original = e2e.read(path)
  e2e.write(dir .. '/group.go', errgroup)
  local buf = e2e.open(path)

  local function require_sync()
    e2e.change(
      buf,
      '\tgolang.org/x/mod v0.21.0',
      '\tgolang.org/x/mod v0.21.0\n\tgolang.org/x/sync v0.8.0 // indirect'
    )
  end

  local function tidied()
    return e2e.read(sum):find('golang.org/x/sync v0.8.0 h1:', 1, true)
      and e2e.text(buf):find('\tgolang.org/x/sync v0.8.0\n', 1, true)
  end

  require_sync()
  e2e.ok('go.sum is closed', not e2e.is_open(sum))
  vim.cmd('Gomodls tidy')
  e2e.wait('tidy changes both files', tidied, 60000)
  e2e.wait_for_state(buf, 'ok')
  e2e.ok('the status was busy', vim.list_contains(e2e.states, 'busy'))
  e2e.ok('go.mod, which was modified, stays modified', vim.bo[buf].modified)
  e2e.equal('go.mod on disk is as it was', e2e.read(path), original)
  e2e.ok('go.sum, which was closed, is closed', not e2e.is_open(sum))
  vim.cmd.write()
  e2e.go_accepts('go accepts the files on disk', dir)
  -- Once go.mod is saved, go.sum loses the lines that only the old go.mod needed.
  e2e.wait('go has nothing to tidy', function()
    local tidy, diff = e2e.go(dir, 'mod', 'tidy', '-diff')
    return tidy and diff == ''
  end)

  -- The same once more, with typing right behind the command.
  local again = e2e.module()
  path, sum = again .. '/go.mod', again .. '/go.sum'
  e2e.write(again .. '/group.go', errgroup)
  buf = e2e.open(path)
  require_sync()
  vim.cmd('Gomodls tidy')
  e2e.change(buf, 'module example.com/farm', '// My farm.\nmodule example.com/farm')
  e2e.wait('tidy changes both files', tidied, 60000)
  e2e.ok(
    'what was typed is there',
    vim.startswith(e2e.text(buf), '// My farm.\nmodule example.com/farm\n')
  )
  vim.cmd.write()
  e2e.go_accepts('go accepts the files on disk', again)

  -- With both files modified, both stay so; saving go.mod saves the go.sum that belongs to it.
  local third = e2e.module()
  path, sum = third .. '/go.mod', third .. '/go.sum'
  local complete = e2e.read(sum)
  e2e.write(third .. '/group.go', errgroup)
  local sumbuf = e2e.open(sum)
  e2e.change(sumbuf, 'go.uber.org/zap v1.27.0/go.mod', 'go.uber.org/zap v1.26.9/go.mod')
  buf = e2e.open(path)
  require_sync()
  vim.cmd('Gomodls tidy')
  e2e.wait('tidy mends both buffers', function()
    return e2e.text(sumbuf):find('golang.org/x/sync v0.8.0 h1:', 1, true)
      and e2e.text(sumbuf):find('go.uber.org/zap v1.27.0/go.mod', 1, true)
      and e2e.text(buf):find('\tgolang.org/x/sync v0.8.0\n', 1, true)
  end, 60000)
  e2e.wait_for_state(buf, 'ok')
  e2e.ok('both stay modified', vim.bo[buf].modified and vim.bo[sumbuf].modified)
  e2e.equal('nothing is written', e2e.read(path) .. e2e.read(sum), original .. complete)
  vim.api.nvim_set_current_buf(buf)
  vim.cmd.write()
  e2e.wait('saving go.mod saves go.sum', function()
    return not vim.bo[sumbuf].modified and e2e.read(sum) == e2e.text(sumbuf)
  end)
  e2e.go_accepts('go accepts the files on disk', third)
end)
