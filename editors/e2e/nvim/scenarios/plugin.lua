-- What the plugin adds around the server: colours, commands, help, :checkhealth, the note that the server is missing.

local e2e = require('harness')

---@param line integer
---@param text string
---@return string group in the syntax, of the first character of `text` in a line of the current buffer
local function group_of(line, text)
  local col = assert(vim.fn.getline(line):find(text, 1, true), text)
  return vim.fn.synIDattr(vim.fn.synID(line, col, 1), 'name')
end

e2e.run(function()
  local dir = e2e.module()

  -- Without a server.
  vim.lsp.config('gomodls', { cmd = { 'gomodls-that-is-not-there', 'serve' } })
  vim.lsp.enable('gomodls')
  vim.cmd.edit(dir .. '/go.mod')
  vim.cmd.edit(dir .. '/clock/go.mod')
  e2e.equal('a missing server is said once', #e2e.notices, 1)
  e2e.ok('with its name', e2e.noticed('gomodls-that-is-not-there'))
  e2e.equal('the status is empty', require('gomodls').status(), '')
  vim.cmd('Gomodls tidy')
  e2e.ok('a command says that no server runs', e2e.noticed('no server runs for this file'))
  vim.cmd('checkhealth gomodls')
  e2e.ok(
    'the health check says it',
    e2e.text(0):find('gomodls-that-is-not-there is not an executable', 1, true),
    e2e.text(0)
  )
  vim.cmd.bwipeout()

  -- With it.
  vim.lsp.config('gomodls', { cmd = { vim.env.GOMODLS_BIN, 'serve' } })
  vim.cmd('%bwipeout!')
  local buf = e2e.open(dir .. '/go.mod')
  e2e.wait_for_state(buf, 'ok')
  e2e.ok(
    'the status names the file',
    require('gomodls').status():find('go.mod', 1, true),
    require('gomodls').status()
  )
  local shown =
    vim.api.nvim_eval_statusline("%{%v:lua.require'gomodls'.statusline()%}", { highlights = true })
  e2e.equal('a status line shows it', shown.str, require('gomodls').status())
  e2e.ok(
    'in its colour',
    vim.iter(shown.highlights):any(function(part)
      return part.group == 'GomodlsOk'
    end),
    vim.inspect(shown)
  )

  e2e.equal('go.mod is coloured', {
    group_of(1, 'module'),
    group_of(9, 'v0.1.0'),
    group_of(18, '//'),
    group_of(18, 'indirect'),
    group_of(21, '=>'),
  }, { 'gomodModule', 'gomodVersion', 'gomodComment', 'gomodIndirect', 'gomodArrow' })
  e2e.open(dir .. '/go.sum')
  e2e.equal('go.sum is coloured', {
    group_of(1, 'github'),
    group_of(1, 'v2.0.4'),
    group_of(1, '/go.mod'),
    group_of(1, 'h1:'),
  }, { 'gosumModule', 'gosumVersion', 'gosumGoMod', 'gosumHash' })
  e2e.write(dir .. '/go.work', 'go 1.25\n\nuse ./clock // here\n')
  vim.cmd('noautocmd edit ' .. dir .. '/go.work')
  vim.bo.syntax = 'gowork'
  e2e.equal('go.work is coloured', {
    group_of(1, 'go'),
    group_of(1, '1.25'),
    group_of(3, 'use'),
    group_of(3, './clock'),
    group_of(3, '//'),
  }, { 'goworkKeyword', 'gomodGoVersion', 'goworkKeyword', 'gomodPath', 'gomodComment' })
  vim.cmd.bwipeout()
  vim.fn.delete(dir .. '/go.work')

  e2e.equal(
    'commands complete',
    vim.fn.getcompletion('Gomodls v', 'cmdline'),
    { 'vendor', 'verify' }
  )
  for _, name in ipairs({ 'tidy', 'preview', 'download', 'doctor', 'log', 'undo', 'cancel', 'get' }) do
    e2e.ok(
      ':Gomodls ' .. name .. ' is one of them',
      vim.list_contains(vim.fn.getcompletion('Gomodls ', 'cmdline'), name)
    )
  end
  e2e.equal(
    'get completes modules',
    vim.fn.getcompletion('Gomodls get github.com/spf13/', 'cmdline'),
    { 'github.com/spf13/cobra', 'github.com/spf13/pflag' }
  )
  e2e.equal(
    'and versions',
    vim.fn.getcompletion('Gomodls get github.com/spf13/pflag@', 'cmdline'),
    vim.tbl_map(function(version)
      return 'github.com/spf13/pflag@' .. version
    end, { 'latest', 'none', 'patch', 'upgrade', 'v1.0.10' })
  )
  vim.cmd('Gomodls get')
  e2e.ok('what is missing is said', e2e.noticed(':Gomodls get wants MODULE@VERSION'))
  vim.cmd('Gomodls tidy now')
  e2e.ok('what is too much is said', e2e.noticed(':Gomodls tidy wants nothing more'))
  vim.cmd('Gomodls typo')
  e2e.ok('an unknown one is said', e2e.noticed('no command "typo"'))
  vim.cmd('Gomodls log')
  e2e.equal('the log is shown', vim.api.nvim_buf_get_name(0), vim.lsp.log.get_filename())
  vim.cmd.bwipeout()

  vim.api.nvim_set_current_buf(buf)
  vim.cmd('checkhealth gomodls')
  e2e.ok(
    'the health check finds the server',
    e2e.text(0):find(vim.env.GOMODLS_BIN .. ':', 1, true),
    e2e.text(0)
  )
  e2e.ok('the health check shows the folder', e2e.text(0):find(dir, 1, true), e2e.text(0))
  e2e.ok(
    'the health check has nothing against it',
    not e2e.text(0):find('ERROR', 1, true),
    e2e.text(0)
  )
  vim.cmd.bwipeout()

  -- The server is told to end by whoever has started it.
  vim.api.nvim_set_current_buf(buf)
  e2e.stop(assert(e2e.client(buf)), true)
  e2e.wait('the status of a stopped server is forgotten', function()
    return #vim.lsp.get_clients() == 0 and require('gomodls').status(buf) == ''
  end)
  vim.cmd('Gomodls restart')
  e2e.wait_for_state(buf, 'ok')
end)
