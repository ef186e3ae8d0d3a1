--- One fault, one diagnostic, where gopls runs as well.
---
--- Ours is there first. The server says in the data of a diagnostic which of gopls's diagnostics name the same fault;
--- while gopls has one of those on the same line, ours is not shown. The server offers its fixes all the same, because
--- it goes by the place and not by what is shown there.

local M = {}

---@class gomodls.Report
---@field client_id integer
---@field bufnr integer
---@field diagnostics lsp.Diagnostic[] all of them
---@field hidden table<integer, true> indices of those that are not shown
---@field show fun(diagnostics: lsp.Diagnostic[])

--- What the server last said, by client, way (pushed or pulled) and file.
---@type table<string, gomodls.Report>
local reports = {}

--- The diagnostics of others in a buffer. Their marks move with the text until gopls has looked at it again.
---@class gomodls.Others
---@field seen string[] what they were when they were marked
---@field marks gomodls.Mark[]

---@class gomodls.Mark
---@field id integer? of the extmark
---@field line integer where there is none
---@field source string
---@field message string

local namespace = vim.api.nvim_create_namespace('gomodls.gopls')

---@type table<integer, gomodls.Others> by buffer
local others = {}

--- Marks the diagnostics of others, unless they are still those that are marked.
---@param bufnr integer
local function mark(bufnr)
  local found, seen = {}, {}
  for _, diagnostic in ipairs(vim.diagnostic.get(bufnr)) do
    if diagnostic.source and diagnostic.source ~= 'gomodls' then
      table.insert(found, diagnostic)
      local at = ('%d:%d'):format(diagnostic.lnum, diagnostic.col)
      table.insert(seen, table.concat({ at, diagnostic.source, diagnostic.message }, ' '))
    end
  end
  if others[bufnr] and vim.deep_equal(others[bufnr].seen, seen) then
    return
  end
  local loaded = vim.api.nvim_buf_is_loaded(bufnr)
  if loaded then
    vim.api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
  end
  local marks = vim.tbl_map(function(diagnostic)
    local line, id = diagnostic.lnum, nil
    if loaded and line < vim.api.nvim_buf_line_count(bufnr) then
      local options = { end_row = line + 1, strict = false, invalidate = true }
      id = vim.api.nvim_buf_set_extmark(bufnr, namespace, line, 0, options)
    end
    return { id = id, line = line, source = diagnostic.source, message = diagnostic.message }
  end, found)
  others[bufnr] = { seen = seen, marks = marks }
end

--- The line that a mark is on now; nil when the line is gone.
---@param bufnr integer
---@param m gomodls.Mark
---@return integer?
local function line_of(bufnr, m)
  if not m.id or not vim.api.nvim_buf_is_loaded(bufnr) then
    return m.line
  end
  local at = vim.api.nvim_buf_get_extmark_by_id(bufnr, namespace, m.id, { details = true })
  return at[1] and not at[3].invalid and at[1] or nil
end

--- Whether a diagnostic of another names the same fault, were it on the same line.
---@param diagnostic lsp.Diagnostic
---@param m gomodls.Mark
---@return boolean
local function names_same(diagnostic, m)
  local data = diagnostic.data
  local kinds = type(data) == 'table' and type(data.gopls) == 'table' and data.gopls or {}
  return vim.iter(kinds):any(function(kind)
    return kind.source == m.source
      and (kind.says == nil or m.message:find(kind.says, 1, true) ~= nil)
  end)
end

--- One of theirs hides one of ours: two faults of a line, of which gopls names one, stay two.
---@param report gomodls.Report
---@return table<integer, true> hidden
local function hidden_in(report)
  mark(report.bufnr)
  local hidden = {}
  for _, m in ipairs(others[report.bufnr].marks) do
    local line = line_of(report.bufnr, m)
    for i, diagnostic in ipairs(report.diagnostics) do
      local range = diagnostic.range
      if
        line
        and not hidden[i]
        and range.start.line <= line
        and line <= range['end'].line
        and names_same(diagnostic, m)
      then
        hidden[i] = true
        break
      end
    end
  end
  return hidden
end

---@param report gomodls.Report
local function show(report)
  local shown = {}
  for i, diagnostic in ipairs(report.diagnostics) do
    if not report.hidden[i] then
      table.insert(shown, diagnostic)
    end
  end
  report.show(shown)
end

--- Shows what the server says of a file, as far as gopls does not say it already.
---@param way 'pushed'|'pulled'
---@param client_id integer
---@param uri string
---@param diagnostics lsp.Diagnostic[]
---@param set fun(diagnostics: lsp.Diagnostic[])
local function publish(way, client_id, uri, diagnostics, set)
  local key = ('%d %s %s'):format(client_id, way, uri)
  if #diagnostics == 0 then
    reports[key] = nil
    return set(diagnostics)
  end
  local report = {
    client_id = client_id,
    bufnr = vim.uri_to_bufnr(uri),
    diagnostics = diagnostics,
    hidden = {},
    show = set,
  }
  report.hidden = hidden_in(report)
  reports[key] = report
  show(report)
end

--- Takes the place of Neovim's handler of diagnostics that are pushed.
---@type lsp.Handler
function M.on_publish(err, params, ctx, config)
  local handler = vim.lsp.handlers['textDocument/publishDiagnostics']
  if not params then
    return handler(err, params, ctx, config)
  end
  publish('pushed', ctx.client_id, params.uri, params.diagnostics, function(diagnostics)
    local shown = vim.tbl_extend('force', params, { diagnostics = diagnostics })
    handler(nil, shown, ctx, config)
  end)
end

--- Takes the place of Neovim's handler of diagnostics that are pulled.
---@type lsp.Handler
function M.on_pull(err, result, ctx, config)
  local handler = vim.lsp.handlers['textDocument/diagnostic']
  if not result or not result.items then
    return handler(err, result, ctx, config)
  end
  local uri = ctx.params.textDocument.uri
  publish('pulled', ctx.client_id, uri, result.items, function(diagnostics)
    handler(nil, vim.tbl_extend('force', result, { items = diagnostics }), ctx, config)
  end)
end

--- Looks again after any diagnostics of a buffer have changed.
---@param bufnr integer
---@param diagnostics vim.Diagnostic[] those that were set
function M.changed(bufnr, diagnostics)
  if diagnostics[1] and diagnostics[1].source ~= 'gomodls' then
    others[bufnr] = nil -- they are where they say now, not where the marks have moved
  end
  for _, report in pairs(reports) do
    if report.bufnr == bufnr then
      local hidden = hidden_in(report)
      if not vim.deep_equal(hidden, report.hidden) then
        report.hidden = hidden
        show(report)
      end
    end
  end
end

--- Forgets the reports of clients that are gone, and what it knows of buffers without reports.
function M.prune()
  local used = {}
  for key, report in pairs(reports) do
    if vim.lsp.get_client_by_id(report.client_id) then
      used[report.bufnr] = true
    else
      reports[key] = nil
    end
  end
  for bufnr in pairs(others) do
    if not used[bufnr] then
      others[bufnr] = nil
    end
  end
end

return M
