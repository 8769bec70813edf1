# What is installed: `cmake --install build` into a prefix, `cpack` as a package of Debian's.
#
#   bin/          the program, and its customary names (main.cpp)
#   share/        the lab that comes with it, manual pages, completions
#   etc, lib      of the package alone: settings and units of the services
set(customary_names dns-server dns-client ftp-server ftp-client http-server http-client sip-server sip-client rtmp-server
    rtmp-client)
set(services dns ftp http rtmp sip)

# The manual pages and completions, of the program's own definitions.
set(manual ${PROJECT_BINARY_DIR}/manual)
set(references)
foreach(service IN LISTS services)
  list(APPEND references ${PROJECT_SOURCE_DIR}/config/${service}.yaml)
endforeach()
add_custom_command(
  OUTPUT ${manual}.made
  COMMAND ${CMAKE_COMMAND} -DLABNET=$<TARGET_FILE:labnet> -DCONFIG=${PROJECT_SOURCE_DIR}/config
          -DOVERVIEW=${PROJECT_SOURCE_DIR}/clients/labnet/labnet.7 -DTO=${manual} -P ${PROJECT_SOURCE_DIR}/cmake/manual.cmake
  COMMAND ${CMAKE_COMMAND} -E touch ${manual}.made
  DEPENDS labnet ${references} ${PROJECT_SOURCE_DIR}/clients/labnet/labnet.7 ${PROJECT_SOURCE_DIR}/cmake/manual.cmake
  COMMENT "Manual pages and completions" VERBATIM)
add_custom_target(manual ALL DEPENDS ${manual}.made)

# link(FROM TO): a link in the prefix.
function(link to from)
  install(CODE "file(CREATE_LINK ${to} \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${from} SYMBOLIC)")
endfunction()

install(TARGETS labnet)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/config/ DESTINATION share/labnet)
install(DIRECTORY ${manual}/man DESTINATION share)
install(FILES ${manual}/completions/bash DESTINATION share/bash-completion/completions RENAME labnet)
install(FILES ${manual}/completions/zsh DESTINATION share/zsh/vendor-completions RENAME _labnet)
install(FILES ${manual}/completions/fish DESTINATION share/fish/vendor_completions.d RENAME labnet.fish)
foreach(name IN LISTS customary_names)
  link(labnet bin/${name})
  link(labnet share/bash-completion/completions/${name})
  link(labnet.fish share/fish/vendor_completions.d/${name}.fish)
endforeach()

# The package: a component that `cmake --install` leaves out, as it has places outside of the prefix.
set(debian ${PROJECT_SOURCE_DIR}/docker/debian)
set(made ${PROJECT_BINARY_DIR}/debian)
function(install_for_debian)
  install(${ARGV} COMPONENT debian EXCLUDE_FROM_ALL)
endfunction()

set(CPACK_PACKAGE_CONTACT "The labnet authors <labnet@labredes71.test>" CACHE STRING "Who answers for the package")
set(title_dns "name server and caching resolver")
set(title_ftp "FTP server")
set(title_http "web server")
set(title_rtmp "server of live streams")
set(title_sip "telephone exchange")
set(own_folders_ftp files)
set(own_folders_http site)
set(own_folders_rtmp recordings)
foreach(service IN LISTS services)
  set(title ${title_${service}})
  set(state labnet-${service})
  foreach(folder IN LISTS own_folders_${service})
    string(APPEND state " labnet-${service}/${folder}")
  endforeach()
  configure_file(${debian}/systemd/service.in ${made}/labnet-${service}.service @ONLY)
  install_for_debian(FILES ${made}/labnet-${service}.service DESTINATION /lib/systemd/system)
endforeach()
configure_file(${debian}/changelog ${made}/changelog @ONLY)
install_for_debian(DIRECTORY ${debian}/etc/ DESTINATION /etc/labnet)
foreach(socket dns ftp ftps http https rtmp rtmps sip sips)
  install_for_debian(FILES ${debian}/systemd/labnet-${socket}.socket DESTINATION /lib/systemd/system)
endforeach()
install_for_debian(FILES ${debian}/apparmor DESTINATION /usr/share/labnet)
install_for_debian(FILES ${debian}/copyright DESTINATION /usr/share/doc/labnet)
install_for_debian(CODE "
  set(folder \"\$ENV{DESTDIR}/usr/share/doc/labnet\")
  file(MAKE_DIRECTORY \"\${folder}\")
  execute_process(COMMAND gzip -9nc ${made}/changelog OUTPUT_FILE \"\${folder}/changelog.gz\" COMMAND_ERROR_IS_FATAL ANY)")

set(CPACK_GENERATOR DEB)
set(CPACK_INSTALL_CMAKE_PROJECTS "${PROJECT_BINARY_DIR};labnet;Unspecified;/;${PROJECT_BINARY_DIR};labnet;debian;/")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGE_NAME labnet)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Is loaded when something is captured, so that no tool sees the dependency.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libpcap0.8 | libpcap0.8t64")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS wireshark)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "application-layer networking lab on one host")
set(CPACK_PACKAGE_DESCRIPTION
    "DNS, FTP, HTTP, SIP and RTMP servers, a client for each, a network of\nnamespaces in which they stand, scripted sessions that exercise them, and\ncaptures of every frame. An ordinary user starts the lab; each server is\nalso a service of systemd.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/conffiles ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
