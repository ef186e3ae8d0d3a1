--- What every scenario starts with: Neovim as a user has it, with the plugin, the real server and a real module.
---
--- A scenario is a script for `nvim --clean -l`. It prints a line "ok NAME" or "not ok NAME" for each thing that it
--- expects and exits with 1 if one of them was not so. Nothing here sleeps: `wait` looks until something is true.
---
--- From the environment: GOMODLS_BIN the server, E2E_MODULE a module to copy, E2E_PLUGIN the plugin, E2E_TMP a folder.

local M = {}

local env = setmetatable({}, {
  __index = function(_, name)
    local value = vim.env[name]
    return value or error(name .. ' is not set; start the tests with run-nvim.sh')
  end,
})

local failed = 0

---@param passed boolean
---@param name string
---@param detail string?
local function report(passed, name, detail)
  failed = failed + (passed and 0 or 1)
  io.stdout:write((passed and 'ok ' or 'not ok ') .. name .. '\n')
  if not passed and detail then
    io.stdout:write((detail:gsub('[^\n]+', '  # %0')) .. '\n')
  end
  io.stdout:flush()
end

--- What the editor shows, for whoever reads a failure.
---@return string
local function state_of_editor()
  local lines = {}
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      table.insert(
        lines,
        ('%s%s'):format(vim.api.nvim_buf_get_name(bufnr), vim.bo[bufnr].modified and ' [+]' or '')
      )
    end
    for _, d in ipairs(vim.diagnostic.get(bufnr)) do
      table.insert(
        lines,
        ('  %d:%d-%d:%d %s [%s]'):format(
          d.lnum + 1,
          d.col + 1,
          (d.end_lnum or d.lnum) + 1,
          (d.end_col or d.col) + 1,
          d.message,
          d.code
        )
      )
    end
  end
  table.insert(lines, 'status: ' .. vim.inspect(require('gomodls').health()))
  table.insert(lines, 'states: ' .. table.concat(M.states, ' '))
  vim.list_extend(lines, M.notices)
  return table.concat(lines, '\n')
end

--- Ends a scenario that cannot go on.
local Stop = {}

--- What is expected last, and looked for by run-nvim.sh, for Neovim may end with status 0 before that.
M.at_end = 'the scenario runs to its end'

--- Expects that two values are equal.
---@param name string
---@param got any
---@param want any
function M.equal(name, got, want)
  report(
    vim.deep_equal(got, want),
    name,
    ('got  %s\nwant %s'):format(vim.inspect(got), vim.inspect(want))
  )
end

--- Expects that a value is neither nil nor false.
---@param name string
---@param got any
---@param detail string?
function M.ok(name, got, detail)
  report(got and true or false, name, detail)
end

--- Expects that something becomes true, and ends the scenario if it does not.
---@generic T
---@param name string
---@param predicate fun(): T?
---@param timeout integer? milliseconds
---@return T
function M.wait(name, predicate, timeout)
  local result
  local passed = vim.wait(timeout or 20000, function()
    result = predicate()
    return result and true or false
  end, 10)
  report(passed, name, not passed and state_of_editor() or nil)
  if not passed then
    error(Stop)
  end
  return result
end

--- The states that the status has had, in order, without repetitions.
---@type string[]
M.states = {}

--- What was said with vim.notify.
---@type string[]
M.notices = {}

--- Whether one of the notices contains some text.
---@param text string
function M.noticed(text)
  return vim.iter(M.notices):any(function(notice)
    return notice:find(text, 1, true) ~= nil
  end)
end

local modules = 0

--- A fresh copy of the module.
---@return string dir
function M.module()
  modules = modules + 1
  local dir = ('%s/module%d'):format(env.E2E_TMP, modules)
  M.copy(env.E2E_MODULE, dir)
  return assert(vim.uv.fs_realpath(dir))
end

