-- A folder that nobody trusts, and one that is hostile: nothing of theirs is executed, and nobody is asked for modules.

local e2e = require('harness')

e2e.run(function()
  local evil = e2e.proxy(0)
  local calls = e2e.record_go()
  local executed = e2e.scratch('evil') .. '/executed'

  --- A module with a .gomodls.yaml that wants to choose what is run and who is asked.
  local function hostile()
    local dir = e2e.module()
    e2e.program(dir .. '/evil', ('echo "$*" >>"%s"'):format(executed))
    vim.fn.mkdir(dir .. '/bin')
    e2e.program(dir .. '/bin/go', ('echo "$*" >>"%s"'):format(executed))
    e2e.write(
      dir .. '/.gomodls.yaml',
      ('go: ./evil\nnetwork: true\nenv:\n  GOPROXY: %s\n  GOFLAGS: -toolexec=./evil\n  PATH: %s\n'):format(
        evil.url,
        dir .. '/bin'
      )
    )
    return dir
  end

  vim.g.gomodls_trusted = false
  vim.lsp.enable('gomodls')
  local dir = hostile()
  local yaml = e2e.open(dir .. '/.gomodls.yaml')
  for _, key in ipairs({ 'go', 'network', 'env' }) do
    local diagnostic = e2e.wait_for_diagnostic(yaml, 'badsettings', key)
    e2e.equal('it marks ' .. key, e2e.marked(yaml, diagnostic):match('^%w+'), key)
  end
  local buf = e2e.open(dir .. '/go.mod')
  e2e.change(buf, 'spf13/pflag v1.0.10', 'spf13/pflag v1.0.5')
  local diagnostic = e2e.wait_for_diagnostic(buf, 'inconsistentversion', 'github.com/spf13/pflag')
  e2e.fix(buf, diagnostic, 'v1.0.10')
  e2e.wait('a fix of the text works', function()
    return e2e.text(buf) == e2e.read(dir .. '/go.mod')
  end)
  local refused = {
    'tidy',
    'preview',
    'download',
    'vendor',
    'get golang.org/x/mod@latest',
    'private example.com',
  }
  for i, command in ipairs(refused) do
    vim.cmd('Gomodls ' .. command)
    e2e.wait((':Gomodls %s is refused'):format(command), function()
      local said = vim.tbl_filter(function(notice)
        return notice:find('not trusted', 1, true) ~= nil
      end, e2e.notices)
      return #said == i
    end)
  end
  vim.cmd('Gomodls doctor')
  e2e.wait('the doctor is allowed', function()
    return vim.bo.filetype == 'gomodlsdoctor'
  end)
  vim.cmd.bwipeout()
  vim.cmd('Gomodls fix')
  vim.cmd('checkhealth gomodls')
  e2e.ok('the health check says so', e2e.text(0):find('trusted: false', 1, true), e2e.text(0))
  vim.cmd.bwipeout()
  e2e.equal('the server has called no go command', calls(), {})

  -- A folder that the user does trust; what is hostile in it stays so.
  vim.g.gomodls_trusted = function(root)
    return root ~= dir
  end
  local trusted = hostile()
  buf = e2e.open(trusted .. '/go.mod')
  e2e.change(
    buf,
    '\tgolang.org/x/mod v0.21.0',
    '\tgolang.org/x/mod v0.21.0\n\tgolang.org/x/sync v0.8.0'
  )
  vim.cmd('Gomodls tidy')
  e2e.wait('tidy runs in the other one', function()
    return e2e.text(buf) == e2e.read(trusted .. '/go.mod')
  end, 60000)
  e2e.ok('with the go command of the user', table.concat(calls(), '\n'):find('mod tidy', 1, true))
  e2e.ok('what is in the folder was never executed', not vim.uv.fs_stat(executed))
  e2e.equal('and the address in it never asked', evil.requests, {})
end)
