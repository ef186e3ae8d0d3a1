" Vim filetype plugin file
" Language: go.work

if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal noexpandtab
setlocal formatoptions-=t formatoptions-=c
setlocal commentstring=//\ %s

let b:undo_ftplugin = 'setlocal expandtab< formatoptions< commentstring<'