--- Copies a folder.
---@param from string
---@param to string
function M.copy(from, to)
  local copied = vim.system({ 'cp', '-r', from, to }):wait()
  assert(copied.code == 0, copied.stderr)
end

--- Runs the go command as a terminal beside the editor would.
---@param dir string
---@param ... string
---@return boolean accepted
---@return string output
function M.go(dir, ...)
  local result = vim.system({ 'go', ... }, { cwd = dir, text = true, env = { PWD = dir } }):wait()
  return result.code == 0, result.stdout .. result.stderr
end

--- Expects that the go command accepts the module as it is on disk.
---@param name string
---@param dir string
function M.go_accepts(name, dir)
  local accepted, output = M.go(dir, 'list', '-m', 'all')
  report(accepted, name, output)
end

--- Expects that the go command refuses the module as it is on disk, and says why in these words.
---@param name string
---@param dir string
---@param why string
function M.go_refuses(name, dir, why)
  local accepted, output = M.go(dir, 'list', '-m', 'all')
  report(not accepted and output:find(why, 1, true) ~= nil, name, output)
end

--- Lets the server find a Go whose command does something first, and of which all else is the real one's. To be called
--- before it starts.
---@param script string in the shell
local function go_after(script)
  local root = M.scratch('goroot')
  local real = vim.trim(vim.system({ 'go', 'env', 'GOROOT' }, { text = true }):wait().stdout)
  for name in vim.fs.dir(real) do
    if name ~= 'bin' then
      assert(vim.uv.fs_symlink(real .. '/' .. name, root .. '/' .. name))
    end
  end
  vim.fn.mkdir(root .. '/bin')
  M.program(root .. '/bin/go', ('%s\nexec "%s/bin/go" "$@"'):format(script, real))
  vim.lsp.config('gomodls', { cmd_env = { PATH = root .. '/bin:' .. vim.env.PATH } })
end

--- Lets the server find a go command that waits at `go mod tidy` until it is released; all else, and every later
--- tidy, goes through at once. To be called before the server starts.
---@return fun() release
function M.hold_tidy()
  local gate = M.scratch('held') .. '/gate'
  assert(vim.system({ 'mkfifo', gate }):wait().code == 0)
  go_after(([[
case " $* " in
*" tidy "*) [ ! -p "%s" ] || read -r _ <"%s" ;;
esac]]):format(gate, gate))
  return function()
    local file = assert(io.open(gate, 'w'))
    vim.fn.delete(gate)
    file:write('\n')
    file:close()
  end
end

--- Lets the server find a go command that records its calls. To be called before the server starts.
---@return fun(): string[] calls those so far, with their arguments
function M.record_go()
  local log = M.scratch('calls') .. '/go'
  go_after(('echo "$*" >>"%s"'):format(log))
  return function()
    return vim.uv.fs_stat(log) and vim.fn.readfile(log) or {}
  end
end

local scratches = 0

--- A new folder for something that is no module.
---@param name string
---@return string dir
function M.scratch(name)
  scratches = scratches + 1
  local dir = ('%s/%s%d'):format(env.E2E_TMP, name, scratches)
  vim.fn.mkdir(dir)
  return dir
end

--- Writes a program for the shell.
---@param path string
---@param script string
function M.program(path, script)
  M.write(path, '#!/bin/sh\n' .. script .. '\n')
  assert(vim.uv.fs_chmod(path, tonumber('755', 8)))
end

---@class e2e.Proxy
---@field url string
---@field requests string[] paths that were asked for
---@field on_request fun() called after each

