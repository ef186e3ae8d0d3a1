-- gopls beside gomodls: ours is there at once, gopls's own takes its place on the same line, and our fixes stay.

local e2e = require('harness')

---@param bufnr integer
---@param source string
---@return vim.Diagnostic[]
local function from(bufnr, source)
  return vim.tbl_filter(function(diagnostic)
    return diagnostic.source == source
  end, vim.diagnostic.get(bufnr))
end

--- The lines on which both say that go refuses the file.
---@param bufnr integer
---@return integer[]
local function doubled(bufnr)
  local lines = {}
  for _, ours in ipairs(e2e.diagnostics(bufnr)) do
    for _, diagnostic in ipairs(vim.diagnostic.get(bufnr)) do
      if
        diagnostic.source ~= 'gomodls'
        and diagnostic.lnum == ours.lnum
        and diagnostic.severity == vim.diagnostic.severity.ERROR
        and ours.severity == vim.diagnostic.severity.ERROR
      then
        table.insert(lines, ours.lnum + 1)
      end
    end
  end
  return lines
end

e2e.run(function()
  vim.lsp.config('gopls', {
    cmd = { vim.env.GOPLS },
    filetypes = { 'go', 'gomod', 'gowork' },
    root_markers = { 'go.work', 'go.mod' },
    -- It waits a second before it looks. On a busy machine that may be shorter than a look at the screen takes.
    init_options = { diagnosticsDelay = '3s' },
  })
  vim.lsp.enable({ 'gomodls', 'gopls' })
  local dir = e2e.module()
  local path = dir .. '/go.mod'
  local original = e2e.read(path)
  local buf = e2e.open(path)
  e2e.wait_for_state(buf, 'ok')
  e2e.wait('gopls runs', function()
    local client = vim.lsp.get_clients({ name = 'gopls', bufnr = buf })[1]
    return client and client.initialized
  end, 60000)

  -- Never, at any change of the diagnostics, may both stand on one line after gopls's has been seen there.
  local twice = {}
  vim.api.nvim_create_autocmd('DiagnosticChanged', {
    callback = function(event)
      if event.buf == buf then
        vim.list_extend(twice, doubled(buf))
      end
    end,
  })

  -- A line that no go.mod may have. gopls looks some time after the last keystroke.
  e2e.change(buf, 'golang.org/x/mod v0.21.0', 'golang.org/x/mod 0.21.0')
  local ours
  e2e.wait('gomodls says it first', function()
    ours = e2e.diagnostics(buf, 'badversion')[1]
    return ours
  end)
  e2e.equal('gopls has said nothing yet', #from(buf, 'syntax'), 0)
  e2e.wait('gopls says it too', function()
    return #from(buf, 'syntax') > 0
  end, 60000)
  e2e.equal('on the same line', from(buf, 'syntax')[1].lnum, ours.lnum)
  e2e.equal('ours is not shown beside it', e2e.diagnostics(buf, 'badversion'), {})
  e2e.equal('the status counts it all the same', require('gomodls').health(buf).state, 'error')

  -- The text above changes; gopls has not looked at it yet, and its mark has moved down.
  vim.api.nvim_buf_set_lines(buf, 0, 0, true, { '// My farm.' })
  local version = vim.lsp.util.buf_versions[buf]
  e2e.wait('the server has seen the new line', function()
    return vim.lsp.util.buf_versions[buf] >= version
  end)
  e2e.wait('gopls has looked again', function()
    local theirs = from(buf, 'syntax')[1]
    return theirs and theirs.lnum == ours.lnum + 1
  end, 60000)
  e2e.equal('ours is not shown beside it', e2e.diagnostics(buf, 'badversion'), {})

  -- Our fix is offered where gopls's diagnostic is.
  e2e.fix(buf, from(buf, 'syntax')[1], 'Write v0.21.0')
  e2e.wait('the fix restores the version', function()
    return e2e.text(buf) == '// My farm.\n' .. original
  end)
  e2e.wait_for_state(buf, 'ok')
  e2e.wait('gopls is content', function()
    return #from(buf, 'syntax') == 0
  end, 60000)

  -- What gopls says only after the file is saved, and on the first line; ours is at the requirement.
  e2e.change(buf, 'spf13/pflag v1.0.10', 'spf13/pflag v1.0.5')
  local diagnostic = e2e.wait_for_diagnostic(buf, 'inconsistentversion', 'github.com/spf13/pflag')
  vim.cmd.write()
  e2e.wait('gopls says something', function()
    return #from(buf, 'go list') > 0
  end, 60000)
  e2e.equal(
    'each fault is on its line',
    #e2e.diagnostics(buf, 'inconsistentversion'),
    from(buf, 'go list')[1].lnum == diagnostic.lnum and 0 or 1
  )
  e2e.fix(buf, diagnostic, 'v1.0.10')
  e2e.wait_for_state(buf, 'ok')
  vim.cmd.write()

  -- Without gopls, ours come back.
  e2e.change(buf, 'golang.org/x/mod v0.21.0', 'golang.org/x/mod 0.21.0')
  e2e.wait('gopls says it', function()
    return #from(buf, 'syntax') > 0
  end, 60000)
  e2e.equal('ours is not shown', e2e.diagnostics(buf, 'badversion'), {})
  vim.lsp.enable('gopls', false)
  e2e.wait('gopls has gone', function()
    return #vim.lsp.get_clients({ name = 'gopls' }) == 0
  end, 30000)
  e2e.wait('ours is shown again', function()
    return #e2e.diagnostics(buf, 'badversion') == 1
  end)
  e2e.equal('no fault was ever shown twice', twice, {})
end)
