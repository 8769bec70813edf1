# labnet_module(NAME SOURCES... LINKS...): the library of one folder, named after its path
# (common/dns -> common_dns). What it links is also what it may include; tests/tidy holds the full rule.
function(labnet_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC labnet_options ${arg_LINKS})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE labnet_options ${arg_LINKS})
  endif()
endfunction()

# labnet_precompile_asio(TARGET): compiles Asio's headers once for the files of a target that uses them. A unity build
# has so few that this would take longer.
function(labnet_precompile_asio target)
  if(CMAKE_UNITY_BUILD)
    return()
  endif()
  target_precompile_headers(${target} PRIVATE <boost/asio.hpp> <string> <vector> <chrono>)
endfunction()

# labnet_test(NAME SOURCES... LINKS... [TIMEOUT s]): one GoogleTest program; each of its tests is a test of ctest.
function(labnet_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE labnet_options GTest::gtest_main GTest::gmock ${arg_LINKS})
  # What is tested is optimized as ever; the tests themselves would only take longer to compile, twice as long where a
  # sanitizer looks at each line.
  target_compile_options(${name} PRIVATE -O0)
  # GCC 12 raises these for short lists of strings that are in order, of which tests are full, and for coroutines.
  target_compile_options(${name} PRIVATE -Wno-array-bounds -Wno-stringop-overflow
                                         -Wno-mismatched-new-delete)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  # What takes seconds by itself takes minutes under a sanitizer.
  set(timeout 120)
  if(arg_TIMEOUT)
    set(timeout ${arg_TIMEOUT})
  elseif(LABNET_SANITIZER)
    set(timeout 900)
  endif()
  gtest_discover_tests(${name} PROPERTIES TIMEOUT ${timeout} DISCOVERY_TIMEOUT 60)
endfunction()
