--- The messages from the server that Neovim does not know, or does not treat as the server needs.

---@type table<string, lsp.Handler>
return {
  ['textDocument/publishDiagnostics'] = function(...)
    return require('gomodls.gopls').on_publish(...)
  end,

  ['textDocument/diagnostic'] = function(...)
    return require('gomodls.gopls').on_pull(...)
  end,

  -- Neovim asks again for the files that are closed, and not for those that are open.
  ['workspace/diagnostic/refresh'] = function(err, result, ctx)
    local client = vim.lsp.get_client_by_id(ctx.client_id)
    local provider = client and client.server_capabilities.diagnosticProvider
    if client and provider and vim.fn.has('nvim-0.11') == 1 then
      for bufnr in pairs(client.attached_buffers) do
        client:request('textDocument/diagnostic', {
          identifier = provider.identifier,
          textDocument = vim.lsp.util.make_text_document_params(bufnr),
        }, nil, bufnr)
      end
    end
    local handler = vim.lsp.handlers['workspace/diagnostic/refresh']
    return handler and handler(err, result, ctx) or vim.NIL
  end,

  ['gomodls/health'] = function(_, health, ctx)
    require('gomodls.status').set(health, ctx.client_id)
  end,

  ['gomodls/save'] = function(_, params)
    return { saved = require('gomodls.edit').save(params.uris) }
  end,

  ['gomodls/showDiff'] = function(_, params)
    require('gomodls.diff').show(params.title, params.files)
    return vim.empty_dict()
  end,

  ['workspace/applyEdit'] = function(_, params, ctx)
    local client = assert(vim.lsp.get_client_by_id(ctx.client_id))
    local reason = require('gomodls.edit').apply(params.edit, client.offset_encoding)
    return { applied = reason == nil, failureReason = reason }
  end,
}
