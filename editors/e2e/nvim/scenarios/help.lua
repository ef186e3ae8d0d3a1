-- :help gomodls speaks of everything that the plugin has, and of nothing else.

local e2e = require('harness')

e2e.run(function()
  local text = e2e.read(vim.env.E2E_PLUGIN .. '/doc/gomodls.txt')
  local dir = vim.fn.tempname()
  vim.fn.mkdir(dir .. '/doc', 'p')
  e2e.write(dir .. '/doc/gomodls.txt', text)
  vim.cmd.helptags(dir .. '/doc')
  vim.opt.runtimepath:prepend(dir)
  local tags = {}
  for line in vim.gsplit(e2e.read(dir .. '/doc/tags'), '\n', { trimempty = true }) do
    tags[line:match('^[^\t]+')] = true
  end

  vim.cmd.help('gomodls')
  e2e.equal('help opens', vim.fn.expand('%:p'), vim.fn.resolve(dir) .. '/doc/gomodls.txt')
  for line in vim.gsplit(text, '\n') do
    if not line:find('\t') and vim.fn.strdisplaywidth(line) > 84 then
      e2e.ok('no line is too wide', false, line)
    end
  end
  for link in text:gmatch('|([^|%s]+)|') do
    e2e.ok(('|%s| leads somewhere'):format(link), #vim.fn.getcompletion(link, 'help') > 0)
  end

  for _, name in ipairs(vim.fn.getcompletion('Gomodls ', 'cmdline')) do
    e2e.ok('help describes :Gomodls ' .. name, text:find('\n:Gomodls ' .. name .. '%f[%W]'))
    e2e.ok('and has a tag for it', tags[':Gomodls-' .. name])
  end
  for name in text:gmatch('\n:Gomodls (%w+)') do
    e2e.ok(
      'there is a command ' .. name,
      vim.list_contains(vim.fn.getcompletion('Gomodls ', 'cmdline'), name)
    )
  end
  for name in pairs(require('gomodls')) do
    e2e.ok(('help describes %s()'):format(name), tags[('gomodls.%s()'):format(name)])
  end
  for _, group in ipairs(vim.fn.getcompletion('Gomodls', 'highlight')) do
    e2e.ok('help describes the group ' .. group, tags['hl-' .. group])
  end
  for tag in pairs(tags) do
    local group = tag:match('^hl%-(.*)')
    e2e.ok(tag .. ' exists', not group or vim.fn.hlexists(group) == 1)
  end
  local sources = vim.fn.globpath(vim.env.E2E_PLUGIN, '**/*.lua', false, true)
  for _, source in ipairs(sources) do
    for name in e2e.read(source):gmatch('vim%.g%.(gomodls_%w+)') do
      e2e.ok('help describes g:' .. name, tags['g:' .. name])
    end
  end

  local examples = 0
  for code in text:gmatch('>lua\n\n(.-)\n<') do
    examples = examples + 1
    e2e.ok('an example is Lua', loadstring(code), code)
  end
  e2e.ok('there are examples', examples > 5)

  -- What a report has, beside what the help says it has.
  vim.cmd.helpclose()
  vim.lsp.enable('gomodls')
  local buf = e2e.open(e2e.module() .. '/go.mod')
  e2e.wait_for_state(buf, 'ok')
  local described = text:match('%*gomodls%.health%(%)%*(.-)%*GomodlsHealth%*')
  for field in pairs(require('gomodls').health(buf)) do
    e2e.ok('help describes the field ' .. field, described:find(field, 1, true))
  end
end)