--- A module proxy on this machine that serves what is in the module cache, and takes its time for it.
---@param delay integer milliseconds before each answer
---@return e2e.Proxy
function M.proxy(delay)
  local proxy = { requests = {}, on_request = function() end }
  local files = vim.env.GOMODCACHE .. '/cache/download'
  local server = assert(vim.uv.new_tcp())
  assert(server:bind('127.0.0.1', 0))
  proxy.url = 'http://127.0.0.1:' .. server:getsockname().port

  ---@param socket uv.uv_tcp_t
  ---@param path string
  local function answer(socket, path)
    local file = io.open(files .. path, 'rb')
    local body = file and file:read('*a') or 'not here'
    if file then
      file:close()
    end
    local status = file and '200 OK' or '404 Not Found'
    socket:write(
      ('HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s'):format(
        status,
        #body,
        body
      ),
      function()
        socket:close()
      end
    )
  end
  assert(server:listen(64, function()
    local socket = assert(vim.uv.new_tcp())
    server:accept(socket)
    local request = ''
    socket:read_start(function(err, data)
      if err or not data then
        return socket:is_closing() or socket:close()
      end
      request = request .. data
      local path = request:match('^GET (%S+).-\r\n\r\n')
      if path then
        socket:read_stop()
        table.insert(proxy.requests, path)
        vim.schedule(proxy.on_request)
        local timer = assert(vim.uv.new_timer())
        timer:start(delay, 0, function()
          timer:close()
          answer(socket, path)
        end)
      end
    end)
  end))
  return proxy
end

---@param path string
---@return string
function M.read(path)
  local file = assert(io.open(path, 'rb'))
  local text = file:read('*a')
  file:close()
  return text
end

---@param path string
---@param text string
function M.write(path, text)
  local file = assert(io.open(path, 'wb'))
  file:write(text)
  file:close()
end

--- Opens a file and waits until the server has reported on it.
---@param path string
---@return integer bufnr
function M.open(path)
  vim.cmd.edit(vim.fn.fnameescape(path))
  local bufnr = vim.api.nvim_get_current_buf()
  M.wait('the server reports on ' .. vim.fs.basename(path), function()
    return M.client(bufnr) and require('gomodls').health(bufnr)
  end)
  return bufnr
end

--- Whether a file is in a buffer.
---@param path string
---@return boolean
function M.is_open(path)
  return vim.iter(vim.api.nvim_list_bufs()):any(function(bufnr)
    return vim.api.nvim_buf_is_loaded(bufnr) and vim.api.nvim_buf_get_name(bufnr) == path
  end)
end

---@param bufnr integer
---@return vim.lsp.Client?
function M.client(bufnr)
  local client = vim.lsp.get_clients({ name = 'gomodls', bufnr = bufnr })[1]
  return client and client.initialized and client or nil
end

---@param bufnr integer
---@return string
function M.text(bufnr)
  return table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, true), '\n') .. '\n'
end

--- Puts one piece of text in the place of another, as typing does: only what differs is changed, and nothing is saved.
---@param bufnr integer
---@param old string occurs once; within one line
---@param new string
function M.change(bufnr, old, new)
  local lines = vim.api.nvim_buf_get_lines(bufnr, 0, -1, true)
  for i, line in ipairs(lines) do
    local from, to = line:find(old, 1, true)
    if from then
      vim.api.nvim_buf_set_text(
        bufnr,
        i - 1,
        from - 1,
        i - 1,
        to,
        vim.split(new, '\n', { plain = true })
      )
      return
    end
  end
  error(('%q does not occur'):format(old))
end

--- The diagnostics of gomodls with a code.
---@param bufnr integer
---@param code string?
---@return vim.Diagnostic[]
function M.diagnostics(bufnr, code)
  return vim.tbl_filter(function(diagnostic)
    return diagnostic.source == 'gomodls' and (code == nil or diagnostic.code == code)
  end, vim.diagnostic.get(bufnr))
end

--- Waits for a diagnostic with a code whose message contains some text.
---@param bufnr integer
---@param code string
---@param about string
---@return vim.Diagnostic
function M.wait_for_diagnostic(bufnr, code, about)
  return M.wait(('%s is reported for %s'):format(code, about), function()
    return vim.iter(M.diagnostics(bufnr, code)):find(function(diagnostic)
      return diagnostic.message:find(about, 1, true) ~= nil
    end)
  end)
end

