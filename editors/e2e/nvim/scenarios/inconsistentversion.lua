-- Two versions of one requirement, typed into go.mod and mended with the quick fix before anything is saved.

local e2e = require('harness')

e2e.run(function()
  vim.lsp.enable('gomodls')
  local dir = e2e.module()
  local path = dir .. '/go.mod'
  local original = e2e.read(path)
  local buf = e2e.open(path)
  e2e.wait_for_state(buf, 'ok')

  -- A requirement below the version that the build list selects.
  e2e.change(buf, 'spf13/pflag v1.0.10', 'spf13/pflag v1.0.5')
  local diagnostic = e2e.wait_for_diagnostic(buf, 'inconsistentversion', 'github.com/spf13/pflag')
  e2e.equal('it is an error', diagnostic.severity, vim.diagnostic.severity.ERROR)
  e2e.equal('it marks the version', e2e.marked(buf, diagnostic), 'v1.0.5')
  e2e.wait_for_state(buf, 'error')
  e2e.equal('nothing is written before it is saved', e2e.read(path), original)

  e2e.fix(buf, diagnostic, 'v1.0.10')
  e2e.wait_for_state(buf, 'ok')
  e2e.equal('the fix restores the version', e2e.text(buf), original)
  e2e.ok('the buffer stays modified', vim.bo[buf].modified)
  e2e.equal('the fix writes nothing', e2e.read(path), original)

  -- What was broken on disk is mended on disk by :write, and not before.
  e2e.change(buf, 'spf13/pflag v1.0.10', 'spf13/pflag v1.0.5')
  vim.cmd.write()
  e2e.go_refuses('go refuses the lower version', dir, 'updates to go.mod needed')
  e2e.fix(
    buf,
    e2e.wait_for_diagnostic(buf, 'inconsistentversion', 'github.com/spf13/pflag'),
    'v1.0.10'
  )
  e2e.wait_for_state(buf, 'ok')
  e2e.go_refuses('go still refuses the file on disk', dir, 'updates to go.mod needed')
  vim.cmd.write()
  e2e.ok('the buffer is saved', not vim.bo[buf].modified)
  e2e.go_accepts('go accepts the file on disk', dir)

  -- One module required twice.
  e2e.change(
    buf,
    '\tgithub.com/spf13/pflag v1.0.10',
    '\tgithub.com/spf13/pflag v1.0.5\n\tgithub.com/spf13/pflag v1.0.10'
  )
  local duplicate = e2e.wait_for_diagnostic(buf, 'inconsistentversion', 'github.com/spf13/pflag')
  e2e.equal('it marks the lower one', e2e.marked(buf, duplicate), 'github.com/spf13/pflag v1.0.5')
  e2e.wait_for_state(buf, 'error')
  e2e.fix(buf, duplicate, 'v1.0.10')
  e2e.wait_for_state(buf, 'ok')
  vim.cmd.write()
  e2e.equal('one is left', e2e.read(path), original)
  e2e.go_accepts('go accepts the file on disk', dir)

  e2e.equal('the status followed', vim.list_slice(e2e.states, #e2e.states - 6), {
    'ok',
    'error',
    'ok',
    'error',
    'ok',
    'error',
    'ok',
  })
end)
