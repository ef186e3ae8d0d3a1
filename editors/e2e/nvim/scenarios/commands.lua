-- :Gomodls preview, tidy, undo, cancel and verify, and what they say when they cannot.

local e2e = require('harness')

e2e.run(function()
  local release = e2e.hold_tidy()
  vim.lsp.enable('gomodls')
  local dir = e2e.module()
  local path, sum = dir .. '/go.mod', dir .. '/go.sum'
  local original, complete = e2e.read(path), e2e.read(sum)
  local buf = e2e.open(path)
  e2e.wait_for_state(buf, 'ok')
  local function state()
    return require('gomodls').health(buf).state
  end

  -- A requirement that nothing imports; tidy would remove it. It takes its time.
  e2e.change(
    buf,
    '\tgolang.org/x/mod v0.21.0',
    '\tgolang.org/x/mod v0.21.0\n\tgolang.org/x/sync v0.8.0'
  )
  local untidy = e2e.text(buf)
  vim.cmd('Gomodls tidy')
  e2e.wait('the status is busy', function()
    return state() == 'busy'
  end)
  e2e.ok(
    'it says with what',
    require('gomodls').status():find('go mod tidy', 1, true),
    require('gomodls').status()
  )
  vim.cmd('Gomodls cancel')
  e2e.wait('cancel ends it', function()
    return state() ~= 'busy'
  end)
  e2e.equal('nothing has changed', e2e.text(buf), untidy)
  e2e.equal('nothing was complained about', e2e.notices, {})

  -- Typing while it runs: the result is for another text, so it runs again.
  vim.cmd('Gomodls tidy')
  e2e.wait('the status is busy', function()
    return state() == 'busy'
  end)
  e2e.change(buf, 'module example.com/farm', '// My farm.\nmodule example.com/farm')
  release()
  e2e.wait('tidy works on what was typed', function()
    return e2e.text(buf) == '// My farm.\n' .. original
  end)
  e2e.wait_for_state(buf, 'ok')
  e2e.equal('go.mod on disk is as it was', e2e.read(path), original)
  e2e.ok('go.mod, which was modified, stays modified', vim.bo[buf].modified)

  -- Back to what tidy has replaced.
  vim.cmd('Gomodls undo')
  e2e.wait('undo brings back the untidy text', function()
    return e2e.text(buf) == '// My farm.\n' .. untidy
  end)
  e2e.wait_for_state(buf, 'error')

  -- A preview changes nothing.
  vim.cmd('Gomodls preview')
  e2e.wait('the preview opens', function()
    return #vim.api.nvim_list_tabpages() > 1
  end)
  local windows = vim.api.nvim_tabpage_list_wins(0)
  e2e.equal(
    'on the right is the tidy text',
    e2e.text(vim.api.nvim_win_get_buf(windows[2])),
    '// My farm.\n' .. original
  )
  e2e.equal('the buffer is as it was', e2e.text(buf), '// My farm.\n' .. untidy)
  vim.cmd.tabclose()
  e2e.equal(
    'the files on disk are as they were',
    e2e.read(path) .. e2e.read(sum),
    original .. complete
  )

  -- What go says when it cannot.
  vim.api.nvim_set_current_buf(buf)
  e2e.change(buf, 'x/sync v0.8.0', 'x/sync v0.8.0-nonsense')
  local broken = e2e.text(buf)
  vim.cmd('Gomodls tidy')
  e2e.wait('a failure is said', function()
    return e2e.noticed('golang.org/x/sync')
  end, 60000)
  e2e.equal('and nothing has changed', e2e.text(buf), broken)
  vim.cmd('edit!')
  e2e.wait_for_state(buf, 'ok')
end)