--- Waits until the status is in a state and the server has nothing to say about a buffer unless the state says so.
---@param bufnr integer
---@param state gomodls.State
function M.wait_for_state(bufnr, state)
  M.wait('the status is ' .. state, function()
    local health = require('gomodls').health(bufnr)
    return health and health.state == state and (state ~= 'ok' or #M.diagnostics(bufnr) == 0)
  end)
end

--- The text that a diagnostic marks.
---@param bufnr integer
---@param diagnostic vim.Diagnostic
---@return string
function M.marked(bufnr, diagnostic)
  local lines = vim.api.nvim_buf_get_text(
    bufnr,
    diagnostic.lnum,
    diagnostic.col,
    diagnostic.end_lnum,
    diagnostic.end_col,
    {}
  )
  return table.concat(lines, '\n')
end

--- Puts the cursor on a diagnostic and applies the quick fix whose title contains some text, as `gra` and a choice do.
---@param bufnr integer
---@param diagnostic vim.Diagnostic
---@param title string
function M.fix(bufnr, diagnostic, title)
  vim.api.nvim_set_current_buf(bufnr)
  vim.api.nvim_win_set_cursor(0, { diagnostic.lnum + 1, diagnostic.col })
  local offered = {}
  vim.lsp.buf.code_action({
    apply = true,
    context = { only = { 'quickfix' }, diagnostics = { diagnostic.user_data.lsp } },
    filter = function(action)
      table.insert(offered, action.title)
      return action.title:find(title, 1, true) ~= nil
    end,
  })
  M.wait(('a fix %q is offered'):format(title), function()
    return vim.iter(offered):find(function(offer)
      return offer:find(title, 1, true) ~= nil
    end)
  end)
end

--- The process of a server.
---@param client vim.lsp.Client
---@return integer
function M.pid(client)
  local children = vim.api.nvim_get_proc_children(vim.uv.os_getpid())
  for _, pid in ipairs(children) do
    local name = (vim.api.nvim_get_proc(pid) or {}).name or ''
    if name == vim.fs.basename(client.config.cmd[1]):sub(1, 15) then
      return pid
    end
  end
  error('no process of ' .. client.name)
end

---@param client vim.lsp.Client
---@param force boolean? kill it
function M.stop(client, force)
  if vim.fn.has('nvim-0.11') == 1 then
    client:stop(force)
  else
    client.stop(force)
  end
end

--- Runs a scenario and ends Neovim.
---@param scenario fun()
function M.run(scenario)
  vim.opt.runtimepath:prepend(env.E2E_PLUGIN)
  vim.cmd('runtime plugin/gomodls.lua')
  vim.cmd('filetype plugin on | syntax on')
  vim.o.swapfile = false
  vim.notify = function(message)
    table.insert(M.notices, message)
  end
  -- A question would wait for an answer on standard input, which ends Neovim there.
  vim.ui.select = function(_, options, choose)
    table.insert(M.notices, options.prompt)
    choose(nil)
  end
  vim.api.nvim_create_autocmd('User', {
    pattern = 'GomodlsHealth',
    callback = function(event)
      local state = event.data and event.data.state or 'gone'
      if M.states[#M.states] ~= state then
        table.insert(M.states, state)
      end
    end,
  })

  local finished, err = xpcall(scenario, function(err)
    return err == Stop and err or debug.traceback(tostring(err))
  end)
  if err ~= Stop then
    report(finished, M.at_end, tostring(err))
  end
  local asked = {}
  local stopped = vim.wait(10000, function()
    -- One may start while others stop, for a file that was loaded a moment ago.
    for _, client in ipairs(vim.lsp.get_clients()) do
      if not asked[client.id] then
        asked[client.id] = true
        M.stop(client)
      end
    end
    return #vim.lsp.get_clients() == 0
  end, 10)
  if not stopped then
    report(false, 'the server stops when it is asked to')
  end
  os.exit(failed == 0 and 0 or 1)
end

return M
