std = 'luajit'
self = false
globals = { 'vim' }
max_line_length = 120
