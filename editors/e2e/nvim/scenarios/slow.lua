-- A tidy that waits for a slow proxy, and a user who does not: nothing that is typed is lost.

local e2e = require('harness')

e2e.run(function()
  local proxy = e2e.proxy(20)
  vim.lsp.config('gomodls', {
    cmd_env = {
      GOPROXY = proxy.url,
      GOMODCACHE = e2e.scratch('modcache'),
      GOFLAGS = '-modcacherw',
    },
  })
  vim.lsp.enable('gomodls')

  -- A module whose go.mod lacks a line that tidy puts back.
  local dir = e2e.module()
  local path = dir .. '/go.mod'
  local tidy = e2e.read(path)
  local untidy = tidy:gsub('\tgo%.uber%.org/multierr[^\n]*\n', '')
  e2e.write(path, untidy)

  -- Typing begins with the first line on the screen, before there is a server.
  vim.cmd.edit(path)
  local buf = vim.api.nvim_get_current_buf()
  local text =
    '// My farm: it has cows, hens, a pond and, over the hill, a windmill. Nothing else, ever.'
  local typed = 0
  local function type_one()
    if typed < #text then
      typed = typed + 1
      if typed == 1 then
        vim.api.nvim_buf_set_lines(buf, 0, 0, true, { '' })
      end
      vim.api.nvim_buf_set_text(buf, 0, typed - 1, 0, typed - 1, { text:sub(typed, typed) })
    end
  end
  for _ = 1, 5 do
    type_one()
  end
  e2e.wait('the server runs', function()
    return e2e.client(buf)
  end)
  type_one()
  vim.cmd('Gomodls tidy')
  type_one()

  -- One more with each of the first requests that go makes. It runs once more then, and only once.
  proxy.on_request = function()
    if #proxy.requests <= 30 then
      type_one()
    end
  end
  e2e.wait('tidy lands', function()
    return e2e.text(buf):find('go.uber.org/multierr', 1, true)
  end, 120000)
  e2e.ok('the proxy was asked', #proxy.requests > 20, tostring(#proxy.requests))
  e2e.ok('there was typing while it ran', typed > 20, tostring(typed))
  e2e.equal(
    'what was typed is there, and what tidy says',
    e2e.text(buf),
    text:sub(1, typed) .. '\n' .. tidy
  )
  e2e.ok('go.mod, which was modified, stays modified', vim.bo[buf].modified)
  e2e.equal('go.mod on disk is as it was', e2e.read(path), untidy)
  vim.cmd('silent write')
  e2e.go_accepts('go accepts the files on disk', dir)

  -- The same where it is cancelled in the middle.
  vim.cmd('silent %d_')
  vim.api.nvim_buf_set_lines(buf, 0, -1, true, vim.split(untidy, '\n', { trimempty = true }))
  local before = #proxy.requests
  e2e.change(buf, 'x/mod v0.21.0', 'x/mod v0.20.0')
  local broken = e2e.text(buf)
  vim.cmd('Gomodls tidy')
  e2e.wait('go asks the proxy', function()
    return #proxy.requests > before
  end, 60000)
  vim.cmd('Gomodls cancel')
  e2e.wait('it ends', function()
    return require('gomodls').health(buf).state ~= 'busy'
  end)
  e2e.equal('the text is as it was', e2e.text(buf), broken)
end)
