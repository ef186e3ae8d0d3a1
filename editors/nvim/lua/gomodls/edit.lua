--- Changes to several files at once, as the server asks for them: all are made, or none.
---
--- Neovim's own handler checks the version of the first document only, and leaves what it has changed when a later
--- change fails. Here everything that can fail is tried before the first character changes.

local M = {}

--- The buffers that were loaded only to change them and that nobody has looked at. They are unloaded when saved, so
--- that a file that was closed is closed afterwards.
---@type table<integer, true>
local loaded_here = {}

---@param uri string
---@return string
local function name_of(uri)
  return vim.fn.fnamemodify(vim.uri_to_fname(uri), ':~:.')
end

--- The documents of an edit in its order, with `version` nil where the server has seen the file on disk only.
---@param edit lsp.WorkspaceEdit
---@return {uri: string, version: integer?, edits: lsp.TextEdit[]}[]? documents
---@return string? reason why it cannot be done
local function documents_of(edit)
  local documents = {}
  for _, change in ipairs(edit.documentChanges or {}) do
    if change.kind == 'create' then
      local options = change.options or {}
      if vim.uv.fs_stat(vim.uri_to_fname(change.uri)) and not options.ignoreIfExists then
        return nil, name_of(change.uri) .. ' exists already'
      end
      table.insert(documents, { uri = change.uri, edits = {} })
    elseif change.kind then
      return nil, ('cannot %s a file'):format(change.kind)
    else
      local version = change.textDocument.version
      table.insert(documents, {
        uri = change.textDocument.uri,
        version = version ~= vim.NIL and version or nil,
        edits = change.edits,
      })
    end
  end
  if not edit.documentChanges then
    for uri, edits in pairs(edit.changes or {}) do
      table.insert(documents, { uri = uri, edits = edits })
    end
  end
  return documents
end

--- Why a document is not in the state that the server has worked out its edits for; nil if it is.
---@param document {uri: string, version: integer?}
---@param bufnr integer
---@param loaded boolean it was loaded before
---@return string?
local function conflict(document, bufnr, loaded)
  local name = name_of(document.uri)
  if document.version then
    if not loaded then
      return name .. ' is no longer open'
    elseif vim.lsp.util.buf_versions[bufnr] ~= document.version then
      return name .. ' has changed meanwhile'
    end
  elseif loaded and vim.bo[bufnr].modified then
    return name .. ' has changes that are not saved'
  end
  if not vim.bo[bufnr].modifiable or vim.bo[bufnr].readonly then
    return name .. ' is read-only'
  end
end

---@param bufnr integer
local function unload(bufnr)
  vim.bo[bufnr].buflisted = false
  vim.api.nvim_buf_delete(bufnr, { unload = true, force = true })
end

--- Applies an edit, or changes nothing.
---@param edit lsp.WorkspaceEdit
---@param encoding string the encoding of its positions
---@return string? reason why nothing has changed; nil when everything has
function M.apply(edit, encoding)
  local documents, reason = documents_of(edit)
  if not documents then
    return reason
  end

  local buffers = {} ---@type integer[]
  local loaded = {} ---@type table<integer, true>
  for i, document in ipairs(documents) do
    local bufnr = vim.uri_to_bufnr(document.uri)
    buffers[i] = bufnr
    local was_loaded = vim.api.nvim_buf_is_loaded(bufnr)
    if not was_loaded then
      loaded[bufnr] = true
      local ok, err = pcall(vim.fn.bufload, bufnr)
      reason = not ok and ('%s cannot be read: %s'):format(name_of(document.uri), err) or nil
    end
    reason = reason or conflict(document, bufnr, was_loaded)
    if reason then
      break
    end
  end

  local before = {} ---@type table<integer, {lines: string[], modified: boolean}>
  if not reason then
    for i, document in ipairs(documents) do
      local bufnr = buffers[i]
      before[bufnr] = before[bufnr]
        or {
          lines = vim.api.nvim_buf_get_lines(bufnr, 0, -1, true),
          modified = vim.bo[bufnr].modified,
        }
      local ok, err = pcall(vim.lsp.util.apply_text_edits, document.edits, bufnr, encoding)
      if not ok then
        reason = ('%s cannot be changed: %s'):format(name_of(document.uri), err)
        break
      end
    end
  end

  if reason then
    for bufnr, was in pairs(before) do
      vim.api.nvim_buf_set_lines(bufnr, 0, -1, true, was.lines)
      vim.bo[bufnr].modified = was.modified
    end
    for bufnr in pairs(loaded) do
      unload(bufnr)
    end
    return reason
  end

  for bufnr in pairs(loaded) do
    loaded_here[bufnr] = true
    vim.api.nvim_create_autocmd('BufWinEnter', {
      buffer = bufnr,
      once = true,
      desc = 'gomodls: a file that is shown stays open',
      callback = function()
        loaded_here[bufnr] = nil
      end,
    })
  end
  for _, bufnr in ipairs(buffers) do
    if not vim.bo[bufnr].buflisted then
      vim.bo[bufnr].buflisted = true
    end
  end
end

--- Whether another program has written the file of a buffer since Neovim read it.
---@param bufnr integer
---@return boolean
local function changed_on_disk(bufnr)
  local changed = false
  local id = vim.api.nvim_create_autocmd('FileChangedShell', {
    buffer = bufnr,
    desc = 'gomodls: look, and leave the buffer as it is',
    callback = function()
      changed = true
      vim.v.fcs_choice = ''
    end,
  })
  vim.cmd.checktime(bufnr)
  vim.api.nvim_del_autocmd(id)
  return changed
end

--- Saves the buffers of these files that are loaded and modified, in this order. One that cannot be saved ends it: what
--- follows may only be written after it.
---@param uris string[]
---@return string[] saved the files whose buffers are now as they are on disk
function M.save(uris)
  local saved = {}
  for _, uri in ipairs(uris) do
    local bufnr = vim.uri_to_bufnr(uri)
    if vim.api.nvim_buf_is_loaded(bufnr) then
      if vim.bo[bufnr].modified then
        if changed_on_disk(bufnr) then
          vim.notify(
            ('gomodls: %s has changed on disk and is not saved'):format(name_of(uri)),
            vim.log.levels.WARN
          )
          break
        end
        local ok, err = pcall(vim.api.nvim_buf_call, bufnr, function()
          vim.cmd('silent keepalt lockmarks write')
        end)
        if not ok then
          vim.notify(('gomodls: saving %s: %s'):format(name_of(uri), err), vim.log.levels.ERROR)
          break
        end
      end
      table.insert(saved, uri)
      if loaded_here[bufnr] then
        loaded_here[bufnr] = nil
        unload(bufnr)
      end
    end
  end
  return saved
end

return M
