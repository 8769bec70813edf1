# cmake -DLABNET=... -DCONFIG=... -DOVERVIEW=... -DTO=... -P manual.cmake: writes the manual pages and completion scripts that the program
# makes of its own definitions, compressed as Debian has them.
#
#   TO/man/man1/labnet-ping.1.gz    TO/man/man5/labnet-dns.5.gz
#   TO/completions/{bash,zsh,fish}
function(ask out)
  execute_process(COMMAND ${LABNET} ${ARGN} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

function(write_page section page)
  execute_process(COMMAND ${LABNET} manual ${ARGN} COMMAND gzip -9n
                  OUTPUT_FILE ${TO}/man/man${section}/${page}.${section}.gz COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${TO})
file(MAKE_DIRECTORY ${TO}/man/man1 ${TO}/man/man5 ${TO}/man/man7 ${TO}/completions)
ask(pages manual)
string(REGEX MATCHALL "[^\n]+" pages "${pages}")
foreach(page IN LISTS pages)
  string(REGEX REPLACE "\\.1$" "" name "${page}")
  write_page(1 ${name} ${page})
endforeach()
foreach(service dns ftp http rtmp sip)
  write_page(5 labnet-${service} ${CONFIG}/${service}.yaml)
endforeach()
execute_process(COMMAND gzip -9nc ${OVERVIEW} OUTPUT_FILE ${TO}/man/man7/labnet.7.gz COMMAND_ERROR_IS_FATAL ANY)
foreach(shell bash zsh fish)
  execute_process(COMMAND ${LABNET} completion ${shell} OUTPUT_FILE ${TO}/completions/${shell} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
