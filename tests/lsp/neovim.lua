-- What a person does in Neovim: opens two files, types, looks, applies an action, reads.
-- Run by test_neovim.py, which says in the environment what is done where.
local root, output = vim.env.ROOT, {}
local dispatchers = vim.lsp.handlers
local shown = {}
dispatchers['window/showMessage'] = function(_, result) table.insert(shown, result.message) end

local function say(key, value) output[key] = value end

local function finish()
  local file = assert(io.open(vim.env.OUTPUT, 'w'))
  file:write(vim.fn.json_encode(output))
  file:close()
  vim.lsp.stop_client(vim.lsp.get_active_clients())
  vim.cmd('qa!')
end

local function await(what, condition)
  if not vim.wait(60000, condition, 20) then
    say('error', 'waited in vain: ' .. what .. '; ' .. vim.inspect(shown))
    finish()
  end
end

local function open(path)
  vim.cmd('edit ' .. root .. '/' .. path)
  return vim.api.nvim_get_current_buf()
end

local function codes(buffer)
  return vim.tbl_map(function(one)
    return (one.code or one.user_data.lsp.code) .. ' ' .. one.message
  end, vim.diagnostic.get(buffer))
end

local function has(buffer, part)
  for _, code in ipairs(codes(buffer)) do
    if code:find(part, 1, true) then return code end
  end
end

local function lines(buffer)
  return vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
end

local function line_of(buffer, part)
  for number, line in ipairs(lines(buffer)) do
    if line:find(part, 1, true) then return number end
  end
end

-- The settings are those of the documentation; fbp-lint is on the path.
vim.cmd('cd ' .. root)
vim.cmd('filetype on')
dofile(vim.env.SETTINGS)
local caller = open(vim.env.CALLER)
local helper = open(vim.env.HELPER)
await('the first findings of the caller', function() return #vim.diagnostic.get(caller) > 0 end)
await('the first findings of a file that is not open', function()
  local other = vim.fn.bufnr(root .. '/' .. vim.env.CLOSED)
  return other > 0 and #vim.diagnostic.get(other) > 0
end)
say('before', codes(caller))

-- A blocking call is typed into the helper; what is wrong shows in the buffer of its caller.
vim.api.nvim_win_set_cursor(0, { line_of(helper, vim.env.AFTER), 0 })
vim.api.nvim_feedkeys(
  vim.api.nvim_replace_termcodes('o' .. vim.env.TYPED .. '<Esc>', true, false, true), 'nx', false)
say('helper', lines(helper))
await('the finding in the other buffer', function() return has(caller, vim.env.WANTED) end)
say('found', has(caller, vim.env.WANTED))
for _, one in ipairs(vim.diagnostic.get(caller)) do
  if one.message == has(caller, vim.env.WANTED):sub(8) then
    say('trail', one.user_data.lsp.relatedInformation)
    say('line', one.lnum + 1)
  end
end

-- The action is chosen where the finding stands.
vim.cmd('buffer ' .. caller)
vim.api.nvim_win_set_cursor(0, { output.line, vim.fn.indent(output.line) })
local titles
vim.ui.select = function(items, options, choose)
  titles = vim.tbl_map(options.format_item, items)
  for _, item in ipairs(items) do
    if item[2].title:find(vim.env.ACTION, 1, true) then return choose(item) end
  end
end
vim.lsp.buf.code_action()
await('the code actions', function() return titles end)
say('titles', titles)
await('the fixed text', function() return line_of(caller, vim.env.FIXED) end)
await('the finding to go', function() return not has(caller, vim.env.WANTED) end)
say('after', lines(caller))

local router = open(vim.env.ROUTER)
vim.lsp.buf_request(router, 'textDocument/hover', {
  textDocument = vim.lsp.util.make_text_document_params(router),
  position = { line = line_of(router, vim.env.HANDLER) - 1, character = 12 },
}, function(_, result) say('hover', result and result.contents.value or 'nothing') end)
await('the hover', function() return output.hover end)
vim.lsp.codelens.refresh()
await('the lenses', function() return #vim.lsp.codelens.get(router) > 0 end)
say('lenses', vim.tbl_map(function(one) return one.command.title end, vim.lsp.codelens.get(router)))

-- What is safe is fixed when a file is written.
local written = open(vim.env.WRITTEN)
await('the first findings of the written file', function() return has(written, vim.env.SAFE) end)
vim.cmd('write')
await('the findings to go', function() return not has(written, vim.env.SAFE) end)
say('clients', #vim.lsp.get_active_clients())
say('messages', shown)
finish()
