-- Lines that go.sum lacks. Downloading them changes go.sum while the cursor is in go.mod: the fix is a command of the
-- server: a go.sum that nobody has open is saved, one with unsaved changes stays so.

local e2e = require('harness')

local zap = 'go.uber.org/zap v1.27.0/go.mod h1:'

---@param text string
---@param start string
---@return string text without the lines that start with `start`
local function without(text, start)
  local kept = vim.tbl_filter(function(line)
    return not vim.startswith(line, start)
  end, vim.split(text, '\n', { plain = true }))
  return table.concat(kept, '\n')
end

--- Whether a go.sum has every line of another.
---@param text string
---@param lines string
local function has_all(text, lines)
  return vim.iter(vim.gsplit(lines, '\n', { trimempty = true })):all(function(line)
    return text:find(line .. '\n', 1, true) ~= nil
  end)
end

--- The diagnostic about zap, in whichever of the two files it is shown.
local function find_missing(...)
  for _, buf in ipairs({ ... }) do
    for _, diagnostic in ipairs(e2e.diagnostics(buf, 'missingsum')) do
      if diagnostic.message:find('go.uber.org/zap', 1, true) then
        return { buf = buf, diagnostic = diagnostic }
      end
    end
  end
end

e2e.run(function()
  vim.lsp.enable('gomodls')
  local dir = e2e.module()
  local sum = dir .. '/go.sum'
  local complete = e2e.read(sum)
  local mod = e2e.open(dir .. '/go.mod')
  e2e.wait_for_state(mod, 'ok')

  -- A line is deleted elsewhere; go.sum is not open.
  e2e.write(sum, without(complete, zap))
  local missing = e2e.wait('the missing line is reported in go.mod', function()
    return find_missing(mod)
  end)
  e2e.wait_for_state(mod, 'error')
  e2e.equal(
    'it marks the requirement',
    e2e.marked(mod, missing.diagnostic),
    'go.uber.org/zap v1.27.0'
  )
  e2e.go_refuses('go refuses the module', dir, 'missing go.sum entry')

  e2e.fix(mod, missing.diagnostic, 'missing checksum')
  e2e.wait_for_state(mod, 'ok')
  e2e.wait('go.sum, which was closed, is saved', function()
    return has_all(e2e.read(sum), complete)
  end)
  e2e.ok('and closed', not e2e.is_open(sum))
  e2e.ok('go.mod, which was not modified, is not modified', not vim.bo[mod].modified)
  e2e.go_accepts('go accepts the files on disk', dir)

  -- A line is deleted in the editor, and the file is not saved.
  local sumbuf = e2e.open(sum)
  local saved = e2e.read(sum)
  for i, line in ipairs(vim.api.nvim_buf_get_lines(sumbuf, 0, -1, true)) do
    if vim.startswith(line, zap) then
      vim.api.nvim_buf_set_lines(sumbuf, i - 1, i, true, {})
    end
  end
  missing = e2e.wait('the line missing in the buffer is reported', function()
    return find_missing(mod, sumbuf)
  end)
  e2e.equal('go.sum on disk is as it was', e2e.read(sum), saved)
  e2e.fix(missing.buf, missing.diagnostic, 'missing checksum')
  e2e.wait('the fix restores the line', function()
    return has_all(e2e.text(sumbuf), complete)
  end)
  e2e.wait_for_state(mod, 'ok')
  e2e.ok('go.sum, which was modified, stays modified', vim.bo[sumbuf].modified)
  vim.cmd.wall()
  e2e.go_accepts('go accepts the files on disk', dir)
end)
