-- A change to several files is made as a whole or not at all, and files are saved in the order that is asked for.
--
-- The messages are handed to the plugin's handlers as Neovim hands them when they come from the server.

local e2e = require('harness')

---@param line integer
---@param text string
local function insert(line, text)
  local at = { line = line, character = 0 }
  return { range = { start = at, ['end'] = at }, newText = text }
end

---@param path string
---@param version integer?
---@param ... lsp.TextEdit
local function document(path, version, ...)
  return {
    textDocument = { uri = vim.uri_from_fname(path), version = version or vim.NIL },
    edits = { ... },
  }
end

e2e.run(function()
  vim.lsp.enable('gomodls')
  local dir = e2e.module()
  local mod, sum = dir .. '/go.mod', dir .. '/go.sum'
  local modtext, sumtext = e2e.read(mod), e2e.read(sum)
  local buf = e2e.open(mod)
  local client = assert(e2e.client(buf))

  ---@param method string
  ---@param params table
  local function ask(method, params)
    return client.handlers[method](
      nil,
      params,
      { method = method, client_id = client.id, params = params }
    )
  end
  ---@param ... table
  local function apply(...)
    return ask('workspace/applyEdit', { edit = { documentChanges = { ... } } })
  end
  local function version()
    return vim.lsp.util.buf_versions[buf]
  end

  -- The first document is as the server saw it, the second is not.
  local answer = apply(
    document(mod, version(), insert(0, '// one\n')),
    document(sum, 7, insert(0, 'x v1.0.0 h1:x=\n'))
  )
  e2e.equal('an edit of a file that is not open any more is refused', answer.applied, false)
  e2e.ok(
    'the reason names the file',
    answer.failureReason:find('go.sum', 1, true),
    answer.failureReason
  )
  e2e.equal('the other file is as it was', e2e.text(buf), modtext)
  e2e.ok('and not modified', not vim.bo[buf].modified)
  e2e.ok('it is closed again', not e2e.is_open(sum))

  answer = apply(
    document(sum, nil, insert(0, 'x v1.0.0 h1:x=\n')),
    document(mod, version() - 1, insert(0, '// one\n'))
  )
  e2e.equal('an edit of an older version is refused', answer.applied, false)
  e2e.ok(
    'the reason names the file',
    answer.failureReason:find('go.mod', 1, true),
    answer.failureReason
  )
  e2e.ok('it is closed again', not e2e.is_open(sum))

  answer = apply(
    document(mod, version(), insert(0, '// one\n')),
    { kind = 'rename', oldUri = 'a', newUri = 'b' }
  )
  e2e.equal('what cannot be undone is refused', answer.applied, false)
  e2e.equal('the other file is as it was', e2e.text(buf), modtext)

  -- Nothing may be put over changes that the server has not seen.
  local sumbuf = vim.fn.bufadd(sum)
  vim.fn.bufload(sumbuf)
  vim.api.nvim_buf_set_lines(sumbuf, 0, 0, true, { 'y v1.0.0 h1:y=' })
  answer = apply(
    document(mod, version(), insert(0, '// one\n')),
    document(sum, nil, insert(0, 'x v1.0.0 h1:x=\n'))
  )
  e2e.equal('an edit of what is on disk is refused for a modified buffer', answer.applied, false)
  e2e.equal('the other file is as it was', e2e.text(buf), modtext)
  vim.cmd.bwipeout({ sumbuf, bang = true })

  -- All is as the server saw it.
  answer = apply(
    document(mod, version(), insert(0, '// one\n')),
    document(sum, nil, insert(0, 'x v1.0.0 h1:x=\n'))
  )
  e2e.equal('an edit of both files is applied', answer, { applied = true })
  e2e.equal('go.mod has it', e2e.text(buf), '// one\n' .. modtext)
  sumbuf = vim.fn.bufnr(sum)
  e2e.equal('go.sum has it', e2e.text(sumbuf), 'x v1.0.0 h1:x=\n' .. sumtext)
  e2e.equal('nothing is written', e2e.read(mod) .. e2e.read(sum), modtext .. sumtext)

  local written = {}
  vim.api.nvim_create_autocmd('BufWritePost', {
    callback = function(event)
      table.insert(written, vim.fs.basename(event.file))
    end,
  })
  local uris =
    { vim.uri_from_fname(sum), vim.uri_from_fname(mod), vim.uri_from_fname(dir .. '/clock/go.mod') }
  answer = ask('gomodls/save', { uris = uris })
  e2e.equal('the files that are loaded are saved', answer, { saved = { uris[1], uris[2] } })
  e2e.equal('in the order that was asked for', written, { 'go.sum', 'go.mod' })
  e2e.equal('they are on disk', e2e.read(mod), '// one\n' .. modtext)
  e2e.ok('a file that was closed is closed again', not e2e.is_open(sum))
  e2e.ok('and not listed', not vim.bo[sumbuf].buflisted)
  e2e.ok('one that was open is open', e2e.is_open(mod))

  -- Another program was here first.
  vim.cmd.edit(sum)
  vim.api.nvim_buf_set_lines(sumbuf, 0, 0, true, { 'z v1.0.0 h1:z=' })
  e2e.write(sum, sumtext .. '\n')
  answer = ask('gomodls/save', { uris = uris })
  e2e.equal('a file that has changed on disk is not saved', answer, { saved = {} })
  e2e.equal('and stays as it is', e2e.read(sum), sumtext .. '\n')
  e2e.ok('which is said', e2e.noticed('changed on disk'))

  -- What would become of a file.
  answer = ask(
    'gomodls/showDiff',
    { title = '100% tidy', files = { { uri = uris[2], newText = modtext } } }
  )
  e2e.equal('the answer is an empty object', vim.json.encode(answer), '{}')
  local windows = vim.api.nvim_tabpage_list_wins(0)
  e2e.equal(
    'the preview has two windows in diff mode',
    vim.tbl_map(function(win)
      return vim.wo[win].diff
    end, windows),
    { true, true }
  )
  e2e.equal('the file is on the left', vim.api.nvim_win_get_buf(windows[1]), buf)
  e2e.equal('its new text is on the right', e2e.text(vim.api.nvim_win_get_buf(windows[2])), modtext)
  vim.api.nvim_set_current_win(windows[2])
  vim.api.nvim_feedkeys('q', 'x', false)
  e2e.equal('q closes the preview', #vim.api.nvim_list_tabpages(), 1)
  e2e.equal('the file is as it was', e2e.text(buf), '// one\n' .. modtext)
end)
